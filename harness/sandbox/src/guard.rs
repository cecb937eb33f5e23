//! Runs a program so that it, and everything that it starts, dies with the harness.
//!
//! The program runs in a namespace of processes of its own. The namespace's first process holds a
//! pipe whose other end only the harness holds; when that end is closed it exits, and the kernel
//! kills whatever is left in the namespace.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitCode, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use nix::mount::MsFlags;
use nix::sched::CloneFlags;

use crate::verb::{INTERNAL, complain};

/// Starts guarded programs. Cheap to clone; [`Guard::kill_all`] reaches those of every clone.
#[derive(Clone, Debug)]
pub struct Guard {
    exe: PathBuf,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    cancelled: bool,
    lifelines: HashMap<u64, ChildStdin>,
}

/// A program to run.
#[derive(Clone, Debug)]
pub struct GuardedCommand {
    /// Absolute path.
    pub program: PathBuf,
    /// Arguments.
    pub args: Vec<OsString>,
    /// The whole environment.
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
    /// All it wrote to standard error.
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
    /// It could not be started.
    #[error("start {}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The harness was told to stop.
    #[error("{} was stopped", program.display())]
    Cancelled {
        /// The program.
        program: PathBuf,
    },
}

/// Set in the environment of every guarded program.
const MARK: &str = "ARGO_CONFORMANCE_GUARDED";

impl Guard {
    /// A guard that runs `exe`, which must call [`crate::verb::dispatch`] first thing in `main`.
    pub fn new(exe: PathBuf) -> Self {
        Self { exe, shared: Arc::default() }
    }

    /// Kills every guarded program, and lets none start any more.
    pub fn kill_all(&self) {
        let mut shared = self.lock();
        shared.cancelled = true;
        shared.lifelines.clear();
    }

    /// Whether [`Guard::kill_all`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    /// Runs a program to its end, giving each line that it writes to `on_line`.
    ///
    /// # Errors
    /// If it cannot be started, or [`Guard::kill_all`] was called. A program that fails is no
    /// error: see its status.
    pub fn run(
        &self,
        command: GuardedCommand,
        on_line: &mut dyn FnMut(&str),
    ) -> Result<GuardOutput, GuardError> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let program = command.program.clone();
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let mut child = self.spawn(command, id)?;
        let output = collect(&mut child, on_line);
        let mut shared = self.lock();
        shared.lifelines.remove(&id);
        if shared.cancelled {
            return Err(GuardError::Cancelled { program });
        }
        output.map_err(|cause| GuardError::Start { program, cause })
    }

    fn spawn(&self, command: GuardedCommand, id: u64) -> Result<Child, GuardError> {
        let program = command.program.clone();
        let mut shared = self.lock();
        if shared.cancelled {
            return Err(GuardError::Cancelled { program });
        }
        let mut child = Command::new(&self.exe)
            .args([INTERNAL, "guard"])
            .arg(&command.program)
            .args(&command.args)
            .env_clear()
            .envs(command.env)
            .env(MARK, "1")
            .current_dir(&command.cwd)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|cause| GuardError::Start { program, cause })?;
        // Taken out, because waiting for a child closes the pipe that is still in it.
        if let Some(lifeline) = child.stdin.take() {
            shared.lifelines.insert(id, lifeline);
        }
        Ok(child)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn collect(child: &mut Child, on_line: &mut dyn FnMut(&str)) -> std::io::Result<GuardOutput> {
    let (lines, received) = mpsc::channel();
    let (mut stdout, mut stderr) = (String::new(), String::new());
    std::thread::scope(|scope| {
        if let Some(out) = child.stdout.take() {
            let lines = lines.clone();
            scope.spawn(move || forward(out, false, &lines));
        }
        if let Some(err) = child.stderr.take() {
            let lines = lines.clone();
            scope.spawn(move || forward(err, true, &lines));
        }
        drop(lines);
        for (is_error, line) in received {
            on_line(line.trim_end());
            if is_error { &mut stderr } else { &mut stdout }.push_str(&line);
        }
    });
    Ok(GuardOutput { status: child.wait()?, stdout, stderr })
}

fn forward(from: impl Read, is_error: bool, to: &mpsc::Sender<(bool, String)>) {
    let mut reader = BufReader::new(from);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        let line = String::from_utf8_lossy(&bytes).into_owned();
        bytes.clear();
        if to.send((is_error, line)).is_err() {
            return;
        }
    }
}

/// Verb `guard`: makes the namespace and starts its first process.
pub(crate) fn outer(args: &[OsString]) -> ExitCode {
    match run_outer(args) {
        Ok(status) => code_of(status),
        Err(error) => complain("guard", &error),
    }
}

fn run_outer(args: &[OsString]) -> std::io::Result<ExitStatus> {
    // A Ctrl-C at the terminal is for the harness, which then decides what ends in which order.
    let _ = nix::unistd::setsid();
    nix::sched::unshare(CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWNS)?;
    let mut child = Command::new(std::env::current_exe()?)
        .args([INTERNAL, "guard-init"])
        .args(args)
        .stdin(Stdio::inherit())
        .spawn()?;
    drop(child.stdin.take());
    child.wait()
}

/// Verb `guard-init`: first process of the namespace.
pub(crate) fn inner(args: &[OsString]) -> ExitCode {
    match run_inner(args) {
        Ok(status) => code_of(status),
        Err(error) => complain("guard-init", &error),
    }
}

fn run_inner(args: &[OsString]) -> std::io::Result<ExitStatus> {
    let (program, args) = args.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    std::thread::spawn(exit_with_harness);
    let none: Option<&str> = None;
    nix::mount::mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?;
    nix::mount::mount(Some("proc"), "/proc", Some("proc"), MsFlags::empty(), none)?;
    let child = Command::new(program).args(args).stdin(Stdio::null()).spawn()?;
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap_or_default());
    loop {
        use nix::sys::wait::{WaitStatus, wait};
        match wait() {
            Ok(WaitStatus::Exited(found, code)) if found == pid => {
                return Ok(ExitStatus::from_raw(code << 8));
            }
            Ok(WaitStatus::Signaled(found, signal, _)) if found == pid => {
                return Ok(ExitStatus::from_raw(signal as i32));
            }
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Ends this process, and with it the namespace, when the harness closes its end of the pipe.
#[expect(clippy::exit, reason = "the end of the first process is what kills all others")]
pub(crate) fn exit_with_harness() {
    let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
    std::process::exit(0);
}

fn code_of(status: ExitStatus) -> ExitCode {
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    ExitCode::from(u8::try_from(code).unwrap_or(70))
}
