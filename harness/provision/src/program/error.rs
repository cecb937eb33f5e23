//! Errors of builds.

use std::io;
use std::path::PathBuf;

use super::tree::TreeError;
use crate::cache::CacheError;
use crate::git::GitError;
use crate::go::{GoError, OLDEST_GO};

/// A module version that the proxy refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Name of the item: `argo-workflows`.
    pub name: String,
    /// Version of the item: `3.4.18`.
    pub release: String,
    /// Reason, as the end of a sentence: `it answered 403 Forbidden`.
    pub reason: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, release, reason } = self;
        write!(f, "{name} v{release} cannot be had from the Go module proxy ({reason})")
    }
}

/// Error of a build.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// This machine has no usable Go.
    #[error(transparent)]
    Go(GoError),
    /// This machine's Go is too old.
    #[error("{what} needs Go {needed}, and this is {found}")]
    GoTooOld {
        /// Names of the items that require a newer Go.
        what: String,
        /// Required version of Go.
        needed: String,
        /// Version of this machine's Go.
        found: String,
    },
    /// This machine has no C compiler.
    #[error("{what} needs a C compiler, and there is no `{compiler}` in PATH")]
    NoCCompiler {
        /// Names of the items that require a C compiler.
        what: String,
        /// Name of the compiler that Go would run.
        compiler: String,
    },
    /// The disk of the cache has too little free space.
    #[error(
        "{} has {} GB free, and building {what} takes {} GB for a while",
        path.display(), gigabytes(*have), gigabytes(*need)
    )]
    DiskFull {
        /// Root directory of the cache.
        path: PathBuf,
        /// Names of the items to build.
        what: String,
        /// Free bytes.
        have: u64,
        /// Required bytes.
        need: u64,
    },
    /// The disk of the cache is mounted `noexec`.
    #[error("{} is on a disk from which no program runs (mount option noexec)", path.display())]
    NoExec {
        /// Root directory of the cache.
        path: PathBuf,
    },
    /// The proxy refuses these versions.
    #[error("{}", sentences(.0))]
    Refused(Vec<Refusal>),
    /// The proxy does not answer, or answers with an error of its own.
    #[error("the Go module proxy {proxy} cannot be reached: {reason}")]
    Unreachable {
        /// The module proxies, as `GOPROXY` has them.
        proxy: String,
        /// Message of Go.
        reason: String,
    },
    /// A command of Go failed.
    #[error("failed to {stage}: `{command}` failed\n{}", indented(output))]
    Failed {
        /// Stage of the build: `build etcd 3.6.7`.
        stage: String,
        /// Command line of Go.
        command: String,
        /// The last lines of the output.
        output: String,
    },
    /// A program failed to start.
    #[error("failed to run {command}")]
    Run {
        /// Command line of Go.
        command: String,
        /// Error of the operating system.
        source: io::Error,
    },
    /// A checkout cannot be used.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// A commit cannot be checked out.
    #[error(transparent)]
    Git(GitError),
    /// An operation on the cache failed.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// The user cancelled the build.
    #[error("cancelled while building")]
    Cancelled,
}

impl BuildError {
    /// The remedy. `None` for a cancel.
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
            Self::NoExec { .. } => {
                "name a cache directory on another disk with ARGO_CONFORMANCE_CACHE".to_owned()
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
            Self::Tree(error) => return error.hint(),
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

/// Remedy for a missing Go.
pub(crate) fn install_go() -> String {
    format!("install Go {OLDEST_GO} or newer from https://go.dev/dl and put it in PATH")
}

/// Remedy for a missing C compiler.
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
