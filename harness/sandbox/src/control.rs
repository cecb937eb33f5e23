//! What the harness and the sandbox's first process say to each other: JSON lines on a socket.
//!
//! The socket is at the same time the lifeline: its end is the end of the sandbox.

use std::io::Write;
use std::net::Ipv4Addr;
use std::os::unix::net::UnixStream;

use serde::{Deserialize, Serialize};

use crate::spec::{ExecOutput, ExecSpec, SandboxSpec, ServerEnd, ServerSpec};

/// Everything the first process needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Boot {
    pub(crate) spec: SandboxSpec,
    pub(crate) cgroup: String,
    pub(crate) interface: String,
    pub(crate) node_ip: Ipv4Addr,
    pub(crate) prefix: u8,
}

/// From the harness.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    /// The network interface is there.
    LinkReady,
    /// Something that is answered.
    Call { id: u64, order: Order },
    /// Ends the program that this call runs.
    Abort { id: u64 },
}

/// Something that is answered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Order {
    Start(ServerSpec),
    /// A signal for the process group of a server.
    Signal {
        server: String,
        signal: i32,
    },
    Exec(ExecSpec),
    /// From now on the end of the harness is not the end of the sandbox.
    Release,
}

/// From the sandbox.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The first process, as the host numbers it.
    Pid(u32),
    /// Everything is set up.
    Ready,
    /// It could not be set up; nothing runs.
    Failed(String),
    /// A server ended.
    Ended(ServerEnd),
    /// To the call with this number.
    Answer { id: u64, answer: Result<Answer, String> },
}

/// What an order led to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Done,
    Executed(ExecOutput),
}

/// Sends one line.
pub(crate) fn send<T: Serialize>(mut to: &UnixStream, message: &T) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)
}
