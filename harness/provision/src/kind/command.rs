//! Runs the `kind` program.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};

use sandbox::guard::{Guard, GuardOutput, GuardedCommand};

use super::error::KindError;

/// Largest number of lines of output in an error.
const LINES: usize = 12;
/// Variables that redirect `kind` to another cluster or provider. The environment of `kind` omits
/// these variables.
const LEFT_OUT: [&str; 4] = [
    "KUBECONFIG",
    "KIND_CLUSTER_NAME",
    "KIND_EXPERIMENTAL_PROVIDER",
    "KIND_EXPERIMENTAL_DOCKER_NETWORK",
];

/// The program `kind`, for one cluster.
pub(super) struct Kind<'a> {
    pub(super) program: &'a Path,
    pub(super) guard: &'a Guard,
    /// File to which the output is appended.
    pub(super) log: &'a Path,
    pub(super) cluster: &'a str,
}

impl Kind<'_> {
    /// Creates the cluster. The user's kubeconfig stays unchanged.
    pub(super) async fn create(
        &self,
        image: &str,
        config: &Path,
        kubeconfig: &Path,
    ) -> Result<(), KindError> {
        let mut args: Vec<OsString> =
            ["create", "cluster", "--image", image].map(Into::into).into();
        args.extend(["--config".into(), config.into(), "--kubeconfig".into(), kubeconfig.into()]);
        self.run("create cluster", args).await
    }

    /// Loads the images of archives into the node.
    pub(super) async fn load(&self, archives: &[PathBuf]) -> Result<(), KindError> {
        let mut args: Vec<OsString> = vec!["load".into(), "image-archive".into()];
        args.extend(archives.iter().map(Into::into));
        self.run("load image-archive", args).await
    }

    async fn run(&self, what: &'static str, mut args: Vec<OsString>) -> Result<(), KindError> {
        args.extend(["--name".into(), self.cluster.into()]);
        let kept = |(name, _): &(OsString, OsString)| LEFT_OUT.iter().all(|left| name != left);
        let running = self.guard.spawn(GuardedCommand {
            program: self.program.to_owned(),
            args,
            env: std::env::vars_os().filter(kept).collect(),
            cwd: "/".into(),
        })?;
        let _killed = running.killer().on_drop();
        let waiting = tokio::task::spawn_blocking(move || {
            let mut lines = Vec::new();
            let output = running.wait(&mut |line| lines.push(line.to_owned()));
            (output, lines)
        });
        let (output, lines) = waiting.await?;
        self.note(&lines)?;
        ended(what, &output?, &lines)
    }

    fn note(&self, lines: &[String]) -> Result<(), KindError> {
        let note = || {
            let mut file = std::fs::File::options().create(true).append(true).open(self.log)?;
            lines.iter().try_for_each(|line| writeln!(file, "{line}"))
        };
        note().map_err(|cause| KindError::File { path: self.log.to_owned(), cause })
    }
}

fn ended(what: &'static str, output: &GuardOutput, lines: &[String]) -> Result<(), KindError> {
    if output.success() {
        return Ok(());
    }
    let said = lines[lines.len().saturating_sub(LINES)..].join("\n");
    Err(KindError::Kind { what, status: output.status, said })
}
