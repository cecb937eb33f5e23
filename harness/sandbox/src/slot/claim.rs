//! The claim on a slot's name: a cgroup of that name, in the first hierarchy of the machine.
//!
//! Locks separate users with the same directory of locks. Claims separate all users of the
//! machine's cgroups. A name in a note may belong to another user since. The number of its
//! directory identifies a claim, because the kernel never reuses the number.

use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind, Result as IoResult};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::cgroup;

/// A claimed name. The claim locks the name's directory until the drop.
#[derive(Debug)]
pub(super) struct SlotClaim {
    directory: File,
}

impl SlotClaim {
    /// Claims a name. None if another user has the name.
    pub(super) fn take(name: &str) -> IoResult<Option<Self>> {
        let path = directory(name)?;
        match std::fs::create_dir(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            other => other?,
        }
        // Another user may remove the directory as abandoned, until the lock is taken.
        let Some(directory) = lock(&path)? else { return Ok(None) };
        let claim = Self { directory };
        Ok(if number(name)? == Some(claim.number()?) { Some(claim) } else { None })
    }

    /// The number that identifies the claim.
    pub(super) fn number(&self) -> IoResult<u64> {
        Ok(self.directory.metadata()?.ino())
    }
}

/// True if no hierarchy has a cgroup of this name.
pub(super) fn is_free(name: &str) -> IoResult<bool> {
    Ok(!cgroup::hierarchies()?.iter().any(|hierarchy| hierarchy.path(name).exists()))
}

/// The number of the claim on this name, by any user. None without a claim.
pub(super) fn number(name: &str) -> IoResult<Option<u64>> {
    match directory(name)?.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => Ok(Some(other?.ino())),
    }
}

/// Removes a claim whose claimant ended before the note. True if the claim was removed. A claim
/// that is locked, or is not empty, stays.
pub(super) fn remove_abandoned(name: &str) -> IoResult<bool> {
    let path = directory(name)?;
    let Some(_held) = lock(&path)? else { return Ok(false) };
    match std::fs::remove_dir(&path) {
        Err(error) if error.kind() == ErrorKind::ResourceBusy => Ok(false),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        other => other.map(|()| true),
    }
}

/// The directory, locked. None if the directory is missing, or another user has the lock.
fn lock(path: &Path) -> IoResult<Option<File>> {
    let directory = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    match directory.try_lock() {
        Ok(()) => Ok(Some(directory)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn directory(name: &str) -> IoResult<PathBuf> {
    let hierarchies = cgroup::hierarchies()?;
    let first = hierarchies.first().ok_or_else(|| Error::other("no cgroups are mounted"))?;
    Ok(first.path(name))
}
