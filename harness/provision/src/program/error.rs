//! Why programs could not be built.

use std::io;
use std::path::PathBuf;

use super::tree::TreeError;
use crate::cache::CacheError;
use crate::git::GitError;
use crate::go::{GoError, OLDEST_GO};

/// A version that a proxy does not give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which item: `argo-workflows`.
    pub name: String,
    /// Which version: `3.4.18`.
    pub release: String,
    /// Why, as the end of a sentence: `it answered 403 Forbidden`.
    pub reason: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, release, reason } = self;
        write!(f, "{name} v{release} cannot be had from the Go module proxy ({reason})")
    }
}

/// Programs could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no usable Go.
    #[error(transparent)]
    Go(GoError),
    /// Go is too old.
    #[error("{what} needs Go {needed}, and this is {found}")]
    GoTooOld {
        /// What needs a newer one.
        what: String,
        /// The version it needs.
        needed: String,
        /// The version there is.
        found: String,
    },
    /// There is no C compiler.
    #[error("{what} needs a C compiler, and there is no `{compiler}` in PATH")]
    NoCCompiler {
        /// What needs it.
        what: String,
        /// The compiler that Go would call.
        compiler: String,
    },
    /// The disk is too full.
    #[error(
        "{} has {} GB free, and building {what} takes {} GB for a while",
        path.display(), gigabytes(*have), gigabytes(*need)
    )]
    DiskFull {
        /// Where.
        path: PathBuf,
        /// What would be built.
        what: String,
        /// Bytes free.
        have: u64,
        /// Bytes needed.
        need: u64,
    },
    /// The proxy does not give some versions.
    #[error("{}", sentences(.0))]
    Refused(Vec<Refusal>),
    /// The proxy cannot be reached.
    #[error("the Go module proxy {proxy} cannot be reached: {reason}")]
    Unreachable {
        /// The proxies that were asked.
        proxy: String,
        /// Why.
        reason: String,
    },
    /// A command of Go failed.
    #[error("{stage}: `{command}` failed\n{}", indented(output))]
    Failed {
        /// What was being done: `build etcd 3.6.7`.
        stage: String,
        /// The command.
        command: String,
        /// Its last lines.
        output: String,
    },
    /// A program could not be started.
    #[error("run {command}")]
    Run {
        /// The command.
        command: String,
        /// Why it could not be started.
        source: io::Error,
    },
    /// A directory of sources cannot be used.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A commit cannot be checked out.
    #[error(transparent)]
    Git(GitError),
    /// The cache could not be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The user cancelled.
    #[error("cancelled while building")]
    Cancelled,
}

impl BuildError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Go(GoError::Missing) => install_go(),
            Self::Go(_) => "see that `go env` works in this shell".to_owned(),
            Self::GoTooOld { needed, .. } => {
                format!("install Go {needed} or newer from https://go.dev/dl and put it in PATH")
            }
            Self::NoCCompiler { .. } => install_c_compiler(),
            Self::DiskFull { .. } => {
                "free some disk space, or name a cache directory on another disk".to_owned()
            }
            Self::Refused(_) => "ask for another version, set GOPROXY to a proxy that has it, \
                 or take another source"
                .to_owned(),
            Self::Unreachable { .. } => {
                "check the network, HTTPS_PROXY and `go env GOPROXY`".to_owned()
            }
            Self::Failed { .. } => "if its message names a file of this machine, fix that; \
                 else try another version of Go"
                .to_owned(),
            Self::Run { .. } => "see that it can be run from this shell".to_owned(),
            Self::Tree(error) => error.hint(),
            Self::Git(error) => return error.hint(),
            Self::Cache(error) => return error.hint(),
            Self::Cancelled => return None,
        };
        Some(text)
    }
}

impl From<GitError> for BuildError {
    fn from(error: GitError) -> Self {
        match error {
            GitError::Cancelled => Self::Cancelled,
            GitError::Cache(error) => Self::Cache(error),
            error => Self::Git(error),
        }
    }
}

/// How to get Go.
pub(crate) fn install_go() -> String {
    format!("install Go {OLDEST_GO} or newer from https://go.dev/dl and put it in PATH")
}

/// How to get a C compiler.
pub(crate) fn install_c_compiler() -> String {
    "install one (Debian: apt-get install gcc libc6-dev), or name yours with `go env -w CC=…`"
        .to_owned()
}

/// Bytes in gigabytes, with one decimal.
pub(crate) fn gigabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn sentences(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn indented(output: &str) -> String {
    output.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
