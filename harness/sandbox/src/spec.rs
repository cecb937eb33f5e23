//! The specification of a sandbox, and of the programs in the sandbox.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The specification of a sandbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SandboxSpec {
    /// Host name inside.
    pub hostname: String,
    /// Directories of the host that are visible inside, besides the slot's own at `/run/ac`.
    pub binds: Vec<Bind>,
    /// An address put on the loopback inside, besides 127.0.0.1.
    pub service_address: Ipv4Addr,
}

/// A directory of the host that is visible inside, for reads and writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bind {
    /// Path on the host.
    pub source: PathBuf,
    /// Path inside, below `/run`.
    pub target: PathBuf,
}

/// A server to start inside.
///
/// # Guarantees
/// The server runs in `/`, in a process group of its own, with an empty standard input. The sandbox
/// does not start a server again that has ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServerSpec {
    /// Name, for messages. Two running servers never have the same name.
    pub name: String,
    /// Absolute path of the program, and the arguments. The paths are those inside.
    pub argv: Vec<String>,
    /// The whole environment: nothing is inherited.
    pub env: Vec<(String, String)>,
    /// Path inside of the file for the server's output. The sandbox makes the directory and appends
    /// to the file.
    pub log: PathBuf,
}

/// The end of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerEnd {
    /// Name of the server.
    pub name: String,
    /// The end in words: `exit code 1`, `signal SIGKILL`.
    pub how: String,
}

/// A program to run inside to its end.
///
/// # Guarantees
/// The program runs in `/`, in a process group of its own, with an empty standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecSpec {
    /// Absolute path of the program, and the arguments. The paths are those inside.
    pub argv: Vec<String>,
    /// The whole environment: nothing is inherited.
    pub env: Vec<(String, String)>,
    /// Time limit, after which the sandbox kills the program's process group. Default: 10 min, many
    /// times the import of the largest image.
    pub timeout: Duration,
}

impl ExecSpec {
    /// A program with an empty environment and the default time limit.
    pub fn new<A: Into<String>>(argv: impl IntoIterator<Item = A>) -> Self {
        let argv = argv.into_iter().map(Into::into).collect();
        Self { argv, env: Vec::new(), timeout: crate::budgets::SANDBOX_PROGRAM.time }
    }

    /// Sets the whole environment.
    #[must_use]
    pub fn env<K: Into<String>, V: Into<String>>(
        mut self,
        env: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        self.env = env.into_iter().map(|(k, v)| (k.into(), v.into())).collect();
        self
    }

    /// Sets the time limit.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// The result of a program that ran inside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecOutput {
    /// True if the program ended with exit code 0.
    pub success: bool,
    /// Exit code. None if a signal ended the program, or the program could not be started.
    pub code: Option<i32>,
    /// The end in words: `exit code 1`, `signal SIGKILL`, or the error of the start.
    pub how: String,
    /// The last 1 MiB of standard output.
    pub stdout: String,
    /// Standard output, then standard error, for messages: the last 1 MiB of each. The error of the
    /// start, if the program could not be started.
    pub output: String,
}
