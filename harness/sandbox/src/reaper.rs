//! What the first process of a namespace owes to all others: to wait for those that ended.

use std::io::Result as IoResult;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, WaitOptions, wait, waitid};

/// Blocks until a child has ended, and leaves it to be waited for; whether there is any child.
///
/// Looking and waiting are two steps, so that whoever starts processes can hold a lock over
/// starting and noting one, and the end is never seen before the note.
pub(crate) fn any_ended() -> IoResult<bool> {
    loop {
        match waitid(WaitId::All, WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
            Ok(_) => return Ok(true),
            Err(Errno::CHILD) => return Ok(false),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Waits for a child that has ended: which, and how. None if none has.
pub(crate) fn take_ended() -> Option<(u32, ExitStatus)> {
    take(WaitOptions::NOHANG).ok().flatten()
}

/// Waits until this child of ours ends, and for every orphan that ends before it.
///
/// # Errors
/// If there is no such child.
pub(crate) fn end_of(child: u32) -> IoResult<ExitStatus> {
    loop {
        if let Some((pid, status)) = take(WaitOptions::empty())?
            && pid == child
        {
            return Ok(status);
        }
    }
}

/// Kills every process below this one, which is the first of its namespace, and waits until none is
/// left.
pub(crate) fn kill_all() {
    loop {
        let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
        if take(WaitOptions::empty()).is_err() {
            return;
        }
    }
}

/// Whatever it died of, also of a real-time signal, which has no name.
fn take(options: WaitOptions) -> IoResult<Option<(u32, ExitStatus)>> {
    loop {
        match wait(options) {
            Err(Errno::INTR) => {}
            other => {
                return Ok(other?.map(|(pid, status)| {
                    (pid.as_raw_pid().unsigned_abs(), ExitStatus::from_raw(status.as_raw()))
                }));
            }
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
