//! Errors of the cache.

use std::io;
use std::path::{Path, PathBuf};

/// Error of an operation on the cache.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The user has no home directory, so no cache directory is known.
    #[error("failed to find a cache directory: this user has no home directory")]
    NoHome,
    /// The path of the cache is no text, and Go takes only text.
    #[error("invalid cache directory {}: its path is not UTF-8", path.display())]
    NotText {
        /// Root directory of the cache.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("failed to {action} {}", path.display())]
    Io {
        /// The operation, as a verb: `create`.
        action: &'static str,
        /// The file or directory of the operation.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// A process uses the cache, so `clean` fails.
    #[error("failed to clean {}: it is in use by {}", path.display(), holders.join(", "))]
    InUse {
        /// Root directory of the cache.
        path: PathBuf,
        /// The holders of locks, one text each: `process 4711 (build etcd 3.6.7)`.
        holders: Vec<String>,
    },
    /// The user cancelled a wait for a lock.
    #[error("cancelled")]
    Cancelled,
}

impl CacheError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoHome => Some("set HOME or XDG_CACHE_HOME, or name a cache directory".into()),
            Self::NotText { .. } => Some("name another cache directory".into()),
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

/// Turns an I/O error into a [`CacheError`] with the operation and the path.
pub(crate) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CacheError {
    let path = path.to_owned();
    move |source| CacheError::Io { action, path, source }
}
