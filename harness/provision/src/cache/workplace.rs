//! A directory in which something of the cache is made.

use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::{Cache, CacheError, entry};

/// A directory for one piece of work. It is removed when the work ends.
#[derive(Debug)]
pub(crate) struct Workplace {
    dir: PathBuf,
    _lock: Lock,
}

impl Workplace {
    /// Reserves a directory; `what` names the work for others. The directory does not exist yet.
    pub(crate) fn reserve(cache: &Cache, what: &str) -> Result<Self, CacheError> {
        let lock = Lock::of_this_process(cache, "build", what)?;
        Ok(Self { dir: cache.builds().join(lock.name()), _lock: lock })
    }

    /// The directory.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // A later build sweeps a directory that cannot be removed now.
        let _ = entry::remove(&self.dir);
    }
}
