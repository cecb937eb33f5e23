//! The duty of the parent of orphans: to wait for every process that ends. The parent is the first
//! process of a namespace, or adopts the orphans of its program.

use std::io::Result as IoResult;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, WaitOptions, wait, waitid};

/// Blocks until a child has ended. The child stays for [`take_ended`]. False if there is no child.
///
/// The check and the wait are two steps. The caller can hold a lock over the start and the note of
/// a process. The process's end is then never seen before the note.
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

/// Takes a child that has ended: its number and its status. None if no child has ended.
pub(crate) fn take_ended() -> Option<(u32, ExitStatus)> {
    take(WaitOptions::NOHANG).ok().flatten()
}

/// Waits until this child ends, and takes every orphan that ends before.
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

/// Kills every other process of the namespace, and waits until none is left. The caller is the
/// first process of the namespace.
pub(crate) fn kill_all() {
    loop {
        let _ = kill(Pid::from_raw(-1), Signal::SIGKILL);
        if take(WaitOptions::empty()).is_err() {
            return;
        }
    }
}

/// Kills every descendant, and waits until none is left. The caller adopts orphans. A kernel that
/// does not list children (`CONFIG_PROC_CHILDREN`) leaves them alone.
pub(crate) fn kill_children() {
    loop {
        let children = children();
        if children.is_empty() {
            while take_ended().is_some() {}
            return;
        }
        for child in children {
            let _ = kill(child, Signal::SIGKILL);
        }
        if take(WaitOptions::empty()).is_err() {
            return;
        }
    }
}

/// The children of every thread of this process.
fn children() -> Vec<Pid> {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().filter_map(Result::ok);
    let lists = threads.filter_map(|t| std::fs::read_to_string(t.path().join("children")).ok());
    let all = lists.collect::<Vec<_>>().join(" ");
    all.split_whitespace().filter_map(|pid| pid.parse().ok()).map(Pid::from_raw).collect()
}

/// Waits for a child, and returns its number and its status. The status may have a real-time
/// signal, which has no name.
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

/// The end of a process in words: `exit code 1`, `signal SIGKILL`.
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
