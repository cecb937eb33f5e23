//! The messages between the harness and the sandbox's first process: JSON lines on a socket.
//!
//! The socket is also the lifeline: the sandbox ends when the socket ends, unless it was released.

use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;

use serde::{Deserialize, Serialize};

use crate::spec::{ExecOutput, ExecSpec, SandboxSpec, ServerEnd, ServerSpec};

/// The input of the first process.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Boot {
    pub(crate) spec: SandboxSpec,
    pub(crate) cgroup: String,
    pub(crate) interface: String,
    pub(crate) node_ip: Ipv4Addr,
    pub(crate) prefix: u8,
}

/// A message of the harness.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    /// The network interface is there.
    LinkReady,
    /// An order, which gets an answer.
    Call { id: u64, order: Order },
    /// Kills the program of this call.
    Abort { id: u64 },
}

/// An order, which gets an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    Start(ServerSpec),
    /// A signal for the process group of a server.
    Signal {
        server: String,
        signal: i32,
    },
    Exec(ExecSpec),
    /// The sandbox outlives the harness from now on.
    Release,
}

/// A message of the sandbox.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The first process, by its number on the host.
    Pid(u32),
    /// Everything is set up.
    Ready,
    /// The set-up failed. Nothing runs.
    Failed(String),
    /// A server ended.
    Ended(ServerEnd),
    /// The answer to the call with this number.
    Answer { id: u64, answer: Result<Answer, String> },
}

/// The result of an order.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Done,
    Executed(ExecOutput),
}

/// Sends a message as one line of JSON.
pub(crate) fn send<T: Serialize>(mut to: &UnixStream, message: &T) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)
}
