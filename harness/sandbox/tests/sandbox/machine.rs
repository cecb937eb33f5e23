//! The state of the machine as the tests see it, and the binary under test.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::net::if_::{if_nameindex, if_nametoindex};
use sandbox::Sandbox;
use sandbox::slot::Slot;
use sandbox::spec::{SandboxSpec, ServerSpec};

/// Longest wait for a condition, on a machine with other load.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The stand-in for the harness's binary: `examples/verbs.rs`.
pub(crate) fn exe() -> PathBuf {
    static ROOT: Once = Once::new();
    ROOT.call_once(|| {
        assert!(nix::unistd::Uid::effective().is_root(), "these tests make namespaces: be root");
    });
    let test = std::env::current_exe().expect("the test's own path");
    let target = test.parent().and_then(Path::parent).expect("target/debug/deps/TEST");
    let exe = target.join("examples/verbs");
    assert!(exe.is_file(), "{} is not built: cargo build --examples", exe.display());
    exe
}

/// A number of seconds that no other process sleeps. The number marks the processes of one test.
pub(crate) fn mark() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("86400.{:07}{next:05}", std::process::id())
}

/// Processes of the whole machine with this word on their command line.
pub(crate) fn processes(word: &str) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    let pids = all.filter_map(|e| e.file_name().to_str()?.parse::<u32>().ok());
    let has = |pid: &u32| {
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let mut words = line.split(|&b| b == 0);
        *pid != std::process::id() && words.any(|w| w == word.as_bytes())
    };
    pids.filter(has).collect()
}

/// Checks the condition until it holds. The test fails after [`PATIENCE`].
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// The things on the machine with a slot's names. Another test may take a free slot and make the
/// things anew. The trace keeps a number of each thing, which the kernel never reuses.
pub(crate) struct Trace {
    interface: Option<u32>,
    cgroups: Vec<(PathBuf, u64)>,
}

impl Trace {
    pub(crate) fn of(slot: u16) -> Self {
        let cgroups = cgroup_roots().into_iter().filter_map(|root| {
            let path = root.join(format!("argo-conformance-{slot}"));
            let inode = path.metadata().ok()?.ino();
            Some((path, inode))
        });
        // `/sys` is no source here: it shows the network of the process that mounted `/sys`.
        let interface = if_nametoindex(format!("ac{slot}h").as_str()).ok();
        Self { interface, cgroups: cgroups.collect() }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.has_interface() && self.cgroups.len() == cgroup_roots().len()
    }

    pub(crate) fn has_interface(&self) -> bool {
        let there = if_nameindex().expect("interfaces");
        self.interface.is_some_and(|number| there.iter().any(|one| one.index() == number))
    }

    pub(crate) fn has_cgroups(&self) -> bool {
        let same =
            |(path, inode): &(PathBuf, u64)| path.metadata().is_ok_and(|m| m.ino() == *inode);
        self.cgroups.iter().any(same)
    }

    pub(crate) fn is_gone(&self) -> bool {
        !self.has_interface() && !self.has_cgroups()
    }
}

/// Mount points of the cgroup hierarchies.
pub(crate) fn cgroup_roots() -> Vec<PathBuf> {
    let text = std::fs::read_to_string("/proc/self/mountinfo").expect("mounts");
    let mounts = text.lines().filter(|l| l.contains(" - cgroup"));
    mounts.filter_map(|l| Some(l.split(' ').nth(4)?.into())).collect()
}

/// Directories for locks and data, removed with the test.
pub(crate) struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a directory") }
    }

    pub(crate) fn locks(&self) -> PathBuf {
        self.directory.path().join("locks")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    pub(crate) fn slot(&self) -> Slot {
        Slot::take(&self.locks(), &self.data()).expect("a slot")
    }

    pub(crate) fn start(&self) -> Sandbox {
        let spec = SandboxSpec {
            hostname: "box".to_owned(),
            binds: Vec::new(),
            service_address: [10, 96, 0, 1].into(),
        };
        Sandbox::start(&exe(), self.slot(), spec).expect("a sandbox")
    }
}

/// Removes the remains of the test from the machine, also after a failure.
impl Drop for Place {
    fn drop(&mut self) {
        let began = Instant::now();
        // A slot is in use until the first process of its sandbox has ended.
        while began.elapsed() < PATIENCE
            && sandbox::slot::sweep(&self.locks()).is_ok_and(|swept| !swept.in_use.is_empty())
        {
            std::thread::park_timeout(Duration::from_millis(2));
        }
    }
}

pub(crate) fn server(name: &str, argv: &[&str]) -> ServerSpec {
    ServerSpec {
        name: name.to_owned(),
        argv: argv.iter().map(|&a| a.to_owned()).collect(),
        env: vec![("PATH".to_owned(), "/usr/sbin:/usr/bin:/sbin:/bin".to_owned())],
        log: format!("/run/ac/logs/{name}.log").into(),
    }
}
