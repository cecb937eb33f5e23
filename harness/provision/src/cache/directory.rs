//! The directory of the cache and its parts.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::{CacheError, failed};

/// The cache directory.
#[derive(Clone, Debug)]
pub struct Cache {
    pub(super) root: PathBuf,
}

impl Cache {
    /// The root directory, as an absolute path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn locks(&self) -> PathBuf {
        self.root.join("locks")
    }

    pub(crate) fn entries(&self) -> PathBuf {
        self.root.join("entries")
    }

    pub(crate) fn builds(&self) -> PathBuf {
        self.root.join("build")
    }

    pub(crate) fn downloads(&self) -> PathBuf {
        self.root.join("downloads")
    }

    pub(crate) fn repositories(&self) -> PathBuf {
        self.root.join("git")
    }

    pub(crate) fn of_go(&self) -> PathBuf {
        self.root.join("go")
    }
}

/// Paths of the children of a directory, in order of name.
pub(crate) fn children(directory: &Path) -> Result<Vec<PathBuf>, CacheError> {
    let mut paths = Vec::new();
    for child in fs::read_dir(directory).map_err(failed("read", directory))? {
        paths.push(child.map_err(failed("read", directory))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Bytes of all files at or below a path. A file that vanishes during the call counts as 0.
pub(crate) fn bytes(path: &Path) -> Result<u64, CacheError> {
    let mut sum = 0;
    for found in walkdir::WalkDir::new(path) {
        match found.and_then(|found| found.metadata()) {
            Ok(data) if data.is_file() => sum += data.len(),
            Ok(_) => {}
            Err(error) => {
                let gone = error.io_error().is_some_and(|e| e.kind() == io::ErrorKind::NotFound);
                if !gone {
                    let at = error.path().unwrap_or(path).to_owned();
                    return Err(failed("read", &at)(error.into()));
                }
            }
        }
    }
    Ok(sum)
}
