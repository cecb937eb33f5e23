//! Slots: what keeps any number of sandboxes on one machine apart.
//!
//! A slot is a number. From it follow the names of interfaces and cgroups and the addresses. It is
//! taken by locking a file; the sandbox's first process holds the same lock, so a slot is free
//! exactly when neither a harness nor a sandbox uses it. What a dead user left is removed by the
//! next one who takes the slot, and by [`sweep`].

use std::fs::{File, OpenOptions};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::cgroup;
use crate::network::Network;

/// Where the locks are: on every machine the same place, because the names are the machine's.
pub const LOCKS: &str = "/run/argo-conformance/slots";
/// A file in every directory that may be swept.
const MARKER: &str = "argo-conformance-sandbox";
/// How many sandboxes one machine may have.
const SLOTS: u16 = 1024;

/// A taken slot.
#[derive(Debug)]
pub struct Slot {
    index: u16,
    lock: File,
    directory: PathBuf,
}

/// What is in a lock file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Note {
    directory: PathBuf,
    owner: u32,
    /// First process of the sandbox, as the host numbers it.
    init: Option<u32>,
}

/// No slot could be taken, or a leftover not be removed.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// The lock files cannot be used.
    #[error("use the lock files in {}", path.display())]
    Locks {
        /// Where they are.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// All are taken.
    #[error("all {SLOTS} slots are taken\nhint: `argo-conformance sweep` says by whom")]
    Full,
    /// Something of a dead user cannot be removed.
    #[error("remove what an earlier run left in slot {index}: {what}")]
    Leftover {
        /// The slot.
        index: u16,
        /// What.
        what: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Slots of which something was left.
    pub slots: usize,
    /// Directories of sandboxes.
    pub directories: usize,
    /// Cgroup directories.
    pub cgroups: usize,
    /// Network interfaces.
    pub interfaces: usize,
    /// Slots in use, which were left alone.
    pub alive: usize,
}

impl Slot {
    /// Takes the first free slot, and removes what its last user left.
    ///
    /// # Errors
    /// See [`SlotError`].
    pub fn take(locks: &Path, data: &Path) -> Result<Self, SlotError> {
        let failed = |cause| SlotError::Locks { path: locks.to_owned(), cause };
        std::fs::create_dir_all(locks).map_err(failed)?;
        let taken = Network::open().and_then(|mut n| n.addresses()).map_err(failed)?;
        for index in 0..SLOTS {
            let Some(lock) = try_lock(locks, index).map_err(failed)? else { continue };
            let mut swept = Swept::default();
            clean(index, &lock, &mut swept)?;
            if in_use_by_others(index, &taken) {
                continue;
            }
            let directory = data.join(format!("sandbox-{index}"));
            let slot = Self { index, lock, directory };
            slot.prepare().map_err(failed)?;
            return Ok(slot);
        }
        Err(SlotError::Full)
    }

    fn prepare(&self) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.directory)?;
        std::fs::write(self.directory.join(MARKER), "")?;
        self.note(None)
    }

    /// Writes down who uses the slot.
    pub(crate) fn note(&self, init: Option<u32>) -> std::io::Result<()> {
        let note = Note { directory: self.directory.clone(), owner: std::process::id(), init };
        write_note(&self.lock, &note)
    }

    /// Its number.
    pub fn index(&self) -> u16 {
        self.index
    }

    /// The sandbox's directory on the host; removed with it.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The name of its cgroup.
    pub fn cgroup(&self) -> String {
        cgroup_name(self.index)
    }

    /// The address of the host's end and of the sandbox's end, and the length of the prefix.
    pub fn addresses(&self) -> (Ipv4Addr, Ipv4Addr, u8) {
        let base = base(self.index);
        (Ipv4Addr::from(base + 1), Ipv4Addr::from(base + 2), 30)
    }

    /// The names of the host's interface and of the sandbox's.
    pub fn interfaces(&self) -> (String, String) {
        (interface(self.index), format!("ac{}s", self.index))
    }

    /// The lock, for the sandbox's first process to hold too.
    pub(crate) fn lock(&self) -> std::io::Result<File> {
        self.lock.try_clone()
    }

    /// Removes everything of a sandbox that has ended.
    ///
    /// # Errors
    /// If something cannot be removed.
    pub fn clean(self) -> Result<Swept, SlotError> {
        let mut swept = Swept::default();
        clean(self.index, &self.lock, &mut swept)?;
        Ok(swept)
    }
}

fn cgroup_name(index: u16) -> String {
    format!("argo-conformance-{index}")
}

fn interface(index: u16) -> String {
    format!("ac{index}h")
}

