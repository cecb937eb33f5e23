//! The box a native cluster runs in, and which dies with the harness.
//!
//! A sandbox is one set of namespaces (mounts, processes, network, IPC, host name) whose first
//! process is a verb of the harness's own binary ([`verb`]). It holds one end of a socket whose
//! other end only the harness holds: when the harness is gone, however it went, that process ends
//! and the kernel ends everything below it at once. What stays for a moment is a directory and
//! cgroups, which the next start, or [`slot::sweep`], removes.
//!
//! Synchronous throughout: the first process of a namespace of processes must not depend on an
//! async runtime's threads. Needs root, and so do its tests: without, they fail.

mod boot;
pub mod cgroup;
mod control;
pub mod guard;
mod init;
mod mounts;
mod network;
pub mod oci_runtime;
mod process;
mod reaper;
pub mod requirements;
pub mod slot;
pub mod spec;
pub mod verb;
mod wait;

pub use boot::{Event, Sandbox, SandboxError};
pub use process::Identity;
