//! What a sandbox needs of the machine: checked before anything starts, all of it at once.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use nix::mount::{MsFlags, mount};
use nix::sched::CloneFlags;

use crate::verb::{INTERNAL, complain};

/// Something that the machine lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl Missing {
    /// Something that is missing, and its remedy.
    pub fn new(what: &str, remedy: &str) -> Self {
        Self { what: what.to_owned(), remedy: remedy.to_owned() }
    }
}

/// Memory that an idle cluster with its store takes, with room for a few pods, in MiB.
const MEMORY_MIB: u64 = 2048;

/// Everything that the machine lacks for a sandbox whose data lies in `directory`. Changes nothing
/// on the machine: what must be tried is tried in namespaces of its own.
pub fn missing(exe: &Path, directory: &Path) -> Vec<Missing> {
    if !cfg!(target_os = "linux") {
        return vec![Missing::new("Linux", "use the kind provider")];
    }
    let mut missing = Vec::new();
    if !nix::unistd::Uid::effective().is_root() {
        missing.push(Missing::new("root", "run it with sudo, or use the kind provider"));
        return missing;
    }
    if let Err(why) = try_in_namespaces(exe, directory) {
        missing.push(Missing {
            what: format!("namespaces and overlayfs in {}: {why}", directory.display()),
            remedy: "use a kernel and a container runtime that allow `unshare`, and keep the \
                     cache on a disk file system (ARGO_CONFORMANCE_CACHE)"
                .to_owned(),
        });
    }
    match crate::cgroup::hierarchies() {
        Ok(found) if !found.is_empty() => {}
        _ => missing.push(Missing::new("cgroups", "mount them at /sys/fs/cgroup")),
    }
    if available_mib().is_some_and(|mib| mib < MEMORY_MIB) {
        let what = format!("{MEMORY_MIB} MiB of free memory");
        missing.push(Missing::new(&what, "end other programs"));
    }
    missing
}

fn available_mib() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|l| l.starts_with("MemAvailable:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn try_in_namespaces(exe: &Path, directory: &Path) -> Result<(), String> {
    let trial = Command::new(exe)
        .args([INTERNAL, "trial"])
        .arg(directory)
        .stdin(Stdio::null())
        .output()
        .map_err(|e| e.to_string())?;
    if trial.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&trial.stderr).trim().to_owned())
}

/// Verb `trial DIRECTORY`: makes every namespace and mounts an overlay on the directory.
pub(crate) fn trial(args: &[OsString]) -> ExitCode {
    let run = || -> std::io::Result<()> {
        let directory = args.first().ok_or(std::io::ErrorKind::InvalidInput)?;
        nix::sched::unshare(
            CloneFlags::CLONE_NEWNS
                | CloneFlags::CLONE_NEWPID
                | CloneFlags::CLONE_NEWNET
                | CloneFlags::CLONE_NEWIPC
                | CloneFlags::CLONE_NEWUTS,
        )?;
        let none: Option<&str> = None;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        overlay(Path::new(directory))
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain("trial", &error),
    }
}

fn overlay(directory: &Path) -> std::io::Result<()> {
    let base = directory.join(format!("trial-{}", std::process::id()));
    for name in ["lower", "upper", "work", "merged"] {
        std::fs::create_dir_all(base.join(name))?;
    }
    let options = format!(
        "lowerdir={0}/lower,upperdir={0}/upper,workdir={0}/work",
        base.display()
    );
    let merged = base.join("merged");
    let mounted = mount(
        Some("overlay"),
        &merged,
        Some("overlay"),
        MsFlags::empty(),
        Some(options.as_str()),
    );
    if mounted.is_ok() {
        let _ = nix::mount::umount(&merged);
    }
    std::fs::remove_dir_all(&base)?;
    Ok(mounted?)
}