/// A /30 for each slot, out of 198.18.0.0/15, which is for tests of networks and routed nowhere.
fn base(index: u16) -> u32 {
    u32::from(Ipv4Addr::new(198, 18, 0, 0)) + u32::from(index) * 4
}

fn in_use_by_others(index: u16, taken: &[(Ipv4Addr, u8)]) -> bool {
    let ours = base(index);
    let overlaps = |&(ip, prefix): &(Ipv4Addr, u8)| {
        let bits = u32::from(prefix.min(30));
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
        u32::from(ip) & mask == ours & mask
    };
    taken.iter().any(overlaps)
}

fn try_lock(locks: &Path, index: u16) -> std::io::Result<Option<File>> {
    let path = locks.join(format!("{index}.lock"));
    let file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

fn write_note(mut lock: &File, note: &Note) -> std::io::Result<()> {
    use std::io::Write;
    lock.set_len(0)?;
    let mut text = serde_json::to_vec(note)?;
    text.push(b'\n');
    lock.write_all(&text)
}

fn read_note(mut lock: &File) -> Option<Note> {
    use std::io::{Read, Seek};
    let mut text = String::new();
    lock.rewind().ok()?;
    lock.read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// Removes what the last user of a slot left. The slot must be locked.
fn clean(index: u16, lock: &File, swept: &mut Swept) -> Result<(), SlotError> {
    let failed = |what: &str| {
        let what = what.to_owned();
        move |cause| SlotError::Leftover { index, what, cause }
    };
    let before = (swept.directories, swept.cgroups, swept.interfaces);
    let mut network = Network::open().map_err(failed("its interface"))?;
    let removed = network.remove(&interface(index)).map_err(failed("its interface"))?;
    swept.interfaces += usize::from(removed);
    let name = cgroup_name(index);
    for hierarchy in cgroup::hierarchies().map_err(failed("its cgroups"))? {
        swept.cgroups +=
            remove_when_empty(|| hierarchy.remove(&name)).map_err(failed("its cgroups"))?;
    }
    if let Some(note) = read_note(lock)
        && note.directory.join(MARKER).is_file()
    {
        std::fs::remove_dir_all(&note.directory).map_err(failed("its directory"))?;
        swept.directories += 1;
    }
    lock.set_len(0).map_err(failed("its note"))?;
    if before != (swept.directories, swept.cgroups, swept.interfaces) {
        swept.slots += 1;
    }
    Ok(())
}

/// The kernel lets go of a cgroup a moment after its last process died, and gives no event.
fn remove_when_empty(remove: impl Fn() -> std::io::Result<usize>) -> std::io::Result<usize> {
    let began = Instant::now();
    loop {
        match remove() {
            Err(error)
                if error.kind() == std::io::ErrorKind::ResourceBusy
                    && began.elapsed() < Duration::from_secs(5) =>
            {
                std::thread::park_timeout(Duration::from_millis(10));
            }
            other => return other,
        }
    }
}

/// Removes what dead users left in every slot.
///
/// # Errors
/// At the first thing that cannot be removed.
pub fn sweep(locks: &Path) -> Result<Swept, SlotError> {
    let mut swept = Swept::default();
    let failed = |cause| SlotError::Locks { path: locks.to_owned(), cause };
    for index in known(locks).map_err(failed)? {
        match try_lock(locks, index).map_err(failed)? {
            Some(lock) => clean(index, &lock, &mut swept)?,
            None => swept.alive += 1,
        }
    }
    Ok(swept)
}

/// The slots that were ever taken.
fn known(locks: &Path) -> std::io::Result<Vec<u16>> {
    let mut found = Vec::new();
    match std::fs::read_dir(locks) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
        Ok(entries) => {
            for entry in entries {
                let name = entry?.file_name();
                let index: Option<u16> = name.to_str().and_then(|n| n.strip_suffix(".lock")?.parse().ok());
                found.extend(index);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Kills the sandbox of a slot that was released by its harness, and removes it. Whether there was
/// one.
///
/// # Errors
/// If it cannot be removed.
pub fn kill(locks: &Path, index: u16) -> Result<bool, SlotError> {
    let failed = |cause| SlotError::Locks { path: locks.to_owned(), cause };
    let path = locks.join(format!("{index}.lock"));
    let Ok(file) = File::options().read(true).append(true).open(path) else { return Ok(false) };
    let Some(init) = read_note(&file).and_then(|note| note.init) else { return Ok(false) };
    if file.try_lock().is_err() {
        let pid = nix::unistd::Pid::from_raw(i32::try_from(init).unwrap_or(i32::MAX));
        // The lock is held, so the process that the note names is alive and is that process.
        let _ = nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGKILL);
        file.lock().map_err(failed)?;
    }
    clean(index, &file, &mut Swept::default())?;
    Ok(true)
}
