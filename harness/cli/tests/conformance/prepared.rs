//! Cases on a cluster that somebody else put up. Their user has no rights but those of the
//! manifests that `prepare` prints.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::begun::check;
use crate::up::{Up, harness, output};

/// The user that runs the cases, as the cluster names it.
const USER: &str = "conformance";
/// Prepared namespaces.
const PREPARED: &str = "prepared-1,prepared-2";
/// Cases, and their verdicts on prepared namespaces. The actions of the first three: collect
/// garbage, run the `argo` program, take a right away. The actions of the others: restart the
/// controller, lose a pod, disturb the object store.
const CASES: [(&str, &str); 6] = [
    ("artifact-gc/optional-artifact", "pass"),
    ("exit-handler/manual-retry", "pass"),
    ("interrupted/frozen-result@pod-gc-none", "pass"),
    ("locks/controller-restarted", "not-applicable"),
    ("pods/node-lost", "pass"),
    ("store-trouble/reset-upload", "not-applicable"),
];

/// Prepares two namespaces and runs cases in them. A namespace that is not prepared or is in use is
/// refused.
pub(crate) fn on_prepared_namespaces() -> Result<(), String> {
    let up = Up::begin(&[])?;
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|e| e.to_string())?;
    let kubeconfig = directory.path().join("kubeconfig");
    let prepare =
        output(harness().arg("prepare").args(PREPARED.split(',')).args(["--user", USER]))?;
    up.apply(&String::from_utf8_lossy(&prepare.stdout))?;
    up.kubeconfig_of(USER, &kubeconfig)?;
    let refused = run(&up, &kubeconfig, "prepared-1,default", &directory.path().join("refused"))?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    check(refused.status.code() == Some(69), &format!("{}: {said}", refused.status))?;
    check(said.contains("namespace default may not be looked at"), &said)?;
    let out = directory.path().join("run");
    let ran = run(&up, &kubeconfig, PREPARED, &out)?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    // Two cases are left out because of the provider.
    check(ran.status.code() == Some(2), &format!("{}: {said}", ran.status))?;
    let report = std::fs::read_to_string(out.join("run.json")).map_err(|e| e.to_string())?;
    let report: Value = serde_json::from_str(&report).map_err(|e| e.to_string())?;
    let verdicts = report["verdicts"].as_array().into_iter().flatten();
    let words: Vec<&Value> = verdicts.map(|judged| &judged["verdict"]["verdict"]).collect();
    check(words == CASES.map(|(_, verdict)| verdict), &format!("{words:?}"))?;
    let junit = std::fs::read_to_string(done(&out)).map_err(|e| e.to_string())?;
    check(junit == out.join("junit.xml").display().to_string(), &junit)?;
    let junit = std::fs::read_to_string(junit).map_err(|e| e.to_string())?;
    check(junit.matches("<testcase ").count() == CASES.len(), &junit)?;
    check(report["provider"] == "existing", &report["provider"].to_string())?;
    let record = std::fs::read_to_string(out.join("check.json")).map_err(|e| e.to_string())?;
    let record: Value = serde_json::from_str(&record).map_err(|e| e.to_string())?;
    check(report["checks"][0] == record, &format!("{record:#}"))?;
    let is_failed = |item: &Value| item["outcome"] == "fail";
    check(!record["items"].as_array().ok_or("no items")?.iter().any(is_failed), "a failure")?;
    no_credential(&kubeconfig, directory.path())
}

/// No file below a directory has the key of a kubeconfig, besides the kubeconfig itself.
fn no_credential(kubeconfig: &Path, directory: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(kubeconfig).map_err(|e| e.to_string())?;
    let secret = |name: &str| {
        let (_, rest) = text.split_once(name)?;
        rest.trim_start_matches(['"', ':', ' ']).split(['"', '\n', ',']).next()
    };
    let key = ["client-key-data", "token"].into_iter().find_map(secret);
    let key = key.filter(|key| key.len() > 16).ok_or("the kubeconfig has no key")?;
    for file in files(directory).map_err(|e| e.to_string())? {
        let bytes = std::fs::read(&file).map_err(|e| e.to_string())?;
        let has_it = bytes.windows(key.len()).any(|window| window == key.as_bytes());
        let name = file.display();
        check(!has_it || file == kubeconfig, &format!("{name} has the key of the kubeconfig"))?;
    }
    Ok(())
}

/// Every file below a directory.
pub(crate) fn files(directory: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            files.extend(self::files(&entry.path())?);
        } else if entry.file_type()?.is_file() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// The file that says that a run is over.
fn done(out: &Path) -> std::path::PathBuf {
    out.with_extension("done")
}

fn run(up: &Up, kubeconfig: &Path, namespaces: &str, out: &Path) -> Result<Output, String> {
    let mut run = harness();
    run.args(["run", "--provider", "existing", "--context", "argo-conformance"]);
    run.args(["--namespaces", namespaces, "--bucket", &up.store.bucket]);
    run.args(["--shell-image", "argo-conformance/shell:1", "--known-issues", "expect"]);
    run.arg("--store").arg(format!("http://{}", up.store.endpoint));
    run.arg("--kubeconfig").arg(kubeconfig).arg("--cases").arg(crate::cases());
    run.arg("--done").arg(done(out));
    run.arg("--out").arg(out).args(CASES.iter().flat_map(|(case, _)| ["--case", case]));
    run.env("ARGO_CONFORMANCE_STORE_USER", &up.store.user);
    run.env("ARGO_CONFORMANCE_STORE_PASSWORD", &up.store.password);
    run.output().map_err(|e| e.to_string())
}
