//! The directory of a new run. A run that ends before its first case leaves no trace of it.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::layout::used;
use crate::manifest;

/// A run directory that was missing or empty, and that this program has locked.
#[derive(Debug)]
pub struct NewDirectory {
    path: PathBuf,
    /// The directories that were missing, from the outermost to the run directory.
    made: Vec<PathBuf>,
    _lock: File,
}

impl NewDirectory {
    /// Makes the directory with its parents, and locks it. An empty directory may be there.
    ///
    /// # Errors
    /// The directory has files, another run uses it, or it cannot be made.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        if is_used(path) {
            return Err(used(path));
        }
        let mut made: Vec<PathBuf> = path.ancestors().map(Path::to_owned).collect();
        made.retain(|directory| !directory.exists());
        made.reverse();
        std::fs::create_dir_all(path)
            .with_context(|| format!("failed to create the run directory {}", path.display()))?;
        let lock = manifest::lock(path)?;
        // Another run may have ended since the first look.
        if is_used(path) {
            return Err(used(path));
        }
        Ok(Self { path: path.to_owned(), made, _lock: lock })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes what was written into the directory, and each directory that was missing before.
    ///
    /// # Errors
    /// A file or a directory cannot be removed.
    pub fn discard(&self) -> io::Result<()> {
        let mut entries = std::fs::read_dir(&self.path)?.collect::<io::Result<Vec<_>>>()?;
        // The lock is the last: no other run may begin between two removals.
        entries.sort_by_key(|entry| entry.file_name() == manifest::LOCK);
        for entry in entries {
            if entry.file_type()?.is_dir() {
                std::fs::remove_dir_all(entry.path())?;
            } else {
                std::fs::remove_file(entry.path())?;
            }
        }
        // A directory that somebody else uses meanwhile is not empty, and stays.
        self.made.iter().rev().try_for_each(std::fs::remove_dir).or_else(|error| {
            if error.kind() == io::ErrorKind::DirectoryNotEmpty { Ok(()) } else { Err(error) }
        })
    }
}

/// Whether a directory has files besides the lock of a run.
fn is_used(path: &Path) -> bool {
    let is_lock = |name: &std::ffi::OsStr| name == manifest::LOCK;
    std::fs::read_dir(path)
        .is_ok_and(|inside| inside.flatten().any(|entry| !is_lock(&entry.file_name())))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rstest::rstest;

    use super::NewDirectory;

    fn fill(directory: &Path) {
        std::fs::create_dir_all(directory.join("3.7.18/logs")).expect("directories");
        std::fs::write(directory.join("attempts.jsonl"), "{}").expect("write");
        std::fs::write(directory.join("3.7.18/logs/etcd.log"), "text").expect("write");
        std::os::unix::fs::symlink("/etc", directory.join("link")).expect("a link");
    }

    #[rstest]
    #[case::missing("run", &[], &[])]
    #[case::empty("run", &["run"], &["run"])]
    #[case::in_a_missing_directory("new/a/run", &[], &[])]
    #[case::in_a_directory("old/run", &["old"], &["old"])]
    fn a_discarded_directory_is_as_before(
        #[case] name: &str,
        #[case] before: &[&str],
        #[case] after: &[&str],
    ) {
        let place = tempfile::tempdir().expect("a directory");
        before.iter().for_each(|d| std::fs::create_dir(place.path().join(d)).expect("a directory"));
        let path = place.path().join(name);
        let new = NewDirectory::create(&path).expect("it is new");
        fill(&path);
        let error = NewDirectory::create(&path).expect_err("it is in use").to_string();
        assert!(error.contains("is not empty"), "{error}");
        new.discard().expect("it is removed");
        let files = walkdir::WalkDir::new(place.path()).min_depth(1).into_iter();
        let left: Vec<String> = files
            .map(|file| {
                file.expect("a file")
                    .path()
                    .strip_prefix(&place)
                    .expect("in it")
                    .display()
                    .to_string()
            })
            .collect();
        assert_eq!(left, after);
        drop(new);
        NewDirectory::create(&path).expect("it can be used again");
    }

    #[test]
    fn a_locked_directory_is_not_new() {
        let place = tempfile::tempdir().expect("a directory");
        let first = NewDirectory::create(&place.path().join("run")).expect("it is new");
        let error = NewDirectory::create(&place.path().join("run")).expect_err("it is in use");
        assert!(error.to_string().contains("another run uses it"), "{error}");
        assert!(first.path().join("lock").exists());
    }

    #[test]
    fn a_directory_with_a_file_stays() {
        let place = tempfile::tempdir().expect("a directory");
        std::fs::write(place.path().join("mine"), "text").expect("write");
        NewDirectory::create(place.path()).expect_err("it is not empty");
        let names: Vec<_> = place.path().read_dir().expect("it is there").flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }
}
