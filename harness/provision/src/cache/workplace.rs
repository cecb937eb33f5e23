//! A temporary directory of the cache for one piece of work.

use std::path::{Path, PathBuf};

use super::directory::Cache;
use super::entry;
use super::error::CacheError;
use super::lock::Lock;

/// A directory for one piece of work. Drop removes the directory.
#[derive(Debug)]
pub(crate) struct Workplace {
    dir: PathBuf,
    _lock: Lock,
}

impl Workplace {
    /// Reserves a path; `what` names the work for other processes. The directory does not exist
    /// yet.
    pub(crate) fn reserve(cache: &Cache, what: &str) -> Result<Self, CacheError> {
        let lock = Lock::of_this_process(cache, "build", what)?;
        Ok(Self { dir: cache.builds().join(lock.name()), _lock: lock })
    }

    /// The reserved path.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // A later build removes a directory that cannot be removed now.
        let _ = entry::remove(&self.dir);
    }
}
