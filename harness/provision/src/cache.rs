//! The directory that keeps what takes long to make: programs built from their modules.
//!
//! ```text
//! CACHEDIR.TAG      tells backup programs to pass by
//! gate              held for an instant by whoever takes a lock, and by `clean` while it removes
//! locks/NAME.lock   held while NAME is made or used; says by whom
//! entries/NAME/     what was made: manifest.json and the files it lists
//! build/ID/         sources of a build that goes on, and Go's caches of a build of modules
//! go/               Go's caches that builds of checkouts and commits keep
//! git/ID/           mirrors of remote repositories
//! ```

pub mod entry;
pub mod lock;
pub(crate) mod workplace;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use lock::{Gate, Lock};

/// Name of the directory below the user's cache directory.
const NAME: &str = "argo-conformance";

/// What the tag file must begin with: <https://bford.info/cachedir/>.
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # This directory is a cache of argo-conformance. `argo-conformance clean` removes it.\n";

/// The cache could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// Nobody knows where caches belong: no home directory.
    #[error("no cache directory is known: this user has no home directory")]
    NoHome,
    /// A file operation failed.
    #[error("{action} {}", path.display())]
    Io {
        /// What was tried, as a verb: `create`.
        action: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Somebody uses the cache that was to be removed.
    #[error("clean {}: it is in use by {}", path.display(), holders.join(", "))]
    InUse {
        /// The cache.
        path: PathBuf,
        /// Who, one text each: `process 4711 (build etcd 3.6.7)`.
        holders: Vec<String>,
    },
    /// The user cancelled while a lock was waited for.
    #[error("cancelled")]
    Cancelled,
}

impl CacheError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoHome => Some("set HOME or XDG_CACHE_HOME, or name a cache directory".into()),
            Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                Some("free some disk space, or name a cache directory on another disk".into())
            }
            Self::Io { .. } => {
                Some("make it readable and writable, or name another cache directory".into())
            }
            Self::InUse { .. } => Some("wait for it to end, or stop it".into()),
            Self::Cancelled => None,
        }
    }
}

/// Turns an I/O error into a [`CacheError`] that says what was tried on what.
pub(crate) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CacheError {
    let path = path.to_owned();
    move |source| CacheError::Io { action, path, source }
}

/// How much one part of the cache takes up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// What it is: `entries/etcd-3.6.7-…`.
    pub what: String,
    /// Bytes of all its files.
    pub bytes: u64,
}

/// The cache directory.
#[derive(Clone, Debug)]
pub struct Cache {
    root: PathBuf,
}

impl Cache {
    /// Opens the cache, making it if need be: `over`, or `argo-conformance` in the user's cache
    /// directory.
    ///
    /// # Errors
    /// That there is no home directory, or that the cache cannot be made, read or written.
    pub fn open(over: Option<&Path>) -> Result<Self, CacheError> {
        let root = match over {
            Some(path) => std::path::absolute(path).map_err(failed("resolve", path))?,
            None => etcetera::choose_base_strategy()
                .map_err(|_| CacheError::NoHome)?
                .cache_dir()
                .join(NAME),
        };
        let cache = Self { root };
        cache.lay_out()?;
        Ok(cache)
    }

    /// Makes the directories and the tag, and proves that they can be read and written.
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

    /// The directory itself.
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

    pub(crate) fn repositories(&self) -> PathBuf {
        self.root.join("git")
    }

    pub(crate) fn of_go(&self) -> PathBuf {
        self.root.join("go")
    }

    /// Bytes free for this user on the disk of the cache.
    ///
    /// # Errors
    /// That the file system cannot be asked.
    pub fn free(&self) -> Result<u64, CacheError> {
        let answer = nix::sys::statvfs::statvfs(&self.root)
            .map_err(|errno| failed("ask for the free space of", &self.root)(errno.into()))?;
        Ok(answer.blocks_available() * answer.fragment_size())
    }

    /// What the cache holds: its entries, builds and other parts, in order of name.
    ///
    /// # Errors
    /// That something in it cannot be read.
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

    /// Removes the cache and all in it; says how many bytes that freed.
    ///
    /// # Errors
    /// [`CacheError::InUse`] while anybody holds a lock in it, or that a file cannot be removed.
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

    /// Says that `what` uses entries, so that `clean` leaves them alone while the lock is held.
    ///
    /// # Errors
    /// That the lock file cannot be made.
    pub fn hold(&self, what: &str) -> Result<Lock, CacheError> {
        Lock::of_this_process(self, "use", what)
    }
}

/// What a directory holds, in order of name.
pub(crate) fn children(directory: &Path) -> Result<Vec<PathBuf>, CacheError> {
    let mut paths = Vec::new();
    for child in fs::read_dir(directory).map_err(failed("read", directory))? {
        paths.push(child.map_err(failed("read", directory))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Bytes of all files at or below a path. What vanishes meanwhile counts nothing.
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

#[cfg(test)]
mod tests;
