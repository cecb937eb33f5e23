//! Cases on a cluster that somebody else put up, by a user who may do no more than the manifests
//! that `lend` prints allow.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::begun::check;

/// Who runs the cases, as the cluster names it.
const USER: &str = "conformance";
/// Namespaces that are lent, and one that is not.
const LENT: &str = "lent-1,lent-2";
/// Cases that collect garbage, run the `argo` program, and take a right away.
const CASES: [&str; 3] = [
    "artifact-gc/optional-artifact",
    "exit-handler/manual-retry",
    "interrupted/frozen-result@pod-gc-none",
];

/// Lends two namespaces and runs cases in them; refuses what is not lent and what is in use.
pub(crate) fn on_lent_namespaces() -> Result<(), String> {
    let up = Up::begin()?;
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|e| e.to_string())?;
    let kubeconfig = directory.path().join("kubeconfig");
    up.lend(&kubeconfig)?;
    let refused = up.run(&kubeconfig, "lent-1,default", &directory.path().join("refused"))?;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    check(refused.status.code() == Some(69), &format!("{}: {said}", refused.status))?;
    check(said.contains("namespace default may not be looked at"), &said)?;
    let out = directory.path().join("run");
    let ran = up.run(&kubeconfig, LENT, &out)?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    check(ran.status.code() == Some(0), &format!("{}: {said}", ran.status))?;
    let report = std::fs::read_to_string(out.join("run.json")).map_err(|e| e.to_string())?;
    let report: Value = serde_json::from_str(&report).map_err(|e| e.to_string())?;
    let verdicts = report["verdicts"].as_array().into_iter().flatten();
    let words: Vec<&Value> = verdicts.map(|judged| &judged["verdict"]["verdict"]).collect();
    check(words == ["pass"; CASES.len()], &format!("{words:?}"))?;
    check(report["provider"] == "existing", &report["provider"].to_string())
}

/// An installation that `up` left, which ends with the test.
struct Up {
    slot: String,
    kubeconfig: PathBuf,
    /// Endpoint, bucket, access key, secret key.
    store: [String; 4],
}

impl Up {
    fn begin() -> Result<Self, String> {
        let output = output(harness().arg("up"))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let between = |before: &str, after: &str| {
            let rest = said.split_once(before).map(|(_, rest)| rest);
            let found = rest.and_then(|rest| rest.split(after).next());
            found.map(|found| found.trim().to_owned()).ok_or_else(|| format!("{before}? {said}"))
        };
        Ok(Self {
            slot: between("installation ", " is up")?,
            kubeconfig: between("export KUBECONFIG=", "\n")?.into(),
            store: [
                between("store     ", ",")?,
                between("bucket ", ",")?,
                between("access key ", ",")?,
                between("secret key ", "\n")?,
            ],
        })
    }

    /// Applies what `lend` prints as administrator, and writes a kubeconfig of the user.
    fn lend(&self, kubeconfig: &Path) -> Result<(), String> {
        let mut lend = harness();
        let printed = output(lend.arg("lend").args(LENT.split(',')).args(["--user", USER]))?;
        let manifests = String::from_utf8_lossy(&printed.stdout).into_owned();
        let manifests = model::parse::manifest(&manifests).map_err(|e| format!("{e:?}"))?;
        let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
        runtime.block_on(async {
            let requests = provision::requests::Requests::default();
            let client = provision::client::direct(&self.kubeconfig, &requests).await;
            let client = client.map_err(|e| e.to_string())?;
            // Namespaces come before what is in them.
            for manifest in &manifests {
                let applied = provision::objects::apply(&client, manifest).await;
                applied.map_err(|e| e.to_string())?;
            }
            Ok::<_, String>(())
        })?;
        let text = std::fs::read_to_string(&self.kubeconfig).map_err(|e| e.to_string())?;
        let mut config: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        config["users"][0]["user"]["as"] = json!(USER);
        std::fs::write(kubeconfig, config.to_string()).map_err(|e| e.to_string())
    }

    fn run(&self, kubeconfig: &Path, namespaces: &str, out: &Path) -> Result<Output, String> {
        let [endpoint, bucket, user, password] = &self.store;
        let mut run = harness();
        run.args(["run", "--provider", "existing", "--context", "argo-conformance"]);
        run.args(["--namespaces", namespaces, "--store", endpoint, "--bucket", bucket]);
        run.args(["--shell-image", "argo-conformance/shell:1", "--known-issues", "expect"]);
        run.arg("--kubeconfig").arg(kubeconfig).arg("--cases").arg(crate::cases());
        run.arg("--out").arg(out).args(CASES.iter().flat_map(|case| ["--case", case]));
        run.env("ARGO_CONFORMANCE_STORE_USER", user);
        run.env("ARGO_CONFORMANCE_STORE_PASSWORD", password);
        run.output().map_err(|e| e.to_string())
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = harness().args(["down", &self.slot]).status();
    }
}

fn harness() -> Command {
    let mut command = Command::new(crate::binary());
    command.stdin(Stdio::null()).env("NO_COLOR", "1");
    command
}

/// What a command prints; it must succeed.
fn output(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|e| e.to_string())?;
    check(output.status.success(), &String::from_utf8_lossy(&output.stderr))?;
    Ok(output)
}
