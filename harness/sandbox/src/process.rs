//! Which process is meant: a number alone is given to another one day.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

/// A process: its number, and when it was started, in clock ticks since the machine was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The number, in the namespace of processes of the one who asks.
    pub pid: u32,
    /// The start.
    pub started: u64,
}

impl Identity {
    /// The process that has this number now.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        Some(Self { pid, started: stat(pid)?.started })
    }

    /// The process that asks.
    pub(crate) fn own() -> Option<Self> {
        Self::of(std::process::id())
    }

    /// Whether it still runs. The first process of a namespace runs until all others of it are
    /// gone, even when it was killed before.
    pub fn is_alive(&self) -> bool {
        stat(self.pid).is_some_and(|s| s.started == self.started && !s.dead)
    }

    /// Kills it, if it is still the one that was meant.
    pub(crate) fn kill(&self) {
        if let (true, Ok(pid)) = (self.is_alive(), i32::try_from(self.pid)) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
    }
}

struct Stat {
    dead: bool,
    started: u64,
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

fn parse(text: &str) -> Option<Stat> {
    // The name, in parentheses, may itself hold spaces and parentheses.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    let dead = matches!(fields.next()?, "Z" | "X" | "x");
    Some(Stat { dead, started: fields.nth(18)?.parse().ok()? })
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
