//! Runs a program so that it, and everything that it starts, dies with the harness.
//!
//! The program runs in a namespace of processes of its own. The namespace's first process holds
//! one end of a socket whose other end only the harness holds; when that end is closed, however
//! that came about, the first process exits and the kernel kills whatever is left in the namespace.

mod capture;
pub(crate) mod inside;

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::verb::INTERNAL;
use inside::Report;

/// The verb that runs a program in a namespace of processes.
pub(crate) const GUARD: &str = "guard";
/// The verb that runs a program without one.
pub(crate) const TETHER: &str = "tether";

/// Starts guarded programs, from as many threads as wanted. Cheap to clone; [`Guard::kill_all`]
/// reaches those of every clone.
#[derive(Clone, Debug)]
pub struct Guard {
    exe: PathBuf,
    /// The hidden verb that runs a program.
    verb: &'static str,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    cancelled: bool,
    running: HashMap<u64, Killer>,
}

/// A program to run.
#[derive(Clone, Debug)]
pub struct GuardedCommand {
    /// Absolute path.
    pub program: PathBuf,
    /// Arguments.
    pub args: Vec<OsString>,
    /// The whole environment: nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
    /// Working directory.
    pub cwd: PathBuf,
}

/// What a guarded program left.
#[derive(Clone, Debug)]
pub struct GuardOutput {
    /// How it ended.
    pub status: ExitStatus,
    /// All it wrote to standard output.
    pub stdout: String,
    /// The last mebibyte that it wrote to standard error, in whole lines.
    pub stderr: String,
}

impl GuardOutput {
    /// Whether it ended with exit code 0.
    pub fn success(&self) -> bool {
        self.status.success()
    }
}

/// Why a guarded program did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// It could not be started; or the machine refuses the namespaces that it needs, which the
    /// cause then says.
    #[error("start {}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It was killed by [`Guard::kill_all`], [`Guarded::kill`] or a [`Killer`].
    #[error("{} was stopped", program.display())]
    Cancelled {
        /// The program.
        program: PathBuf,
    },
}

/// The cause of [`GuardError::Start`] where the guard, not the program, could not be started.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {why}\nhint: run as root, where `unshare --pid --mount` is permitted")]
struct Refused {
    doing: String,
    why: String,
}

/// Kills one guarded program and all that it started, from any thread.
#[derive(Clone, Debug)]
pub struct Killer {
    lifeline: Arc<UnixStream>,
    killed: Arc<AtomicBool>,
}

impl Killer {
    /// Kills it. It is gone when [`Guarded::wait`] returns.
    pub fn kill(&self) {
        self.killed.store(true, Ordering::SeqCst);
        let _ = self.lifeline.shutdown(Shutdown::Write);
    }
}

impl Guard {
    /// A guard that runs `exe`, which must call [`crate::verb::dispatch`] first thing in `main`.
    pub fn new(exe: PathBuf) -> Self {
        Self { exe, verb: GUARD, shared: Arc::default() }
    }

    /// The same for a machine that gives no namespace of processes, as in a pod without privileges:
    /// what a program starts is not killed with it. [`Guard::kill_all`] reaches those of both.
    #[must_use]
    pub fn tethered(&self) -> Self {
        Self { verb: TETHER, ..self.clone() }
    }

    /// Kills every guarded program, and lets none start any more.
    pub fn kill_all(&self) {
        let mut shared = self.lock();
        shared.cancelled = true;
        shared.running.values().for_each(Killer::kill);
    }

    /// Whether [`Guard::kill_all`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Runs a program to its end, giving each line that it writes, on either stream, to `on_line`.
    ///
    /// # Guarantees
    /// When it returns, nothing that the program started is left.
    ///
    /// # Errors
    /// If it cannot be started, or was killed. A program that fails is no error: see its status.
    pub fn run(
        &self,
        command: GuardedCommand,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<GuardOutput, GuardError> {
        self.spawn(command)?.wait(on_line)
    }

    /// Starts a program. Dropping what is returned kills it.
    ///
    /// # Errors
    /// If [`Guard::kill_all`] was called, or the guard's binary cannot be run. That the program
    /// itself cannot be started is told by [`Guarded::wait`].
    pub fn spawn(&self, command: GuardedCommand) -> Result<Guarded, GuardError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let program = command.program.clone();
        let mut shared = self.lock();
        if shared.cancelled {
            return Err(GuardError::Cancelled { program });
        }
        let (child, lifeline) = self
            .start(command)
            .map_err(|cause| GuardError::Start { program: program.clone(), cause })?;
        let killer = Killer { lifeline: Arc::new(lifeline), killed: Arc::default() };
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        shared.running.insert(id, killer.clone());
        Ok(Guarded { program, child, killer, id, shared: Arc::clone(&self.shared) })
    }

    fn start(&self, command: GuardedCommand) -> std::io::Result<(Child, UnixStream)> {
        let (ours, theirs) = UnixStream::pair()?;
        let child = Command::new(&self.exe)
            .args([INTERNAL, self.verb])
            .arg(&command.program)
            .args(&command.args)
            .env_clear()
            .envs(command.env)
            .current_dir(&command.cwd)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        Ok((child, ours))
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A guarded program that runs. Dropped, it is killed.
#[derive(Debug)]
pub struct Guarded {
    program: PathBuf,
    child: Child,
    killer: Killer,
    id: u64,
    shared: Arc<Mutex<Shared>>,
}

impl Guarded {
    /// What kills it from another thread, while this one waits.
    pub fn killer(&self) -> Killer {
        self.killer.clone()
    }

    /// Kills it, with all that it started.
    pub fn kill(&self) {
        self.killer.kill();
    }

    /// Waits for its end, giving each line that it writes, on either stream, to `on_line`.
    ///
    /// # Guarantees
    /// When it returns, nothing that the program started is left.
    ///
    /// # Errors
    /// If it could not be started, or was killed.
    pub fn wait(mut self, on_line: &mut dyn FnMut(&str)) -> Result<GuardOutput, GuardError> {
        let program = self.program.clone();
        let ran = self.collect(on_line);
        if self.killer.killed.load(Ordering::SeqCst) {
            return Err(GuardError::Cancelled { program });
        }
        ran.map_err(|cause| GuardError::Start { program, cause })
    }

    fn collect(&mut self, on_line: &mut dyn FnMut(&str)) -> std::io::Result<GuardOutput> {
        let captured = capture::both(self.child.stdout.take(), self.child.stderr.take(), on_line);
        let mut line = String::new();
        let _ = BufReader::new(&*self.killer.lifeline).read_line(&mut line);
        let waited = self.child.wait()?;
        let status = match serde_json::from_str(&line) {
            Ok(Report::Ended { status }) => ExitStatus::from_raw(status),
            Ok(Report::NotStarted { errno }) => {
                return Err(std::io::Error::from_raw_os_error(errno));
            }
            Ok(Report::Refused { doing, why }) => {
                return Err(std::io::Error::other(Refused { doing, why }));
            }
            Err(_) => {
                let doing = "be told how it ended".to_owned();
                let why = format!("the guard itself ended ({waited}): {}", captured.stderr.trim());
                return Err(std::io::Error::other(Refused { doing, why }));
            }
        };
        Ok(GuardOutput { status, stdout: captured.stdout, stderr: captured.stderr })
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.killer.lifeline.shutdown(Shutdown::Write);
        let _ = self.child.wait();
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).running.remove(&self.id);
    }
}
