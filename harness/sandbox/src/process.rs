//! The identity of a process. The number alone is none, because the kernel reuses numbers.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

/// A process: its number and its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The number, in the process namespace of the caller.
    pub pid: u32,
    /// The start, in clock ticks since the start of the machine.
    pub started: u64,
}

impl Identity {
    /// The process that has this number now. None if no process has the number.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, started: stat(pid)?.started })
    }

    /// The calling process.
    pub(crate) fn own() -> Option<Self> {
        Self::of(std::process::id())
    }

    /// True if the process still runs. The first process of a namespace counts as running until all
    /// others have ended, even after a kill.
    pub fn is_alive(&self) -> bool {
        stat(self.pid).is_some_and(|s| s.started == self.started && !s.dead)
    }

    /// True if the process is alive and not stopped.
    pub(crate) fn runs(&self) -> bool {
        stat(self.pid).is_some_and(|s| s.started == self.started && !s.dead && !s.stopped)
    }

    /// Kills the process. A later process with the same number is not killed.
    pub(crate) fn kill(&self) {
        self.signal(Signal::SIGKILL);
    }

    /// Sends a signal to the process. A later process with the same number gets none.
    pub(crate) fn signal(&self, signal: Signal) {
        if let (true, Ok(pid)) = (self.is_alive(), i32::try_from(self.pid)) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
}

struct Stat {
    dead: bool,
    stopped: bool,
    started: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse(text: &str) -> Option<Stat> {
    // The name, in parentheses, may contain spaces and parentheses.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    let (dead, stopped) = (matches!(state, "Z" | "X" | "x"), state == "T");
    Some(Stat { dead, stopped, started: fields.nth(18)?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_start_behind_an_odd_name() {
        let text = "7 (a ) b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4242 9 10";
        let stat = parse(text).expect("fields");
        assert_eq!((stat.dead, stat.started), (false, 4242));
    }

    #[test]
    fn a_number_that_was_given_again_is_another_process() {
        let own = Identity::own().expect("this process");
        assert!(own.is_alive());
        assert!(!Identity { started: own.started + 1, ..own }.is_alive());
    }
}
