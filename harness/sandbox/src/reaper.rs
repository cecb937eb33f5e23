//! What the first process of a namespace owes to all others: to wait for those that ended.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid, waitpid};
use nix::unistd::Pid;

/// A child that has ended and is not yet waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// This one.
    Child(Pid),
    /// One that died of a signal that has no name; it must be looked for.
    Unnamed,
    /// There are no children at all.
    NoChildren,
}

/// Blocks until a child has ended, and leaves it to be waited for.
///
/// Looking and waiting are two steps, so that whoever starts processes can hold a lock over
/// starting and noting one, and the end is never seen before the note.
pub(crate) fn next() -> nix::Result<Ended> {
    loop {
        match waitid(Id::All, WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT) {
            Ok(WaitStatus::Exited(pid, _) | WaitStatus::Signaled(pid, ..)) => {
                return Ok(Ended::Child(pid));
            }
            Ok(_) | Err(Errno::EINTR) => {}
            Err(Errno::EINVAL) => return Ok(Ended::Unnamed),
            Err(Errno::ECHILD) => return Ok(Ended::NoChildren),
            Err(error) => return Err(error),
        }
    }
}

/// Waits for an ended process that nobody asked about: an orphan.
pub(crate) fn bury(orphan: Ended) {
    let pid = match orphan {
        Ended::Child(pid) => Some(pid),
        Ended::Unnamed => None,
        Ended::NoChildren => return,
    };
    let _ = waitpid(pid, Some(WaitPidFlag::WNOHANG));
}

/// Kills every process below this one, which is the first of its namespace, and waits until none is
/// left.
pub(crate) fn kill_all() {
    loop {
        let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
        match waitpid(None, None) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
    }
}

/// How a process ended, in words: `exit code 1`, `signal SIGKILL`.
pub(crate) fn words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(number)) => match Signal::try_from(number) {
            Ok(signal) => format!("signal {signal}"),
            Err(_) => format!("signal {number}"),
        },
        (None, None) => status.to_string(),
    }
}
