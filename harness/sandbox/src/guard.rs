//! Runs programs that end with the harness, together with everything that the programs start.
//!
//! A guarded program runs in a process namespace of its own. The harness and the namespace's first
//! process hold the two ends of a socket, the lifeline. The first process exits when the harness's
//! end closes for any reason. The kernel then kills everything that is left in the namespace.
//!
//! A machine may refuse the namespace, for example to a user other than root. The guard's process
//! then adopts the orphans of the program, and kills them. The program outlives the harness only if
//! the guard's process is killed too.

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

use crate::own_binary::INTERNAL;
use inside::Report;

/// The verb that runs a program in a process namespace.
pub(crate) const GUARD: &str = "guard";
/// The verb that runs a program without a process namespace.
pub(crate) const TETHER: &str = "tether";

/// Starts guarded programs, from any number of threads. [`Guard::kill_all`] reaches the programs of
/// every clone.
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
    /// Absolute path of the program.
    pub program: PathBuf,
    /// Arguments, without the program's path.
    pub args: Vec<OsString>,
    /// The whole environment: nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
    /// Working directory, which must exist.
    pub cwd: PathBuf,
}

/// The result of a guarded program.
#[derive(Clone, Debug)]
pub struct GuardOutput {
    /// The exit code or the signal of the program.
    pub status: ExitStatus,
    /// Everything that the program wrote to standard output.
    pub stdout: String,
    /// The last 1 MiB of standard error, in whole lines.
    pub stderr: String,
}

impl GuardOutput {
    /// True if the program ended with exit code 0.
    pub fn success(&self) -> bool {
        self.status.success()
    }
}

/// The error of a guarded program that did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The program could not be started, or the guard failed. The cause says which.
    #[error("failed to start {}", program.display())]
    Start {
        /// Absolute path of the program.
        program: PathBuf,
        /// The error of the system or of the guard.
        #[source]
        cause: std::io::Error,
    },
    /// A call of [`Guard::kill_all`], [`Guarded::kill`] or [`Killer::kill`] stopped the program.
    #[error("{} was stopped", program.display())]
    Cancelled {
        /// Absolute path of the program.
        program: PathBuf,
    },
}

/// The cause of [`GuardError::Start`] if the guard, not the program, failed.
#[derive(Debug, thiserror::Error)]
#[error("failed to {doing}: {why}")]
pub struct GuardRefused {
    doing: String,
    why: String,
}

/// Kills one guarded program and everything that the program started, from any thread.
#[derive(Clone, Debug)]
pub struct Killer {
    lifeline: Arc<UnixStream>,
    killed: Arc<AtomicBool>,
}

impl Killer {
    /// Kills the program. The program has ended when [`Guarded::wait`] returns.
    pub fn kill(&self) {
        self.killed.store(true, Ordering::SeqCst);
        let _ = self.lifeline.shutdown(Shutdown::Write);
    }

    /// Kills the program when the returned value is dropped. A task that no longer waits for a
    /// program then leaves no program.
    #[must_use]
    pub fn on_drop(self) -> KillOnDrop {
        KillOnDrop(self)
    }
}

/// Kills a program at its drop. [`Killer::on_drop`] makes it.
#[derive(Debug)]
pub struct KillOnDrop(Killer);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill();
    }
}

impl Guard {
    /// A guard that runs `exe`. The binary must call [`crate::verb::dispatch`] at the start of
    /// `main`.
    pub fn new(exe: PathBuf) -> Self {
        Self { exe, verb: GUARD, shared: Arc::default() }
    }

    /// A copy of this guard without process namespaces, for example for a pod without privileges.
    ///
    /// # Guarantees
    /// A kill ends the program and the processes that the program started.
    /// [`Guard::kill_all`] reaches the programs of both guards.
    #[must_use]
    pub fn tethered(&self) -> Self {
        Self { verb: TETHER, ..self.clone() }
    }

    /// Kills every guarded program. No program starts afterwards.
    pub fn kill_all(&self) {
        let mut shared = self.lock();
        shared.cancelled = true;
        shared.running.values().for_each(Killer::kill);
    }

    /// True after a call of [`Guard::kill_all`].
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Runs a program to its end. The function `on_line` gets each line of standard output and of
    /// standard error, without the space at its end.
    ///
    /// # Guarantees
    /// Nothing that the program started is left after the return.
    ///
    /// # Errors
    /// If the program cannot be started, or was killed. A program that fails is no error, and has
    /// its exit code in [`GuardOutput::status`].
    pub fn run(
        &self,
        command: GuardedCommand,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<GuardOutput, GuardError> {
        self.spawn(command)?.wait(on_line)
    }

    /// Starts a program. A drop of the returned value kills the program.
    ///
    /// # Errors
    /// If [`Guard::kill_all`] was called, or the guard's binary cannot be run. [`Guarded::wait`]
    /// returns the error of a program that cannot be started.
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

/// A guarded program that runs. A drop kills the program and waits for its end.
#[derive(Debug)]
pub struct Guarded {
    program: PathBuf,
    child: Child,
    killer: Killer,
    id: u64,
    shared: Arc<Mutex<Shared>>,
}

impl Guarded {
    /// A handle that kills the program from another thread.
    pub fn killer(&self) -> Killer {
        self.killer.clone()
    }

    /// Kills the program and everything that the program started.
    pub fn kill(&self) {
        self.killer.kill();
    }

    /// Waits for the program's end. The function `on_line` gets each line of standard output and of
    /// standard error, without the space at its end.
    ///
    /// # Guarantees
    /// Nothing that the program started is left after the return.
    ///
    /// # Errors
    /// If the program could not be started, or was killed.
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
                return Err(std::io::Error::other(GuardRefused { doing, why }));
            }
            Err(_) => {
                let doing = "read the end of the program".to_owned();
                let why = format!("the guard itself ended ({waited}): {}", captured.stderr.trim());
                return Err(std::io::Error::other(GuardRefused { doing, why }));
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
