//! The command `check` on an installation that is well, and after an administrator enforces Pod
//! Security.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::begun::check;
use crate::up::{Up, harness, output};

/// The user that checks, as the cluster names it.
const USER: &str = "conformance";
const NAMESPACE: &str = "prepared-1";
/// The namespace with Pod Security, and with the label that the apply would otherwise remove.
const RESTRICTED: &str = "\
apiVersion: v1
kind: Namespace
metadata:
  name: prepared-1
  labels:
    argo-conformance/prepared: 'true'
    pod-security.kubernetes.io/enforce: restricted
";

/// A check passes, fails with one remedy, and passes with the remedy.
pub(crate) fn before_and_after_pod_security() -> Result<(), String> {
    let up = Up::begin(&[])?;
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|e| e.to_string())?;
    let kubeconfig = directory.path().join("kubeconfig");
    let prepare = output(harness().args(["prepare", NAMESPACE, "--user", USER]))?;
    up.apply(&String::from_utf8_lossy(&prepare.stdout))?;
    up.kubeconfig_of(USER, &kubeconfig)?;

    let (code, report) = checked(&up, &kubeconfig, &[])?;
    check(code == Some(0) && failures(&report).is_empty(), &format!("{report:#}"))?;
    let canary = item(&report, "canary")?;
    check(canary.contains("its artifact is in the bucket"), canary)?;
    let watch = item(&report, "watch")?;
    check(watch.contains("the creation") && watch.contains("the deletion"), watch)?;
    check(item(&report, "connection")?.contains(USER), &format!("{report:#}"))?;

    up.apply(RESTRICTED)?;
    let (code, report) = checked(&up, &kubeconfig, &[])?;
    let failed = failures(&report);
    check(code == Some(69) && failed == ["pod-security"], &format!("{code:?}: {report:#}"))?;
    let refused = item(&report, "admission")?;
    check(refused.contains("violates PodSecurity"), refused)?;

    let (code, report) = checked(&up, &kubeconfig, &["--pod-security", "restricted"])?;
    check(code == Some(0) && failures(&report).is_empty(), &format!("{code:?}: {report:#}"))
}

/// The exit code of a check, and its document.
fn checked(up: &Up, kubeconfig: &Path, more: &[&str]) -> Result<(Option<i32>, Value), String> {
    let Output { status, stdout, stderr } = run(up, kubeconfig, more)?;
    let report = serde_json::from_slice(&stdout);
    let report = report.map_err(|e| format!("{e}: {}", String::from_utf8_lossy(&stderr)))?;
    Ok((status.code(), report))
}

fn run(up: &Up, kubeconfig: &Path, more: &[&str]) -> Result<Output, String> {
    let mut command = harness();
    command.args(["check", "--format", "json", "--context", "argo-conformance"]);
    command.args(["--namespaces", NAMESPACE, "--bucket", &up.store.bucket]);
    command.args(["--shell-image", "argo-conformance/shell:1"]).args(more);
    command.arg("--store").arg(format!("http://{}", up.store.endpoint));
    command.arg("--kubeconfig").arg(kubeconfig);
    command.env("ARGO_CONFORMANCE_STORE_USER", &up.store.user);
    command.env("ARGO_CONFORMANCE_STORE_PASSWORD", &up.store.password);
    command.output().map_err(|e| e.to_string())
}

/// The items of a document.
fn items(report: &Value) -> impl Iterator<Item = &Value> {
    report["items"].as_array().into_iter().flatten()
}

/// The kinds of the failures.
fn failures(report: &Value) -> Vec<&str> {
    items(report).filter_map(|item| item["failure"].as_str()).collect()
}

/// The message of the first item of a topic.
fn item<'r>(report: &'r Value, topic: &str) -> Result<&'r str, String> {
    let found = items(report).find(|item| item["topic"] == topic);
    let message = found.and_then(|item| item["message"].as_str());
    message.ok_or_else(|| format!("no item is about {topic}: {report:#}"))
}
