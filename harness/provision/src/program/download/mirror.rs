//! A mirror of published files: a URL or a directory.
//!
//! A mirror has each file at the host and the path of its URL:
//! `github.com/opencontainers/runc/releases/download/v1.3.3/runc.amd64`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use http::Uri;

use crate::fetch::{WITHOUT_CREDENTIALS, host_behind_credentials};

/// A mirror of published files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mirror {
    /// URL of a server, without a slash at the end.
    Url(String),
    /// A directory of this machine.
    Directory(PathBuf),
}

/// The place of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// URL of the file.
    Url(String),
    /// Path of the file.
    Path(PathBuf),
}

/// Error of [`Mirror::without_credentials`]: the URL has a user name or a password. The error does
/// not name them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid mirror {host}: its URL has a user name or a password")]
pub struct MirrorCredentialsError {
    host: String,
}

impl MirrorCredentialsError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        Some(WITHOUT_CREDENTIALS.to_owned())
    }
}

/// Error of [`Mirror::from_str`]: the text is neither a URL nor a directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a URL with HTTP or HTTPS nor a directory")]
pub struct MirrorError(String);

impl FromStr for Mirror {
    type Err = MirrorError;

    fn from_str(text: &str) -> Result<Self, MirrorError> {
        if text.contains("://") {
            let uri = text.parse::<Uri>().ok();
            let is_http = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
            let uri = uri.filter(is_http).ok_or_else(|| MirrorError(text.to_owned()));
            return uri.map(|_| Self::Url(text.trim_end_matches('/').to_owned()));
        }
        let path = Path::new(text);
        let absolute = std::path::absolute(path).ok().filter(|path| path.is_dir());
        absolute.map(Self::Directory).ok_or_else(|| MirrorError(text.to_owned()))
    }
}

impl Mirror {
    /// This mirror, if its URL has no user name and no password. Messages name the URL. A parser of
    /// arguments would show the refused URL, so the parser of [`Mirror`] accepts it.
    ///
    /// # Errors
    /// [`MirrorCredentialsError`].
    pub fn without_credentials(self) -> Result<Self, MirrorCredentialsError> {
        let host = match &self {
            Self::Url(url) => host_behind_credentials(url),
            Self::Directory(_) => None,
        };
        host.map_or(Ok(self), |host| Err(MirrorCredentialsError { host }))
    }

    /// The place of the file of a URL.
    pub(super) fn place(&self, url: &str) -> Place {
        let path = url.split_once("://").map_or(url, |(_, path)| path);
        match self {
            Self::Url(base) => Place::Url(format!("{base}/{path}")),
            Self::Directory(directory) => Place::Path(directory.join(path)),
        }
    }
}

impl std::fmt::Display for Mirror {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Url(url) => f.write_str(url),
            Self::Directory(path) => write!(f, "{}", path.display()),
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Url(url) => f.write_str(url),
            Self::Path(path) => write!(f, "{}", path.display()),
        }
    }
}
