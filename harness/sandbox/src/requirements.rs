//! Checks of the machine, before a sandbox starts. One call reports every missing thing.

mod cgroups;
mod inotify;
mod open_files;
mod user;

use std::ffi::OsString;
use std::io::{ErrorKind, Result as IoResult};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use nix::mount::{MsFlags, mount};
use nix::sched::unshare;

use crate::limits::{self, Limit};
use crate::own_binary::{INTERNAL, complain};

/// Something that the machine lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The missing thing, with the cause.
    pub what: String,
    /// The remedy, as an instruction.
    pub remedy: String,
}

impl Missing {
    /// Something that is missing, and its remedy.
    pub fn new(what: &str, remedy: &str) -> Self {
        Self { what: what.to_owned(), remedy: remedy.to_owned() }
    }
}

/// Memory that an idle cluster with its object store takes, with room for a few pods, in MiB.
const MEMORY_MIB: u64 = 2048;
/// Everything that the machine lacks for a sandbox.
///
/// # Guarantees
/// Trials run in namespaces of their own, or are undone at once. A cgroup of version 2 keeps the
/// controllers that a trial gives to its children.
pub fn missing(exe: &Path) -> Vec<Missing> {
    let root = Path::new("/");
    let mut missing = Vec::new();
    match user::missing(root, nix::unistd::Uid::effective()) {
        // The trials would fail for this reason too.
        Some(user) => missing.push(user),
        None => missing.extend(refused(exe)),
    }
    missing.extend(addresses());
    missing.extend(memory(root));
    missing.extend(inotify::missing(root, nix::unistd::Uid::effective()));
    missing.extend(open_files::missing());
    missing
}

/// Everything that the machine lacks for a node in a container of a daemon on this machine. The
/// kernel counts the files of the node as the files of root.
pub fn missing_for_containers() -> Vec<Missing> {
    inotify::missing(Path::new("/"), nix::unistd::Uid::from_raw(0))
}

/// Everything that a trial as root is refused.
fn refused(exe: &Path) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut check = |what: &str, remedy: &str, result: Result<(), String>| {
        if let Err(why) = result {
            missing.push(Missing::new(&format!("{what}: {why}"), remedy));
        }
    };
    check(
        "namespaces of mounts, processes, network, IPC and host name",
        "run as root, where `unshare` is permitted (a container needs CAP_SYS_ADMIN and a seccomp \
         profile that allows it)",
        trial_of(exe, "namespaces"),
    );
    check("overlayfs", "take a kernel that has it (CONFIG_OVERLAY_FS)", trial_of(exe, "overlay"));
    missing.extend(cgroups::missing());
    missing
}

/// Addresses for the network of a sandbox.
fn addresses() -> Option<Missing> {
    let error = crate::slot::check_addresses().err()?;
    let what = format!("addresses for a cluster: {}", model::hints::chain(&error));
    Some(Missing { what, remedy: error.hint().unwrap_or_default() })
}

fn memory(root: &Path) -> Option<Missing> {
    let why = match limits::available_memory(root) {
        Err(error) => error.to_string(),
        Ok(Limit { amount, .. }) if amount >= MEMORY_MIB => return None,
        Ok(Limit { amount, source }) => {
            format!("{amount} MiB are available by {}, {MEMORY_MIB} are needed", source.display())
        }
    };
    let remedy = "end other programs, or raise the limit of the container";
    Some(Missing::new(&format!("memory: {why}"), remedy))
}

fn trial_of(exe: &Path, what: &str) -> Result<(), String> {
    let trial = Command::new(exe)
        .args([INTERNAL, "trial", what])
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("run {}: {e}", exe.display()))?;
    if trial.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&trial.stderr).trim().to_owned())
}

/// Verb `trial namespaces|overlay`: makes every namespace. Trial `overlay` also mounts an overlay.
pub(crate) fn trial(args: &[OsString]) -> ExitCode {
    let run = || -> IoResult<()> {
        let [what] = args else { return Err(ErrorKind::InvalidInput.into()) };
        unshare(crate::init::NAMESPACES)?;
        let none: Option<&str> = None;
        mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
        if what == "overlay" { overlay() } else { Ok(()) }
    };
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain("trial", &error),
    }
}

/// Mounts an overlay on a tmpfs. The files of containers in a sandbox lie on a tmpfs too.
fn overlay() -> IoResult<()> {
    let (kind, base) = (Some("tmpfs"), Path::new("/tmp"));
    mount(kind, base, kind, MsFlags::empty(), None::<&str>)?;
    for name in ["lower", "upper", "work", "merged"] {
        std::fs::create_dir(base.join(name))?;
    }
    let options = "lowerdir=/tmp/lower,upperdir=/tmp/upper,workdir=/tmp/work";
    let kind = Some("overlay");
    mount(kind, "/tmp/merged", kind, MsFlags::empty(), Some(options))?;
    Ok(())
}

#[cfg(test)]
mod tests;
