//! Runs of programs by an owner. The trait [`Runner`] separates builds from the guard of processes.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use sandbox::guard::{Guard, GuardError, GuardedCommand};

/// A program to run. The program inherits no variable of the environment.
#[derive(Clone, Debug)]
pub struct RunSpec {
    /// Absolute path of the program.
    pub program: PathBuf,
    /// Arguments of the program.
    pub args: Vec<OsString>,
    /// All variables of the environment.
    pub env: Vec<(OsString, OsString)>,
    /// Working directory.
    pub cwd: PathBuf,
}

/// Result of a program that ended.
#[derive(Clone, Debug)]
pub struct RunOutput {
    /// Exit status of the program.
    pub status: ExitStatus,
    /// All of the standard output.
    pub stdout: Vec<u8>,
    /// The last lines of the standard error, at most [`TAIL`].
    pub stderr_tail: Vec<String>,
}

/// Receiver of the lines of a program. [`ControlFlow::Break`] ends the program.
pub type OnLine<'a> = dyn FnMut(&str) -> ControlFlow<()> + 'a;

/// A receiver that ignores every line.
pub fn ignored(_: &str) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// Runs programs.
pub trait Runner: Send + Sync {
    /// Runs a program until its end. `on_line` gets each line of the standard error. Some
    /// implementations also give the lines of the standard output.
    ///
    /// # Errors
    /// The program failed to start. Kind [`io::ErrorKind::Interrupted`]: the user cancelled, or
    /// `on_line` ended the program.
    fn run(&self, spec: RunSpec, on_line: &mut OnLine<'_>) -> io::Result<RunOutput>;

    /// True if the user cancelled. A wait without a program ends by this value. Default: false.
    fn cancelled(&self) -> bool {
        false
    }
}

/// Largest number of lines of the standard error that a result keeps. A large build names fewer
/// packages.
pub const TAIL: usize = 5000;

/// Runs programs as plain children, for tests. The children of a killed harness do not end.
#[derive(Clone, Copy, Debug)]
pub struct Unguarded;

impl Runner for Unguarded {
    fn run(&self, spec: RunSpec, on_line: &mut OnLine<'_>) -> io::Result<RunOutput> {
        let mut child = Command::new(&spec.program)
            .args(&spec.args)
            .env_clear()
            .envs(spec.env)
            .current_dir(&spec.cwd)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let mut tail = Tail::default();
        let stdout = std::thread::scope(|scope| {
            let reader = scope.spawn(move || read_all(stdout));
            for line in stderr.into_iter().flat_map(|pipe| BufReader::new(pipe).lines()) {
                let line = line?;
                if on_line(&line).is_break() {
                    child.kill()?;
                    child.wait()?;
                    return Err(io::ErrorKind::Interrupted.into());
                }
                tail.push(line);
            }
            reader.join().unwrap_or_else(|_| Err(io::Error::other("the reader panicked")))
        })?;
        Ok(RunOutput { status: child.wait()?, stdout, stderr_tail: tail.lines() })
    }
}

/// Runs programs in a PID namespace that ends with the harness.
impl Runner for Guard {
    fn run(&self, spec: RunSpec, on_line: &mut OnLine<'_>) -> io::Result<RunOutput> {
        let RunSpec { program, args, env, cwd } = spec;
        let output = self.spawn(GuardedCommand { program, args, env, cwd }).and_then(|guarded| {
            let killer = guarded.killer();
            guarded.wait(&mut |line| {
                if on_line(line).is_break() {
                    killer.kill();
                }
            })
        });
        let output = output.map_err(|error| match error {
            GuardError::Cancelled { .. } => io::ErrorKind::Interrupted.into(),
            GuardError::Start { cause, .. } => cause,
        })?;
        let mut tail = Tail::default();
        output.stderr.lines().for_each(|line| tail.push(line.to_owned()));
        let stdout = output.stdout.into_bytes();
        Ok(RunOutput { status: output.status, stdout, stderr_tail: tail.lines() })
    }

    fn cancelled(&self) -> bool {
        self.is_cancelled()
    }
}

fn read_all(pipe: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if let Some(mut pipe) = pipe {
        pipe.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// The last [`TAIL`] lines of a stream.
#[derive(Default)]
struct Tail(std::collections::VecDeque<String>);

impl Tail {
    fn push(&mut self, line: String) {
        if self.0.len() == TAIL {
            self.0.pop_front();
        }
        self.0.push_back(line);
    }

    fn lines(self) -> Vec<String> {
        self.0.into()
    }
}
