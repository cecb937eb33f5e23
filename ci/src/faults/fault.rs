//! Faults, and how each comes about.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::connection;
use super::program::done;
use super::sandbox::{host_address, process, slot_of};

/// Duration of the stop of the harness: longer than a part may be silent.
const STILL: Duration = Duration::from_secs(15);

/// The server whose kubeconfig and network namespace reach the cluster.
const API_SERVER: &str = "kube-apiserver";

/// A fault of the environment.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    /// No fault.
    None,
    /// A process of this name in the sandbox is killed.
    Kill(&'static str),
    /// A process of this name in the sandbox is stopped for good.
    Stop(&'static str),
    /// The harness is stopped for [`STILL`].
    StopHarness,
    /// No byte of the cluster reaches the host.
    Cut,
    /// No byte passes on the connections of the open watches, and neither end closes them.
    Silence,
    /// The pods of the case meet trouble.
    Trouble(Trouble),
}

/// Trouble of one case.
#[derive(Clone, Copy)]
pub(super) enum Trouble {
    /// The image of the pod cannot be pulled.
    Image,
    /// A quota has no room for a pod.
    Quota,
    /// A limit range admits no pod.
    LimitRange,
    /// A webhook that must admit pods cannot be called.
    Webhook,
    /// An admission policy denies every pod.
    Policy,
}

/// The run that a fault strikes.
pub(super) struct Target {
    /// Process id of the harness.
    pub(super) harness: u32,
    /// The moment of the start of the case's history.
    pub(super) began: Instant,
    /// Namespace of the case.
    pub(super) namespace: String,
    /// Name of the case's workflow.
    pub(super) workflow: String,
}

impl Fault {
    pub(super) fn words(self) -> String {
        match self {
            Self::None => "no fault".to_owned(),
            Self::Kill(name) => format!("{name} killed"),
            Self::Stop(name) => format!("{name} stopped"),
            Self::StopHarness => format!("the harness stopped for {}s", STILL.as_secs()),
            Self::Cut => "all that the cluster sends to the host lost".to_owned(),
            Self::Silence => "open watches silenced".to_owned(),
            Self::Trouble(trouble) => trouble.words().to_owned(),
        }
    }

    /// Strikes a run.
    ///
    /// # Errors
    /// If the fault does not come about.
    pub(super) fn strike(self, target: &Target) -> Result<()> {
        let slot = || slot_of(target.harness).context("failed to find the sandbox");
        let pid =
            |name: &str| process(&slot()?, name).with_context(|| format!("failed to find {name}"));
        match self {
            Self::None => Ok(()),
            Self::Kill(name) => signal("-KILL", &pid(name)?),
            Self::Stop(name) => signal("-STOP", &pid(name)?),
            Self::StopHarness => {
                let harness = target.harness.to_string();
                signal("-STOP", &harness)?;
                let thaw = Instant::now() + STILL;
                while Instant::now() < thaw {
                    std::thread::park_timeout(thaw.saturating_duration_since(Instant::now()));
                }
                signal("-CONT", &harness)
            }
            Self::Cut => {
                let host = host_address(&slot()?).context("failed to find the host's address")?;
                connection::cut(&host, &pid(API_SERVER)?)
            }
            Self::Silence => connection::silence(target.harness, &pid(API_SERVER)?, target.began),
            Self::Trouble(trouble) => trouble.bring(&pid(API_SERVER)?, target),
        }
    }
}

impl Trouble {
    fn words(self) -> &'static str {
        match self {
            Self::Image => "an image that cannot be pulled",
            Self::Quota => "a quota without room",
            Self::LimitRange => "a limit range that admits no pod",
            Self::Webhook => "a webhook for pods that cannot be called",
            Self::Policy => "an admission policy that denies pods",
        }
    }

    /// Makes the objects that bring the trouble, in the case's cluster.
    fn bring(self, api_server: &str, target: &Target) -> Result<()> {
        let kubeconfig = Path::new("/proc").join(api_server).join("root/run/ac/admin.kubeconfig");
        let namespace = target.namespace.as_str();
        let objects = match self {
            Self::Image => return lose_image(&kubeconfig, target),
            Self::Quota => quota(namespace),
            Self::LimitRange => limit_range(namespace),
            Self::Webhook => webhook(namespace),
            Self::Policy => policy(namespace),
        };
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": objects });
        let mut kubectl = kubectl(&kubeconfig);
        kubectl.args(["create", "-f", "-"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut child = kubectl.spawn().context("failed to run kubectl")?;
        let mut input = child.stdin.take().context("failed to write to kubectl")?;
        input.write_all(list.to_string().as_bytes())?;
        drop(input);
        let status = child.wait()?;
        ensure!(status.success(), "failed to create {}: {status}", self.words());
        Ok(())
    }
}

fn kubectl(kubeconfig: &PathBuf) -> Command {
    let mut command = Command::new("kubectl");
    command.arg("--kubeconfig").arg(kubeconfig);
    command
}

/// Gives the pod that is to start an image of a registry that does not exist.
fn lose_image(kubeconfig: &PathBuf, target: &Target) -> Result<()> {
    let patch = json!([{ "op": "replace", "path": "/spec/templates/2/container/image",
        "value": "registry.invalid/nothing:1" }]);
    let mut kubectl = kubectl(kubeconfig);
    kubectl.args(["patch", "workflow", &target.workflow, "--namespace", &target.namespace]);
    done(kubectl.args(["--type=json", "--patch", &patch.to_string()]).stdout(Stdio::null()))
}

fn quota(namespace: &str) -> Value {
    json!([{ "apiVersion": "v1", "kind": "ResourceQuota",
        "metadata": { "name": "no-room", "namespace": namespace },
        "spec": { "hard": { "pods": "0" } } }])
}

/// A limit range of pods gives no default. One of containers gives each the limit that it admits.
fn limit_range(namespace: &str) -> Value {
    let most = json!({ "type": "Pod", "max": { "memory": "1Ki" } });
    json!([{ "apiVersion": "v1", "kind": "LimitRange",
        "metadata": { "name": "no-pod", "namespace": namespace },
        "spec": { "limits": [most] } }])
}

fn of_namespace(namespace: &str) -> Value {
    json!({ "matchLabels": { "kubernetes.io/metadata.name": namespace } })
}

fn pods_made() -> Value {
    json!([{ "apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"],
        "resources": ["pods"] }])
}

fn webhook(namespace: &str) -> Value {
    let webhook = json!({ "name": "pods.trial.invalid", "failurePolicy": "Fail",
        "sideEffects": "None", "admissionReviewVersions": ["v1"], "timeoutSeconds": 2,
        "clientConfig": { "url": "https://127.0.0.1:9/" }, "rules": pods_made(),
        "namespaceSelector": of_namespace(namespace) });
    json!([{ "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration", "metadata": { "name": "trial" },
        "webhooks": [webhook] }])
}

fn policy(namespace: &str) -> Value {
    let group = "admissionregistration.k8s.io/v1";
    let denial = json!({ "expression": "false", "message": "no pod is admitted" });
    let matched = json!({ "resourceRules": pods_made(),
        "namespaceSelector": of_namespace(namespace) });
    json!([
        { "apiVersion": group, "kind": "ValidatingAdmissionPolicy",
          "metadata": { "name": "trial" },
          "spec": { "failurePolicy": "Fail", "validations": [denial],
                    "matchConstraints": matched } },
        { "apiVersion": group, "kind": "ValidatingAdmissionPolicyBinding",
          "metadata": { "name": "trial" },
          "spec": { "policyName": "trial", "validationActions": ["Deny"] } },
    ])
}

fn signal(signal: &str, pid: &str) -> Result<()> {
    done(Command::new("kill").args([signal, pid]))
}
