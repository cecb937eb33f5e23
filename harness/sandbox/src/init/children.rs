//! The processes that the harness ordered, and the end of every process of the sandbox.

use std::collections::HashMap;
use std::fs::File;
use std::process::{Command, ExitStatus};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::reaper;

/// The order that started a process.
pub(super) enum Who {
    Server(String),
    Exec { id: u64, stdout: File, stderr: File },
}

#[derive(Default)]
pub(super) struct Children {
    state: Mutex<ChildState>,
    some_started: Condvar,
}

#[derive(Default)]
struct ChildState {
    known: HashMap<u32, Who>,
    /// Number of processes started so far.
    started: u64,
}

impl Children {
    fn lock(&self) -> MutexGuard<'_, ChildState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a process and notes its order. The lock covers both steps, so the process's end is
    /// never seen before the note.
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
        // No thread waits for the server while the lock is held, so the number is still the
        // server's.
        let group = state.server(server).ok_or_else(none)?;
        killpg(group, signal)?;
        Ok(())
    }

    /// Kills the process group of the program of a call. The function ignores a call without a
    /// program.
    pub(super) fn kill_exec(&self, call: u64) {
        let state = self.lock();
        if let Some(group) = state.find(|w| matches!(w, Who::Exec { id, .. } if *id == call)) {
            let _ = killpg(group, Signal::SIGKILL);
        }
    }

    /// Waits for every process that ends in the sandbox, orphans included. The function never
    /// returns.
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

    /// Blocks until the number of started processes is not `seen`. Returns the number.
    fn until_started(&self, seen: u64) -> u64 {
        let mut state = self.lock();
        while state.started == seen {
            state = self.some_started.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.started
    }

    /// Takes a process that has ended. None for an orphan, which no order started.
    fn ended(&self) -> Option<(Who, ExitStatus)> {
        let mut state = self.lock();
        let (pid, status) = reaper::take_ended()?;
        Some((state.known.remove(&pid)?, status))
    }
}

impl ChildState {
    fn find(&self, wanted: impl Fn(&Who) -> bool) -> Option<Pid> {
        let (pid, _) = self.known.iter().find(|(_, who)| wanted(who))?;
        i32::try_from(*pid).ok().map(Pid::from_raw)
    }

    fn server(&self, name: &str) -> Option<Pid> {
        self.find(|who| matches!(who, Who::Server(known) if known == name))
    }
}
