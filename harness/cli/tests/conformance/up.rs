//! An installation that `up` left, and what an administrator does on it.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use provision::store::StoreAddress;
use serde_json::{Value, json};

use crate::begun::check;

/// How long an object may take to become what it should.
const PATIENCE: Duration = Duration::from_mins(10);

/// An installation that ends with the test.
pub(crate) struct Up {
    pub(crate) slot: String,
    kubeconfig: PathBuf,
    pub(crate) store: StoreAddress,
}

impl Up {
    /// Puts it up, with these arguments besides.
    pub(crate) fn begin(arguments: &[&str]) -> Result<Self, String> {
        let output = output(harness().arg("up").args(arguments))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let between = |before: &str, after: &str| {
            let rest = said.split_once(before).map(|(_, rest)| rest);
            let found = rest.and_then(|rest| rest.split(after).next());
            found.map(|found| found.trim().to_owned()).ok_or_else(|| format!("{before}? {said}"))
        };
        Ok(Self {
            slot: between("installation ", " is up")?,
            kubeconfig: between("export KUBECONFIG=", "\n")?.into(),
            store: StoreAddress {
                endpoint: between("store     http://", ",")?,
                bucket: between("bucket ", ",")?,
                user: between("access key ", ",")?,
                password: between("secret key ", "\n")?,
            },
        })
    }

    /// The cluster's own directory.
    pub(crate) fn directory(&self) -> &Path {
        self.kubeconfig.parent().unwrap_or(Path::new("/"))
    }

    /// Applies manifests as administrator, one after the other.
    pub(crate) fn apply(&self, manifests: &str) -> Result<(), String> {
        let manifests = model::parse::manifest(manifests).map_err(|e| format!("{e:?}"))?;
        self.with_client(|client| async move {
            for manifest in &manifests {
                let applied = provision::objects::apply(&client, manifest).await;
                applied.map_err(|e| format!("{e}: {:?}", e.source().map(ToString::to_string)))?;
            }
            Ok(())
        })
    }

    /// Waits until an object is so.
    pub(crate) fn wait(
        &self,
        object: &Value,
        wanted: &str,
        ready: impl Fn(&Value) -> bool,
    ) -> Result<Value, String> {
        self.with_client(|client| async move {
            let there = provision::objects::until(&client, object, wanted, PATIENCE, ready).await;
            there.map_err(|e| e.to_string())
        })
    }

    fn with_client<T, F: Future<Output = Result<T, String>>>(
        &self,
        work: impl FnOnce(provision::client::Client) -> F,
    ) -> Result<T, String> {
        let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
        runtime.block_on(async {
            let requests = provision::requests::Requests::default();
            let client = provision::client::direct(&self.kubeconfig, &requests);
            work(client.map_err(|e| e.to_string())?).await
        })
    }

    /// Writes a kubeconfig by which the administrator acts as somebody else.
    pub(crate) fn kubeconfig_of(&self, user: &str, path: &Path) -> Result<(), String> {
        let text = std::fs::read_to_string(&self.kubeconfig).map_err(|e| e.to_string())?;
        let mut config: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
        config["users"][0]["user"]["as"] = json!(user);
        std::fs::write(path, config.to_string()).map_err(|e| e.to_string())
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = harness().args(["down", &self.slot]).stdout(Stdio::null()).status();
    }
}

/// The harness, with nothing to read and no colours.
pub(crate) fn harness() -> Command {
    let mut command = Command::new(crate::binary());
    command.stdin(Stdio::null()).env("NO_COLOR", "1");
    command
}

/// The output of a command, which must succeed.
pub(crate) fn output(command: &mut Command) -> Result<Output, String> {
    let output = command.output().map_err(|e| e.to_string())?;
    check(output.status.success(), &String::from_utf8_lossy(&output.stderr))?;
    Ok(output)
}
