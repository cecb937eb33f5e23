//! What a sandbox is made of, and what runs in it.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a sandbox is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SandboxSpec {
    /// Host name inside.
    pub hostname: String,
    /// Directories of the host that are seen inside, besides the slot's own at `/run/ac`.
    pub binds: Vec<Bind>,
    /// An address put on the loopback inside, besides 127.0.0.1.
    pub service_address: Ipv4Addr,
}

/// A directory of the host that is seen inside, to be read and written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bind {
    /// On the host.
    pub source: PathBuf,
    /// Inside, below `/run`.
    pub target: PathBuf,
}

/// A server to start inside. It runs in `/`, in a process group of its own, reads nothing, and is
/// not started again when it ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServerSpec {
    /// Name, for messages. No two servers that run have the same.
    pub name: String,
    /// Program, by absolute path, and arguments, paths as seen inside.
    pub argv: Vec<String>,
    /// The whole environment.
    pub env: Vec<(String, String)>,
    /// File for what it prints, as seen inside; appended to, its directory made if need be.
    pub log: PathBuf,
}

/// A server ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerEnd {
    /// Its name.
    pub name: String,
    /// How: `exit code 1`, `signal SIGKILL`.
    pub how: String,
}

/// A program to run inside to its end. It runs in `/`, in a process group of its own, and reads
/// nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecSpec {
    /// Program, by absolute path, and arguments, paths as seen inside.
    pub argv: Vec<String>,
    /// The whole environment.
    pub env: Vec<(String, String)>,
    /// How long it may take. Then its process group is killed. Default: ten minutes, in which the
    /// largest image is imported many times over.
    pub timeout: Duration,
}

impl ExecSpec {
    /// A program with an empty environment and the default time.
    pub fn new<A: Into<String>>(argv: impl IntoIterator<Item = A>) -> Self {
        let argv = argv.into_iter().map(Into::into).collect();
        Self { argv, env: Vec::new(), timeout: Duration::from_mins(10) }
    }

    /// With this environment, and nothing else in it.
    #[must_use]
    pub fn env<K: Into<String>, V: Into<String>>(
        mut self,
        env: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.env = env.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        self
    }

    /// With this much time.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// What a program run inside left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecOutput {
    /// Whether it ended with exit code 0.
    pub success: bool,
    /// Its exit code; none if a signal ended it, or it could not be started.
    pub code: Option<i32>,
    /// How it ended: `exit code 1`, `signal SIGKILL`, or why it could not be started.
    pub how: String,
    /// What it wrote to standard output: the last mebibyte.
    pub stdout: String,
    /// All that it said, for messages: standard output, then standard error, the last mebibyte of
    /// each; if it could not be started, why.
    pub output: String,
}
