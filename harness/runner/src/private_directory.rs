//! Private directories of runs, for files with credentials. A run directory has no credential.
//!
//! A private directory is in the cache directory, and only its owner may read it. The program that
//! made a directory holds a lock beside it and removes the directory at its end. The kernel
//! releases the lock of a killed program, and the next run or `sweep` removes the directory.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Its place in the cache directory.
const PLACE: &str = "private";
/// Ending of the names of locks.
const LOCK: &str = "lock";

/// The private directory of a run, removed when this value is dropped.
#[derive(Debug)]
pub(crate) struct PrivateDirectory {
    path: PathBuf,
    /// The locked file.
    _lock: File,
}

impl PrivateDirectory {
    /// Creates the private directory of a run, with mode 0700.
    ///
    /// # Errors
    /// A directory or its lock cannot be created.
    pub(crate) fn create(cache: &Path, run: &str) -> anyhow::Result<Self> {
        let path = cache.join(PLACE).join(run);
        let created = || -> io::Result<File> {
            let lock = path.with_extension(LOCK);
            DirBuilder::new().recursive(true).mode(0o700).create(cache.join(PLACE))?;
            let file = locked(&lock)?;
            DirBuilder::new().mode(0o700).create(&path)?;
            Ok(file)
        };
        let lock = created().with_context(|| format!("failed to create {}", path.display()))?;
        Ok(Self { path, _lock: lock })
    }

    /// Its path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        // `sweep` removes what cannot be removed here.
        let _ = remove(&self.path);
    }
}

/// A new lock. A sweep may remove the file before it is locked: then another file is made.
fn locked(path: &Path) -> io::Result<File> {
    loop {
        let file = File::options().create(true).append(true).open(path)?;
        file.lock()?;
        let number = file.metadata()?.ino();
        if path.metadata().is_ok_and(|at_path| at_path.ino() == number) {
            return Ok(file);
        }
    }
}

/// Removes a private directory, then its lock.
fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    std::fs::remove_file(path.with_extension(LOCK))
}

/// Removes the private directories of killed runs. Returns their number.
///
/// # Errors
/// A directory cannot be read or removed.
pub fn sweep(cache: &Path) -> anyhow::Result<usize> {
    let place = cache.join(PLACE);
    let entries = match std::fs::read_dir(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries.with_context(|| format!("failed to read {}", place.display()))?,
    };
    let mut removed = 0;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != LOCK) {
            continue;
        }
        let lock = File::options().append(true).open(&path)?;
        match lock.try_lock() {
            Ok(()) => {
                let directory = path.with_extension("");
                remove(&directory)
                    .with_context(|| format!("failed to remove {}", directory.display()))?;
                removed += 1;
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::{PrivateDirectory, sweep};

    #[test]
    fn only_its_owner_may_read_it_until_it_is_dropped() {
        let cache = tempfile::tempdir().expect("a directory");
        let private = PrivateDirectory::create(cache.path(), "run-1").expect("a directory");
        let path = private.path().to_owned();
        for directory in [path.as_path(), path.parent().expect("a parent")] {
            let mode = directory.metadata().expect("it exists").mode();
            assert_eq!(mode & 0o777, 0o700, "{}", directory.display());
        }
        std::fs::write(path.join("kubeconfig"), "secret").expect("write");
        drop(private);
        let left = path.parent().expect("a parent").read_dir().expect("it exists").count();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_sweep_removes_those_of_killed_runs_alone() {
        let cache = tempfile::tempdir().expect("a directory");
        assert_eq!(sweep(cache.path()).expect("nothing is there"), 0);
        let running = PrivateDirectory::create(cache.path(), "run-1").expect("a directory");
        let killed = cache.path().join("private/run-2");
        std::fs::create_dir(&killed).expect("a directory");
        std::fs::write(killed.join("kubeconfig"), "secret").expect("write");
        std::fs::write(killed.with_extension("lock"), "").expect("write");
        assert_eq!(sweep(cache.path()).expect("no error"), 1);
        assert!(!killed.exists() && !killed.with_extension("lock").exists());
        assert!(running.path().exists());
    }
}
