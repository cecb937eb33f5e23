//! The claim on a slot's name: a cgroup that bears it, in the first hierarchy of the machine.
//!
//! Locks keep those apart who keep them in the same place, claims all who share the machine's
//! cgroups. What a note says was claimed may since be somebody else's: a claim is known again by
//! the number of its directory, which the kernel never gives twice.

use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind, Result as IoResult};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::cgroup;

/// A claimed name. Its directory is locked as long as the claimant lives.
#[derive(Debug)]
pub(super) struct Claim {
    directory: File,
}

impl Claim {
    /// Claims a name; nothing if somebody has it.
    pub(super) fn take(name: &str) -> IoResult<Option<Self>> {
        let path = directory(name)?;
        match std::fs::create_dir(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
            other => other?,
        }
        // From here on somebody else may think it abandoned, and remove it.
        let Some(directory) = lock(&path)? else { return Ok(None) };
        let claim = Self { directory };
        Ok(if number(name)? == Some(claim.number()?) { Some(claim) } else { None })
    }

    /// By which the claim is known again.
    pub(super) fn number(&self) -> IoResult<u64> {
        Ok(self.directory.metadata()?.ino())
    }
}

/// Whether nobody has anything of this name.
pub(super) fn is_free(name: &str) -> IoResult<bool> {
    Ok(!cgroup::hierarchies()?.iter().any(|hierarchy| hierarchy.path(name).exists()))
}

/// The number of the claim on this name, whoever's it is.
pub(super) fn number(name: &str) -> IoResult<Option<u64>> {
    match directory(name)?.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        other => Ok(Some(other?.ino())),
    }
}

/// Removes a claim whose claimant died before it was noted. One that somebody holds, or with
/// anything in it, is left alone. Whether there was one.
pub(super) fn remove_abandoned(name: &str) -> IoResult<bool> {
    let path = directory(name)?;
    let Some(_held) = lock(&path)? else { return Ok(false) };
    match std::fs::remove_dir(&path) {
        Err(error) if error.kind() == ErrorKind::ResourceBusy => Ok(false),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        other => other.map(|()| true),
    }
}

/// The directory, locked; nothing if it is not there or somebody holds it.
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
