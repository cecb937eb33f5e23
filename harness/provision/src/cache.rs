//! The cache: a directory with programs, releases and other results that are slow to make.
//!
//! ```text
//! CACHEDIR.TAG      makes backup programs skip the directory
//! gate              held for an instant by each taker of a lock, and by `clean` during the removal
//! locks/NAME.lock   held during the making or use of NAME; names the holder
//! entries/NAME/     one result: manifest.json and the files that the manifest lists
//! build/ID/         sources of an unfinished build, and Go's caches of a build of modules
//! downloads/        parts of files that are not whole yet
//! go/               Go's caches that builds of checkouts and commits keep
//! git/ID/           mirrors of remote repositories
//! kind/NAME/        records of clusters of the provider `kind`
//! stage-times.json  times of stages in earlier runs
//! ```

mod directory;
pub mod entry;
mod error;
pub mod lock;
pub mod removals;
pub mod stage_times;
pub(crate) mod workplace;

use std::fs;
use std::path::Path;

use etcetera::BaseStrategy;

pub use directory::Cache;
pub(crate) use directory::{bytes, children};
pub use error::CacheError;
pub(crate) use error::failed;
use lock::{Gate, Lock};

/// Name of the directory below the user's cache directory.
const NAME: &str = "argo-conformance";

/// Content of the tag file. The first line has the form of <https://bford.info/cachedir/>.
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This directory is a cache of argo-conformance. `argo-conformance clean` removes it.\n";

/// Size of one part of the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Path of the part from the root of the cache: `entries/etcd-3.6.7-…`.
    pub what: String,
    /// Bytes of all files of the part.
    pub bytes: u64,
}

impl Cache {
    /// Opens the cache in the directory `over`, and creates a missing directory. Default: the
    /// directory `argo-conformance` in the user's cache directory.
    ///
    /// # Errors
    /// The user has no home directory, or the path is not UTF-8. A directory fails to be created,
    /// read or written.
    pub fn open(over: Option<&Path>) -> Result<Self, CacheError> {
        let root = match over {
            Some(path) => std::path::absolute(path).map_err(failed("resolve", path))?,
            None => etcetera::choose_base_strategy()
                .map_err(|_| CacheError::NoHome)?
                .cache_dir()
                .join(NAME),
        };
        if root.to_str().is_none() {
            return Err(CacheError::NotText { path: root });
        }
        let cache = Self { root };
        cache.lay_out()?;
        Ok(cache)
    }

    /// Creates the directories and the tag. The function fails if a directory cannot be read or
    /// written.
    fn lay_out(&self) -> Result<(), CacheError> {
        for directory in [self.locks(), self.entries(), self.builds()] {
            fs::create_dir_all(&directory).map_err(failed("create", &directory))?;
            fs::read_dir(&directory).map_err(failed("read", &directory))?;
        }
        let tag = self.root.join("CACHEDIR.TAG");
        if !tag.exists() {
            fs::write(&tag, TAG).map_err(failed("write", &tag))?;
        }
        Gate::pass(self).map(drop)
    }

    /// Free bytes for this user on the disk of the cache.
    ///
    /// # Errors
    /// The file system does not answer.
    pub fn free(&self) -> Result<u64, CacheError> {
        let answer = nix::sys::statvfs::statvfs(&self.root)
            .map_err(|errno| failed("ask for the free space of", &self.root)(errno.into()))?;
        Ok(answer.blocks_available() * answer.fragment_size())
    }

    /// True if no program runs from the disk of the cache.
    ///
    /// # Errors
    /// The file system does not answer.
    pub(crate) fn is_noexec(&self) -> Result<bool, CacheError> {
        let answer = nix::sys::statvfs::statvfs(&self.root)
            .map_err(|errno| failed("ask for the flags of", &self.root)(errno.into()))?;
        Ok(answer.flags().contains(nix::sys::statvfs::FsFlags::ST_NOEXEC))
    }

    /// Sizes of the entries, builds and other parts of the cache, in order of name.
    ///
    /// # Errors
    /// A file or directory of the cache cannot be read.
    pub fn sizes(&self) -> Result<Vec<Size>, CacheError> {
        let mut sizes = Vec::new();
        for part in children(&self.root)? {
            let inner = [self.entries(), self.builds(), self.repositories(), self.of_go()];
            let inner = inner.contains(&part);
            let parts = if inner { children(&part)? } else { vec![part] };
            for path in parts {
                let what = path.strip_prefix(&self.root).unwrap_or(&path).display().to_string();
                sizes.push(Size { what, bytes: bytes(&path)? });
            }
        }
        Ok(sizes)
    }

    /// Removes the cache with all its files. Returns the number of bytes of the removed files.
    ///
    /// # Errors
    /// [`CacheError::InUse`] if a process holds a lock of the cache, or a file cannot be removed.
    pub fn clean(&self) -> Result<u64, CacheError> {
        let gate = Gate::close(self)?;
        let (held, holders) = lock::hold_all(self)?;
        if !holders.is_empty() {
            return Err(CacheError::InUse { path: self.root.clone(), holders });
        }
        let freed = bytes(&self.root)?;
        fs::remove_dir_all(&self.root).map_err(failed("remove", &self.root))?;
        drop((held, gate));
        Ok(freed)
    }

    /// Takes a lock for the use of entries. `clean` fails while the lock is held; `what` names the
    /// use.
    ///
    /// # Errors
    /// The lock file cannot be created or written.
    pub fn hold(&self, what: &str) -> Result<Lock, CacheError> {
        Lock::of_this_process(self, "use", what)
    }
}

#[cfg(test)]
mod tests;
