//! Running a program so that somebody owns it: the seam between builds and what guards processes.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

use sandbox::guard::{Guard, GuardError, GuardedCommand};

/// A program to run. The environment is whole: nothing is inherited.
#[derive(Clone, Debug)]
pub struct RunSpec {
    /// The program, by absolute path.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// The directory it starts in.
    pub cwd: PathBuf,
}

/// How a program ended.
#[derive(Clone, Debug)]
pub struct RunOutput {
    /// Its exit status.
    pub status: ExitStatus,
    /// All that it wrote to standard output.
    pub stdout: Vec<u8>,
    /// The last lines that it wrote to standard error.
    pub stderr_tail: Vec<String>,
}

/// Runs programs, and sees to it that they end no later than the harness does.
pub trait Runner: Send + Sync {
    /// Runs a program to its end, giving each line of its standard error to `on_line`, and perhaps
    /// those of its standard output as well.
    ///
    /// # Errors
    /// That it could not be started, or, with kind [`io::ErrorKind::Interrupted`], that the user
    /// cancelled.
    fn run(&self, spec: RunSpec, on_line: &mut dyn FnMut(&str)) -> io::Result<RunOutput>;

    /// Whether the user has cancelled, so that a wait which runs no program can end too.
    fn cancelled(&self) -> bool {
        false
    }
}

/// How many lines of standard error are kept: more than a large build names packages.
pub const TAIL: usize = 5000;

/// Runs programs as plain children. They outlive a killed harness: for tests.
#[derive(Clone, Copy, Debug)]
pub struct Unguarded;

impl Runner for Unguarded {
    fn run(&self, spec: RunSpec, on_line: &mut dyn FnMut(&str)) -> io::Result<RunOutput> {
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
                on_line(&line);
                tail.push(line);
            }
            reader.join().unwrap_or_else(|_| Err(io::Error::other("the reader panicked")))
        })?;
        Ok(RunOutput { status: child.wait()?, stdout, stderr_tail: tail.lines() })
    }
}

/// In a namespace of processes that dies with the harness.
impl Runner for Guard {
    fn run(&self, spec: RunSpec, on_line: &mut dyn FnMut(&str)) -> io::Result<RunOutput> {
        let RunSpec { program, args, env, cwd } = spec;
        let output = Guard::run(self, GuardedCommand { program, args, env, cwd }, on_line);
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

/// The last lines of a stream.
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
