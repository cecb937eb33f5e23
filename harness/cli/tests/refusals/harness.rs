use std::path::Path;
use std::process::{Command, Output};

/// The harness's own binary, with a cache of its own that is empty.
pub(crate) struct Harness {
    directory: tempfile::TempDir,
}

impl Harness {
    pub(crate) fn new() -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        Self { directory: tempfile::tempdir_in(target).expect("a directory") }
    }

    /// Where other users may come too.
    pub(crate) fn in_everybodys_reach() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory") }
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
        // Not as whoever runs the tests has set it.
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("ARGO_CONFORMANCE_")) {
            command.env_remove(name);
        }
        command.args(args).env("ARGO_CONFORMANCE_CACHE", self.path("cache")).env("NO_COLOR", "1");
        // Nor does a Docker daemon answer.
        command.env("DOCKER_HOST", format!("unix://{}", self.path("docker.sock").display()));
        let needs_cases = matches!(args.first(), Some(&("run" | "bisect" | "list")));
        if needs_cases && !args.contains(&"--cases") {
            command.arg("--cases").arg(cases);
        }
        command
    }

    /// Runs it to its end; the exit code and what it said on standard error.
    pub(crate) fn says(&self, args: &[&str]) -> String {
        self.said(&self.command(args).output().expect("it runs"))
    }

    pub(crate) fn said(&self, output: &Output) -> String {
        assert!(output.stdout.is_empty(), "trouble is not a result: {output:?}");
        let text = String::from_utf8_lossy(&output.stderr);
        let text = text.replace(&self.directory.path().display().to_string(), "DIR");
        format!("{}exit {}", text, output.status.code().map_or("?".into(), |c| c.to_string()))
    }
}

pub(crate) fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_argo-conformance")
}
