//! The remains of an ended sandbox: an interface for a moment, a directory, cgroups.

use std::fs::File;
use std::io::{Error, ErrorKind, Result as IoResult};
use std::path::Path;
use std::time::Duration;

use super::claim;
use super::error::SlotError;
use super::lock::{self, Lock};
use super::names::{cgroup_name, interface};
use super::note::{self, Note};
use crate::budgets;
use crate::cgroup;
use crate::network::Network;
use crate::poll::until;

/// Name of the file that marks a directory which a sweep may remove.
const MARKER: &str = "argo-conformance-sandbox";

/// Numbers of removed things.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Slots that had remains.
    pub slots: usize,
    /// Directories of sandboxes.
    pub directories: usize,
    /// Cgroup directories.
    pub cgroups: usize,
    /// Network interfaces.
    pub interfaces: usize,
}

/// The result of a sweep.
#[derive(Debug, Default)]
pub struct Sweep {
    /// Numbers of removed things.
    pub removed: Swept,
    /// Slots in use, each with its note. The sweep skips these slots. A slot without a note was
    /// just taken.
    pub in_use: Vec<(u16, Option<Note>)>,
    /// The errors of removals that failed.
    pub failed: Vec<SlotError>,
}

/// Removes the remains of ended users in every slot. The sweep skips slots in use.
///
/// # Errors
/// If the lock files cannot be used. A removal that fails is in [`Sweep::failed`].
pub fn sweep(locks: &Path) -> Result<Sweep, SlotError> {
    let mut sweep = Sweep::default();
    let failed = |cause| SlotError::Locks { path: locks.to_owned(), cause };
    for index in known(locks).map_err(failed)? {
        if let Some(lock) = Lock::take(locks, index).map_err(failed)? {
            if let Err(error) =
                clean(index, &lock, &mut sweep.removed, budgets::SANDBOX_REMOVAL.time)
            {
                sweep.failed.push(error);
            }
        } else {
            let file = File::open(lock::path(locks, index)).map_err(failed)?;
            sweep.in_use.push((index, note::read(&file)));
        }
    }
    Ok(sweep)
}

/// The slots in use, each with its note. A slot without a note was just taken.
///
/// # Errors
/// If the lock files cannot be used.
pub fn in_use(locks: &Path) -> Result<Vec<(u16, Option<Note>)>, SlotError> {
    let failed = |cause| SlotError::Locks { path: locks.to_owned(), cause };
    let mut found = Vec::new();
    for index in known(locks).map_err(failed)? {
        if Lock::take(locks, index).map_err(failed)?.is_none() {
            let file = File::open(lock::path(locks, index)).map_err(failed)?;
            found.push((index, note::read(&file)));
        }
    }
    Ok(found)
}

/// Kills a sandbox that its harness released, and removes its remains. The call also removes the
/// remains of a harness that has ended. False if the slot has no note.
///
/// # Errors
/// If a harness that runs uses the slot, the lock stays held, or something cannot be removed.
pub fn kill(locks: &Path, index: u16) -> Result<bool, SlotError> {
    let Ok(file) = File::open(lock::path(locks, index)) else { return Ok(false) };
    let Some(note) = note::read(&file) else { return Ok(false) };
    let in_use = SlotError::InUse { index, owner: note.owner.pid };
    if note.owner.is_alive() && !note.released {
        return Err(in_use);
    }
    if note.released
        && let Some(init) = note.init
    {
        init.kill();
    }
    let mut lock = None;
    until(budgets::SANDBOX_REMOVAL.time, || {
        lock = Lock::take(locks, index).ok().flatten();
        lock.is_some()
    });
    let lock = lock.ok_or(in_use)?;
    clean(index, &lock, &mut Swept::default(), budgets::SANDBOX_REMOVAL.time)?;
    Ok(true)
}

/// The numbers of the slots with a lock file, in ascending order.
fn known(locks: &Path) -> IoResult<Vec<u16>> {
    let entries = match std::fs::read_dir(locks) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_str().and_then(|name| name.strip_suffix(".lock"));
        found.extend(name.and_then(|number| number.parse::<u16>().ok()));
    }
    found.sort_unstable();
    Ok(found)
}

