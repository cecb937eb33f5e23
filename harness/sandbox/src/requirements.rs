//! Checks of the machine, before a sandbox starts. One call reports every missing thing.

use std::ffi::OsString;
use std::io::{Error, ErrorKind, Result as IoResult};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use nix::mount::{MsFlags, mount};
use nix::sched::unshare;

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
/// Inotify instances that an idle cluster takes, with room for a few pods.
const INOTIFY_INSTANCES: usize = 16;

/// Everything that the machine lacks for a sandbox.
///
/// # Guarantees
/// The machine stays unchanged: trials run in namespaces of their own, or are undone at once.
pub fn missing(exe: &Path) -> Vec<Missing> {
    let mut missing = Vec::new();
    if !nix::unistd::Uid::effective().is_root() {
        missing.push(Missing::new("root", "run it with sudo, or use the kind provider"));
    }
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
    check(
        "cgroups that can be made",
        "mount them, writable, at /sys/fs/cgroup",
        try_cgroups().map_err(|e| e.to_string()),
    );
    check("memory", "end other programs", enough_memory());
    check(
        "inotify instances",
        "raise the sysctl fs.inotify.max_user_instances",
        enough_inotify_instances(),
    );
    missing
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

/// Makes and removes a cgroup in every hierarchy.
fn try_cgroups() -> IoResult<()> {
    let name = format!("argo-conformance-trial-{}", std::process::id());
    let hierarchies = crate::cgroup::hierarchies()?;
    if hierarchies.is_empty() {
        return Err(Error::other("none is mounted"));
    }
    let mut tried = Ok(());
    for hierarchy in hierarchies {
        tried = tried.and_then(|()| hierarchy.try_out(&name));
    }
    tried
}

fn enough_memory() -> Result<(), String> {
    let mib = available_memory().map_err(|e| e.to_string())?;
    if mib < MEMORY_MIB {
        return Err(format!("{mib} MiB are available, {MEMORY_MIB} are needed"));
    }
    Ok(())
}

/// Memory available to new programs, in MiB.
///
/// # Errors
/// If `/proc/meminfo` cannot be read, or does not name the available memory.
pub fn available_memory() -> IoResult<u64> {
    let text = std::fs::read_to_string("/proc/meminfo")?;
    let line = text.lines().find(|l| l.starts_with("MemAvailable:"));
    let number = line.and_then(|l| l.split_whitespace().nth(1)?.parse::<u64>().ok());
    let kib = number.ok_or_else(|| Error::other("/proc/meminfo does not say what is available"))?;
    Ok(kib / 1024)
}

fn enough_inotify_instances() -> Result<(), String> {
    let path = "/proc/sys/fs/inotify/max_user_instances";
    let text = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
    let limit: usize = text.trim().parse().map_err(|_| format!("{path} is not a number"))?;
    let used = inotify_instances();
    if limit < used + INOTIFY_INSTANCES {
        return Err(format!("{used} of {limit} are used, {INOTIFY_INSTANCES} are needed"));
    }
    Ok(())
}

/// Number of inotify instances that this user's processes have open. The limit is per user.
fn inotify_instances() -> usize {
    let user = nix::unistd::Uid::effective().as_raw();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let own = processes.filter(|p| p.metadata().is_ok_and(|m| m.uid() == user));
    let open = own.flat_map(|p| std::fs::read_dir(p.path().join("fd")).into_iter().flatten());
    let targets = open.filter_map(|fd| std::fs::read_link(fd.ok()?.path()).ok());
    targets.filter(|target| target.as_os_str() == "anon_inode:inotify").count()
}
