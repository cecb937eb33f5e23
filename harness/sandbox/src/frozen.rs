//! Processes of a pod that are stopped for some time and then go on.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::cgroup::hierarchies;
use crate::poll::until;
use crate::process::Identity;

/// Longest wait for the kernel to stop the processes.
const PATIENCE: Duration = Duration::from_secs(2);

/// The stopped processes of a pod. They go on at the drop.
#[derive(Debug)]
pub struct Frozen {
    processes: Vec<Identity>,
}

impl Frozen {
    /// Stops every process of a pod below the cgroup of a sandbox. At the return none of the
    /// processes runs.
    ///
    /// # Errors
    /// The pod has no process, or a process does not stop.
    pub fn pod(cgroup: &str, uid: &str) -> Result<Self> {
        let mut directory = None;
        for hierarchy in hierarchies()? {
            let pods = hierarchy.path(cgroup).join("pods");
            directory = directory.or_else(|| find(&pods, &format!("pod{uid}")));
        }
        let absent = || Error::new(ErrorKind::NotFound, format!("pod {uid} has no cgroup"));
        Self::of(&directory.ok_or_else(absent)?)
    }

    /// Stops every process of a cgroup and of those below.
    fn of(directory: &Path) -> Result<Self> {
        let processes = processes(directory);
        if processes.is_empty() {
            let message = format!("{} has no process", directory.display());
            return Err(Error::new(ErrorKind::NotFound, message));
        }
        let frozen = Self { processes };
        frozen.signal(Signal::SIGSTOP);
        let stopped = until(PATIENCE, || frozen.processes.iter().all(|one| !one.runs()));
        if stopped { Ok(frozen) } else { Err(Error::new(ErrorKind::TimedOut, "a process runs on")) }
    }

    /// Lets the processes go on.
    pub fn thaw(self) {}

    fn signal(&self, signal: Signal) {
        self.processes.iter().for_each(|process| process.signal(signal));
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        self.signal(Signal::SIGCONT);
    }
}

/// The directory of this name below another one.
fn find(below: &Path, name: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(below).into_iter().flatten().filter_map(Result::ok);
    let directories = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    let paths: Vec<PathBuf> = directories.map(|entry| entry.path()).collect();
    let named = paths.iter().find(|path| path.ends_with(name)).cloned();
    named.or_else(|| paths.iter().find_map(|path| find(path, name)))
}

/// The processes of a cgroup and of those below.
fn processes(directory: &Path) -> Vec<Identity> {
    let listed = std::fs::read_to_string(directory.join("cgroup.procs")).unwrap_or_default();
    let mut found: Vec<Identity> =
        listed.lines().filter_map(|line| Identity::of(line.parse().ok()?)).collect();
    let entries = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        found.extend(processes(&entry.path()));
    }
    found
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command};

    use super::{Frozen, Identity};

    /// A process, and a directory in the form of a pod's cgroup below that of a sandbox.
    fn pod() -> (Child, tempfile::TempDir) {
        let child = Command::new("sleep").arg("600").spawn().expect("a process");
        let directory = tempfile::tempdir().expect("a directory");
        let container = directory.path().join("kubepods/poda1/c1");
        std::fs::create_dir_all(&container).expect("directories");
        std::fs::write(container.join("cgroup.procs"), format!("{}\n", child.id()))
            .expect("a file");
        std::fs::write(container.join("../cgroup.procs"), "").expect("a file");
        (child, directory)
    }

    #[test]
    fn processes_stop_and_go_on() {
        let (mut child, directory) = pod();
        let process = Identity::of(child.id()).expect("it runs");
        let found = super::find(directory.path(), "poda1").expect("a directory");
        let frozen = Frozen::of(&found).expect("it stops");
        assert!(!process.runs() && process.is_alive());
        frozen.thaw();
        assert!(super::until(super::PATIENCE, || process.runs()));
        child.kill().expect("killed");
        child.wait().expect("ended");
    }

    #[test]
    fn a_pod_without_a_process_is_an_error() {
        let directory = tempfile::tempdir().expect("a directory");
        let error = Frozen::of(directory.path()).expect_err("no process");
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
        assert_eq!(super::find(directory.path(), "poda1"), None);
    }
}
