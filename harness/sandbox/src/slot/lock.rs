//! The lock of a slot. The harness and the sandbox's first process hold the lock.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Result as IoResult;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// A lock that is held. A drop frees the lock. A shared lock is free once the other process has
/// ended, too.
///
/// A close of the file is not enough. A process that another thread starts has the file open for a
/// moment, and the lock too.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    shared: AtomicBool,
}

impl Lock {
    /// Takes the lock of a slot. None if the lock is held already.
    pub(super) fn take(locks: &Path, index: u16) -> IoResult<Option<Self>> {
        let path = path(locks, index);
        let file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { file, shared: AtomicBool::new(false) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// The lock, for a process that holds the lock too.
    pub(super) fn share(&self) -> IoResult<File> {
        self.shared.store(true, Ordering::Relaxed);
        self.file.try_clone()
    }
}

impl Deref for Lock {
    type Target = File;

    fn deref(&self) -> &File {
        &self.file
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !*self.shared.get_mut() {
            // The close of the file does the same a moment later, if this call fails.
            let _ = self.file.unlock();
        }
    }
}

/// The lock file of a slot.
pub(super) fn path(locks: &Path, index: u16) -> PathBuf {
    locks.join(format!("{index}.lock"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_free_when_dropped_although_a_process_that_is_being_started_has_the_file_open() {
        let locks = tempfile::tempdir().expect("a directory");
        let take = || Lock::take(locks.path(), 7).expect("take");
        let lock = take().expect("free");
        assert!(take().is_none(), "it is held");
        let _in_the_other_process = lock.file.try_clone().expect("clone");
        drop(lock);
        assert!(take().is_some());
    }

    #[test]
    fn shared_it_is_free_when_both_have_let_go() {
        let locks = tempfile::tempdir().expect("a directory");
        let take = || Lock::take(locks.path(), 7).expect("take");
        let lock = take().expect("free");
        let shared = lock.share().expect("share");
        drop(lock);
        assert!(take().is_none(), "the other holds it");
        drop(shared);
        assert!(take().is_some());
    }
}
