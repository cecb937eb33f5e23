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
/// The kubeconfig in a private directory.
pub(crate) const KUBECONFIG: &str = "kubeconfig";
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

/// The private directory of a killed run. This program holds its lock.
pub(crate) struct Abandoned {
    /// Id of the run.
    pub(crate) run: String,
    /// The path of the directory.
    pub(crate) path: PathBuf,
    _lock: File,
}

impl Abandoned {
    /// Removes the directory.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub(crate) fn remove(self) -> anyhow::Result<()> {
        remove(&self.path).with_context(|| format!("failed to remove {}", self.path.display()))
    }
}

/// The private directories of killed runs.
///
/// # Errors
/// A directory cannot be read, or a lock cannot be tried.
pub(crate) fn abandoned(cache: &Path) -> anyhow::Result<Vec<Abandoned>> {
    let place = cache.join(PLACE);
    let entries = match std::fs::read_dir(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.with_context(|| format!("failed to read {}", place.display()))?,
    };
    let mut abandoned = Vec::new();
    for entry in entries {
        let lock = entry?.path();
        let run = lock.file_stem().map(|run| run.to_string_lossy().into_owned());
        let Some(run) = run.filter(|_| lock.extension().is_some_and(|ending| ending == LOCK))
        else {
            continue;
        };
        let file = File::options().append(true).open(&lock)?;
        match file.try_lock() {
            Ok(()) => {
                let path = lock.with_extension("");
                abandoned.push(Abandoned { run, path, _lock: file });
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    Ok(abandoned)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::{PrivateDirectory, abandoned};

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
    fn those_of_killed_runs_alone_are_abandoned() {
        let cache = tempfile::tempdir().expect("a directory");
        assert_eq!(abandoned(cache.path()).expect("nothing is there").len(), 0);
        let running = PrivateDirectory::create(cache.path(), "run-1").expect("a directory");
        let killed = cache.path().join("private/run-2");
        std::fs::create_dir(&killed).expect("a directory");
        std::fs::write(killed.join("kubeconfig"), "secret").expect("write");
        std::fs::write(killed.with_extension("lock"), "").expect("write");
        let found = abandoned(cache.path()).expect("no error");
        let [one] = <[_; 1]>::try_from(found).unwrap_or_else(|all| panic!("{}", all.len()));
        assert_eq!(one.run, "run-2");
        one.remove().expect("it is removed");
        assert!(!killed.exists() && !killed.with_extension("lock").exists());
        assert!(running.path().exists());
    }
}
