//! The directory of a new run. A run that ends before its first case leaves no trace of it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::attempt_log::{self, is_without_attempts};
use crate::layout::{CHECK, OBJECTS, used};
use crate::{installed, manifest};

/// Files of a run directory before the first case.
const EARLY: [&str; 5] =
    [manifest::LOCK, manifest::FILE, manifest::NEW_FILE, attempt_log::FILE, CHECK];
/// Entries of an installation's directory before its first case.
const EARLY_OF_INSTALLATION: [&str; 2] = ["logs", installed::INSTALLATION];

/// A run directory that was missing, empty or unused, and that this program has locked.
#[derive(Debug)]
pub struct NewDirectory {
    path: PathBuf,
    /// The directories that were missing, from the outermost to the run directory.
    made: Vec<PathBuf>,
    _lock: File,
}

impl NewDirectory {
    /// Makes the directory with its parents, and locks it. An empty directory may be there, or the
    /// directory of a run that was killed before its first case. The files of such a run go.
    ///
    /// # Errors
    /// The directory has files, another run uses it, or it cannot be made.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        if is_used(path) {
            return Err(used(path, "--out"));
        }
        let mut made: Vec<PathBuf> = path.ancestors().map(Path::to_owned).collect();
        made.retain(|directory| !directory.exists());
        made.reverse();
        std::fs::create_dir_all(path)
            .with_context(|| format!("failed to create the run directory {}", path.display()))?;
        let lock = manifest::lock(path)?;
        // Another run may have ended since the first look.
        if is_used(path) {
            return Err(used(path, "--out"));
        }
        remove_files(path)
            .with_context(|| format!("failed to empty the run directory {}", path.display()))?;
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
        remove_files(&self.path)?;
        // No other run may begin between two removals.
        std::fs::remove_file(self.path.join(manifest::LOCK))?;
        // A directory that somebody else uses meanwhile is not empty, and stays.
        self.made.iter().rev().try_for_each(std::fs::remove_dir).or_else(|error| {
            if error.kind() == io::ErrorKind::DirectoryNotEmpty { Ok(()) } else { Err(error) }
        })
    }
}

/// Removes everything in a directory besides the lock.
fn remove_files(path: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name() == manifest::LOCK {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether a directory has files besides those of a run that ended before its first case.
fn is_used(path: &Path) -> bool {
    let names = names(path);
    names.iter().any(|name| name != manifest::LOCK)
        && !(is_without_attempts(path) && names.iter().all(|name| is_early(&path.join(name))))
}

/// Whether a run makes a file or a directory before its first case.
fn is_early(path: &Path) -> bool {
    let is_of = |name: &OsStr, known: &[&str]| known.iter().any(|known| name == *known);
    if path.is_dir() {
        if path.file_name().is_some_and(|name| name == OBJECTS) {
            return true;
        }
        return names(path).iter().all(|name| is_of(name, &EARLY_OF_INSTALLATION));
    }
    path.file_name().is_some_and(|name| is_of(name, &EARLY))
}

/// The names in a directory. None: the directory is missing.
fn names(path: &Path) -> Vec<OsString> {
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::path::Path;

    use rstest::rstest;

    use super::NewDirectory;
    use crate::attempt_log::AttemptLog;

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
        for name in before {
            std::fs::create_dir(place.path().join(name)).expect("a directory");
        }
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

    /// The files of a run at its end, without its lock.
    fn leave(directory: &Path, run: &str, files: &[&str]) {
        AttemptLog::begin(directory, run).expect("a log");
        for name in files {
            let path = directory.join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
            std::fs::write(path, "text").expect("write");
        }
    }

    #[rstest]
    #[case::nothing_but_its_log(&[])]
    #[case::an_existing_cluster(&["check.json", "3.7.18/installation.json"])]
    #[case::stored_workflows(&["objects/stored/ended/a/b/case.yaml"])]
    #[case::an_own_cluster(&["manifest.json", "manifest.json.new", "3.7.18/logs/etcd.log", "4.0.5/logs/etcd.log"])]
    fn a_run_that_was_killed_before_its_first_case_leaves_it_new(#[case] files: &[&str]) {
        let place = tempfile::tempdir().expect("a directory");
        leave(place.path(), "run-1", files);
        let new = NewDirectory::create(place.path()).expect("it is new");
        let names: Vec<_> = new.path().read_dir().expect("it is there").flatten().collect();
        assert_eq!(names.len(), 1, "{names:?}");
    }

    #[test]
    fn a_line_of_a_killed_run_without_an_end_is_no_attempt() {
        let place = tempfile::tempdir().expect("a directory");
        leave(place.path(), "run-1", &[]);
        let mut log = File::options().append(true).open(place.path().join("attempts.jsonl"));
        let log = log.as_mut().expect("a log");
        std::io::Write::write_all(log, br#"{"previous":"0","at"#).expect("write");
        NewDirectory::create(place.path()).expect("it is new");
    }

    #[rstest]
    #[case::results(&["run.json"])]
    #[case::a_file_of_the_user(&["notes.txt"])]
    #[case::a_directory_of_the_user(&["mine/notes.txt"])]
    #[case::a_history(&["3.7.18/cases/a.b/history.jsonl"])]
    fn the_other_files_of_a_directory_stay(#[case] files: &[&str]) {
        let place = tempfile::tempdir().expect("a directory");
        leave(place.path(), "run-1", files);
        NewDirectory::create(place.path()).expect_err("it is used");
        assert!(place.path().join(files[0]).exists());
    }

    #[test]
    fn an_attempt_uses_it() {
        let place = tempfile::tempdir().expect("a directory");
        let log = AttemptLog::begin(place.path(), "run-1").expect("a log");
        log.attempt("3.7.18", "a/b").expect("write");
        NewDirectory::create(place.path()).expect_err("it is used");
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
