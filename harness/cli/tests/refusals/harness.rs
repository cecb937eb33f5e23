use std::path::Path;
use std::process::{Command, Output};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};

/// More than any build asks for.
const ROOMY: &str = "64g";

/// The harness's own binary, with an empty cache, on a disk of its own. The free space of the
/// machine must not decide what the harness says.
pub(crate) struct Harness {
    directory: tempfile::TempDir,
}

impl Harness {
    pub(crate) fn new() -> Self {
        Self::on_a_disk_of(ROOMY)
    }

    /// On a disk of `size`, in memory, that this thread and the programs it begins see and nobody
    /// else does.
    pub(crate) fn on_a_disk_of(size: &str) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        Self::on(tempfile::tempdir_in(target).expect("a directory"), size)
    }

    /// A harness in a directory that other users can reach.
    pub(crate) fn in_everybodys_reach() -> Self {
        Self::on(tempfile::tempdir().expect("a directory"), ROOMY)
    }

    fn on(directory: tempfile::TempDir, size: &str) -> Self {
        unshare(CloneFlags::CLONE_NEWNS).expect("mounts of its own");
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        mount(None::<&str>, "/", None::<&str>, private, None::<&str>).expect("unseen by others");
        let size = format!("size={size}");
        let (none, flags) = (Some("none"), MsFlags::empty());
        mount(none, directory.path(), Some("tmpfs"), flags, Some(size.as_str())).expect("a disk");
        Self { directory }
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
        // The environment of the tests does not count.
        let ours = std::env::vars_os().map(|(name, _)| name);
        for name in ours.filter(|name| name.to_string_lossy().starts_with("ARGO_CONFORMANCE_")) {
            command.env_remove(name);
        }
        command.args(args).env("ARGO_CONFORMANCE_CACHE", self.path("cache")).env("NO_COLOR", "1");
        command.env("ARGO_CONFORMANCE_PROGRAMS", "build");
        // Nor does a Docker daemon answer.
        command.env("DOCKER_HOST", format!("unix://{}", self.path("docker.sock").display()));
        let needs_cases = matches!(args.first(), Some(&("run" | "bisect" | "list" | "upgrade")));
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

impl Drop for Harness {
    fn drop(&mut self) {
        // Detached: a program that a test left behind keeps what it has open, and no more.
        umount2(self.directory.path(), MntFlags::MNT_DETACH).ok();
    }
}

pub(crate) fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_argo-conformance")
}
