//! Who runs in the sandbox on the harness's word, and the end of every process in it.

use std::collections::HashMap;
use std::fs::File;
use std::process::{Command, ExitStatus};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::reaper;

/// What a process was started for.
pub(super) enum Who {
    Server(String),
    Exec { id: u64, stdout: File, stderr: File },
}

#[derive(Default)]
pub(super) struct Children {
    state: Mutex<State>,
    some_started: Condvar,
}

#[derive(Default)]
struct State {
    known: HashMap<u32, Who>,
    /// How many were ever started.
    started: u64,
}

impl Children {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a process and notes what for. The lock is held over both, so that its end, however
    /// soon, is not seen before the note.
    pub(super) fn spawn(&self, program: &mut Command, who: Who) -> std::io::Result<()> {
        let mut state = self.lock();
        if let Who::Server(name) = &who
            && state.server(name).is_some()
        {
            return Err(std::io::Error::other(format!("a server named {name} runs already")));
        }
        let child = program.spawn()?;
        state.known.insert(child.id(), who);
        state.started += 1;
        self.some_started.notify_all();
        Ok(())
    }

    /// Sends a signal to the process group of a server.
    pub(super) fn signal(&self, server: &str, signal: i32) -> std::io::Result<()> {
        let signal = Signal::try_from(signal)?;
        let state = self.lock();
        let none = || std::io::Error::other(format!("no server named {server} runs"));
        // Not waited for while the lock is held, so the number is still its own.
        let group = state.server(server).ok_or_else(none)?;
        killpg(group, signal)?;
        Ok(())
    }

    /// Kills the process group of a program that is run to its end.
    pub(super) fn kill_exec(&self, call: u64) {
        let state = self.lock();
        if let Some(group) = state.find(|w| matches!(w, Who::Exec { id, .. } if *id == call)) {
            let _ = killpg(group, Signal::SIGKILL);
        }
    }

    /// Waits for every process that ends here, orphans of the servers included, for ever.
    pub(super) fn reap(&self, tell: impl Fn(Who, ExitStatus)) {
        let mut seen = 0;
        loop {
            match reaper::any_ended() {
                Ok(true) => {
                    if let Some((who, status)) = self.ended() {
                        tell(who, status);
                    }
                }
                Ok(false) | Err(_) => seen = self.until_started(seen),
            }
        }
    }

    /// Blocks until more than `seen` were started; how many were.
    fn until_started(&self, seen: u64) -> u64 {
        let mut state = self.lock();
        while state.started == seen {
            state = self.some_started.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.started
    }

    /// Waits for one that has ended; nothing if it is an orphan, about which nobody asked.
    fn ended(&self) -> Option<(Who, ExitStatus)> {
        let mut state = self.lock();
        let (pid, status) = reaper::take_ended()?;
        Some((state.known.remove(&pid)?, status))
    }
}

impl State {
    fn find(&self, wanted: impl Fn(&Who) -> bool) -> Option<Pid> {
        let (pid, _) = self.known.iter().find(|(_, who)| wanted(who))?;
        i32::try_from(*pid).ok().map(Pid::from_raw)
    }

    fn server(&self, name: &str) -> Option<Pid> {
        self.find(|who| matches!(who, Who::Server(known) if known == name))
    }
}