/// Removes the remains of a slot's last user. The caller holds the slot's lock. A slot without a
/// note has no remains. Other things may have the slot's names.
pub(super) fn clean(
    index: u16,
    lock: &File,
    swept: &mut Swept,
    patience: Duration,
) -> Result<(), SlotError> {
    let failed = |what: &str| {
        let what = what.to_owned();
        move |cause| SlotError::Leftover { index, what, cause }
    };
    let Some(note) = note::read(lock) else { return Ok(()) };
    let (name, before) = (cgroup_name(index), *swept);
    if note.claim.is_none() {
        let removed = claim::remove_abandoned(&name).map_err(failed("the cgroup"))?;
        swept.cgroups += usize::from(removed);
        swept.slots += usize::from(removed);
        return note::forget(lock).map_err(failed("the note"));
    }
    if note.claim != claim::number(&name).map_err(failed("the cgroup"))? {
        // The remains were removed already. The things with the slot's names belong to another
        // user.
        return note::forget(lock).map_err(failed("the note"));
    }
    all_dead(&note, &name, patience).map_err(failed("the processes"))?;
    let mut network = Network::open().map_err(failed("the interface"))?;
    let removed = network.remove(&interface(index)).map_err(failed("the interface"))?;
    swept.interfaces += usize::from(removed);
    let removed = remove_directory(&note.directory).map_err(failed("the directory"))?;
    swept.directories += usize::from(removed);
    // The cgroups come last, because the claim keeps other users from the slot's names.
    let removed = remove_cgroups(&name, patience).map_err(failed("the cgroups"))?;
    swept.cgroups += removed;
    note::forget(lock).map_err(failed("the note"))?;
    if before != *swept {
        swept.slots += 1;
    }
    Ok(())
}

/// Waits until no process of a sandbox is left. The lock is free when the first process begins to
/// end. All other processes have ended only when the first process is gone.
fn all_dead(note: &Note, cgroup: &str, patience: Duration) -> IoResult<()> {
    let dead = || {
        !note.init.is_some_and(|init| init.is_alive())
            && !cgroup::any_occupied(cgroup).unwrap_or(true)
    };
    if until(patience, dead) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::ResourceBusy, format!("processes live in the cgroup {cgroup}")))
}

/// Removes the cgroups, the claim last. The kernel releases a cgroup a moment after its last
/// process has ended, without an event.
fn remove_cgroups(name: &str, patience: Duration) -> IoResult<usize> {
    let mut removed = 0;
    for hierarchy in cgroup::hierarchies()?.iter().rev() {
        let mut result = Ok(0);
        until(patience, || {
            result = hierarchy.remove(name);
            !matches!(&result, Err(error) if error.kind() == ErrorKind::ResourceBusy)
        });
        removed += result?;
    }
    Ok(removed)
}

/// Makes the directory of a sandbox, empty but for the marker. The function empties an existing
/// directory with the marker. The note of its user is lost, for example with a start of the
/// machine.
pub(super) fn prepare(directory: &Path) -> IoResult<()> {
    remove_directory(directory)?;
    std::fs::create_dir_all(directory)?;
    if std::fs::read_dir(directory)?.next().is_some() {
        return Err(Error::new(ErrorKind::DirectoryNotEmpty, "it has files that are not ours"));
    }
    std::fs::write(directory.join(MARKER), "")
}

/// Removes the directory of a sandbox, the marker last, so a kill in between leaves the marker.
/// True if the directory had a marker. A directory without a marker stays, unless the directory is
/// empty.
fn remove_directory(directory: &Path) -> IoResult<bool> {
    if !directory.join(MARKER).is_file() {
        // An empty directory comes from a kill before the marker was written.
        let _ = std::fs::remove_dir(directory);
        return Ok(false);
    }
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_name() == MARKER {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    std::fs::remove_file(directory.join(MARKER))?;
    std::fs::remove_dir(directory)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_without_the_marker_is_not_touched() {
        let top = tempfile::tempdir().expect("a directory");
        let directory = top.path().join("sandbox-0");
        std::fs::create_dir(&directory).expect("make");
        std::fs::write(directory.join("precious"), "x").expect("write");
        assert!(!remove_directory(&directory).expect("nothing to do"));
        assert!(prepare(&directory).is_err(), "it must not be taken over either");
        assert!(directory.join("precious").exists());
    }

    #[test]
    fn a_marked_directory_is_removed_and_links_are_not_followed() {
        let top = tempfile::tempdir().expect("a directory");
        let (directory, other) = (top.path().join("sandbox-0"), top.path().join("other"));
        std::fs::create_dir(&other).expect("make");
        std::fs::write(other.join("precious"), "x").expect("write");
        prepare(&directory).expect("prepare");
        std::fs::create_dir_all(directory.join("a/b")).expect("make");
        std::os::unix::fs::symlink(&other, directory.join("link")).expect("link");
        std::os::unix::fs::symlink(&other, directory.join("a/link")).expect("link");
        assert!(remove_directory(&directory).expect("remove"));
        assert!(!directory.exists() && other.join("precious").exists());
    }

    #[test]
    fn a_directory_from_before_the_machine_was_started_again_is_emptied() {
        let top = tempfile::tempdir().expect("a directory");
        let directory = top.path().join("sandbox-0");
        prepare(&directory).expect("prepare");
        std::fs::write(directory.join("old"), "x").expect("write");
        prepare(&directory).expect("prepare again");
        assert!(!directory.join("old").exists());
    }
}
