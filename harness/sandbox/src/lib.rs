//! The sandbox of a native cluster. The sandbox ends with the harness.
//!
//! A sandbox is one set of namespaces: mounts, processes, network, IPC and host name. The first
//! process of the namespaces is a verb of the harness's own binary ([`verb`]). The harness and the
//! first process hold the two ends of a socket. The first process ends when the harness ends in any
//! way, and the kernel then ends all others. A directory and cgroups remain, until the next start
//! or [`slot::sweep`] removes the remains. A sandbox outlives the harness only after
//! [`Sandbox::release`].
//!
//! The crate is synchronous: the first process of a namespace must not depend on the threads of an
//! async runtime. A sandbox needs root, and a guard does not. The tests fail without root.

mod boot;
pub mod budgets;
pub mod cgroup;
mod control;
pub mod frozen;
pub mod guard;
pub mod hints;
mod init;
pub mod limits;
mod mounts;
mod network;
pub mod oci_runtime;
pub mod own_binary;
mod poll;
mod process;
mod reaper;
pub mod requirements;
pub mod slot;
pub mod spec;
pub mod verb;

pub use boot::{Event, Sandbox, SandboxError};
pub use process::Identity;
