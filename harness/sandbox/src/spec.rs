//! What a sandbox is made of.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What a sandbox is made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SandboxSpec {
    /// Host name inside.
    pub hostname: String,
    /// Directories of the host that are seen inside.
    pub binds: Vec<Bind>,
    /// An address put on the loopback inside, besides 127.0.0.1.
    pub service_address: Ipv4Addr,
}

/// A directory of the host that is seen inside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bind {
    /// On the host.
    pub source: PathBuf,
    /// Inside, below `/run`.
    pub target: PathBuf,
}

/// A server to start inside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServerSpec {
    /// Name, for messages.
    pub name: String,
    /// Program and arguments, paths as seen inside.
    pub argv: Vec<String>,
    /// The whole environment.
    pub env: Vec<(String, String)>,
    /// File for what it prints, as seen inside.
    pub log: PathBuf,
}

/// A server ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerEnd {
    /// Its name.
    pub name: String,
    /// How: `exit code 1`, `signal 9`.
    pub how: String,
}

/// What a program run inside left.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExecOutput {
    /// Whether it ended with exit code 0.
    pub success: bool,
    /// What it wrote to standard output and standard error.
    pub output: String,
}
