//! Errors of downloads.

use std::io;
use std::path::PathBuf;

use super::checksum::Checksum;
use crate::cache::CacheError;
use crate::fetch::FetchError;
use crate::program::Item;

/// Remedy for a place without the file.
const ELSEWHERE: &str = "name a mirror with --mirror, or build the programs with --programs build";

/// Remedy for a proxy that does not answer.
const PROXIES: &str = "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY";

/// A server does not answer, so the programs of these items cannot be downloaded.
#[derive(Debug, thiserror::Error)]
#[error("failed to download {}", labels(items))]
pub struct UnreachableError {
    /// The items with a file on the server.
    pub items: Vec<Item>,
    /// Error of the connection.
    #[source]
    pub cause: Box<FetchError>,
}

impl UnreachableError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        let text = match *self.cause {
            FetchError::Unreachable { proxy: Some(_), .. } | FetchError::Proxy(_) => PROXIES,
            FetchError::Unreachable { proxy: None, .. }
            | FetchError::Address(_)
            | FetchError::Refused { .. }
            | FetchError::Incomplete { .. }
            | FetchError::Unprotected { .. }
            | FetchError::Astray { .. } => {
                "name a mirror with --mirror, or let the programs be built with --programs auto"
            }
        };
        Some(text.to_owned())
    }
}

fn labels(items: &[Item]) -> String {
    items.iter().map(Item::label).collect::<Vec<_>>().join(", ")
}

/// Error of a download. No entry of the cache comes from a failed download.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The server does not give the file.
    #[error(transparent)]
    Fetch(Box<FetchError>),
    /// The mirror is a directory and does not have the file.
    #[error("failed to read {}", path.display())]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        cause: io::Error,
    },
    /// The bytes came too slowly.
    #[error("failed to download {place}: fewer than {} in {} s", amount(*least), window.as_secs())]
    Slow {
        /// URL of the file.
        place: String,
        /// Smallest number of bytes in a window.
        least: u64,
        /// Length of the window.
        window: std::time::Duration,
    },
    /// The file has another checksum than the table names.
    #[error("invalid checksum of {place}: {found}, expected {wanted}")]
    Checksum {
        /// URL or path of the file.
        place: String,
        /// Checksum of the downloaded file.
        found: Checksum,
        /// Checksum in the table.
        wanted: Checksum,
    },
    /// The file is not an archive that can be read.
    #[error("failed to unpack {place}")]
    Unpack {
        /// URL or path of the file.
        place: String,
        /// Error of the archive.
        #[source]
        cause: io::Error,
    },
    /// The archive lacks a program.
    #[error("failed to unpack {place}: it has no program {}", programs.join(", "))]
    Lacks {
        /// URL or path of the file.
        place: String,
        /// Names of the missing programs.
        programs: Vec<String>,
    },
    /// An operation on the cache failed.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The user cancelled the download.
    #[error("cancelled while downloading")]
    Cancelled,
}

impl From<FetchError> for DownloadError {
    fn from(error: FetchError) -> Self {
        Self::Fetch(Box::new(error))
    }
}

impl DownloadError {
    /// Whether the connection ended before the end of the file.
    pub(super) fn is_incomplete(&self) -> bool {
        matches!(self, Self::Fetch(error) if matches!(**error, FetchError::Incomplete { .. }))
    }

    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Fetch(error) => match **error {
                FetchError::Unreachable { proxy: Some(_), .. } | FetchError::Proxy(_) => PROXIES,
                FetchError::Unreachable { proxy: None, .. }
                | FetchError::Address(_)
                | FetchError::Refused { .. }
                | FetchError::Unprotected { .. }
                | FetchError::Astray { .. } => ELSEWHERE,
                FetchError::Incomplete { .. } => {
                    "run the command again: the download goes on where it ended"
                }
            },
            Self::File { .. } | Self::Slow { .. } => ELSEWHERE,
            Self::Checksum { .. } => {
                "do not trust this file; name another mirror, or build with --programs build"
            }
            Self::Unpack { .. } | Self::Lacks { .. } => {
                "name the published file of this program in the table of downloads"
            }
            Self::Cache(error) => return error.hint(),
            Self::Cancelled => return None,
        };
        Some(text.to_owned())
    }
}

/// Bytes in kilobytes or megabytes.
pub(super) fn amount(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1000),
        1_000_000.. => format!("{} MB", bytes / 1_000_000),
    }
}
