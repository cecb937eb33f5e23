//! A run of one case, which has begun.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sandbox::slot::{LOCKS, in_use};

/// In the history when the case waits for its pod: no request is under way then.
const WAITS: &str = r#"{"step_begun":{"step":"running""#;
/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(3);

pub(crate) fn check(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// A run of one case that waits for something that does not come by itself.
pub(crate) struct Begun {
    child: Child,
    said: BufReader<ChildStderr>,
    directory: tempfile::TempDir,
}

impl Begun {
    /// Begins it with these arguments besides; returns when the case has begun.
    pub(crate) fn begin(arguments: &[&str]) -> Result<Self, String> {
        let run = Self::spawn(arguments)?;
        let begun = || run.history().is_some_and(|history| history.contains(WAITS));
        until("the case begins", begun)?;
        Ok(run)
    }

    /// The same, but returns at once.
    pub(crate) fn spawn(arguments: &[&str]) -> Result<Self, String> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let directory = tempfile::tempdir_in(target).map_err(|e| e.to_string())?;
        let mut command = Command::new(super::binary());
        command.args(["run", "--case", "interrupted/pod-lost@pod-gc-none", "--out"]);
        command.arg(directory.path()).arg("--cases").arg(super::cases()).env("NO_COLOR", "1");
        command.args(arguments);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        let said = child.stderr.take().map(BufReader::new).ok_or("no standard error")?;
        Ok(Self { child, said, directory })
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn history(&self) -> Option<String> {
        let cases = self.directory.path().join(provision::argo_source::DEFAULT_ARGO).join("cases");
        let case = std::fs::read_dir(cases).ok()?.next()?.ok()?.path();
        std::fs::read_to_string(case.join("history.jsonl")).ok()
    }

    fn report(&self) -> Result<serde_json::Value, String> {
        let text = std::fs::read_to_string(self.directory.path().join("run.json"));
        serde_json::from_str(&text.map_err(|e| e.to_string())?).map_err(|e| e.to_string())
    }

    pub(crate) fn read_until(&mut self, text: &str) -> Result<(), String> {
        let mut all = String::new();
        loop {
            let before = all.len();
            match self.said.read_line(&mut all) {
                Ok(0) => return Err(format!("it ended before it said {text:?}:\n{all}")),
                Ok(_) if all[before..].contains(text) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    pub(crate) fn rest(&mut self) -> String {
        let lines = (&mut self.said).lines().map_while(Result::ok);
        lines.collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn interrupt(&self) -> Result<(), String> {
        signal(self.child.id(), Signal::SIGINT)
    }

    pub(crate) fn kill(&mut self) -> Result<(), String> {
        signal(self.child.id(), Signal::SIGKILL)?;
        self.end().map(drop)
    }

    /// It said of its case that nothing can be said; why.
    pub(crate) fn is_unknown(&self) -> Result<String, String> {
        let report = self.report()?;
        let verdict = &report["verdicts"][0]["verdict"];
        check(verdict["verdict"] == "unknown", &format!("{verdict:#}"))?;
        Ok(verdict.to_string())
    }

    pub(crate) fn end(&mut self) -> Result<Option<i32>, String> {
        Ok(self.child.wait().map_err(|e| e.to_string())?.code())
    }

    /// Its sandbox is dead: taking a slot's lock succeeds as soon as that is so.
    pub(crate) fn holds_no_slot(&self) -> Result<(), String> {
        let own = self.child.id();
        let free = || {
            let taken = in_use(Path::new(LOCKS)).unwrap_or_default();
            taken.iter().all(|(_, note)| note.as_ref().is_none_or(|note| note.owner.pid != own))
        };
        until("its sandbox is dead", free)
    }
}

/// Looks again and again, for what gives no event.
pub(crate) fn until(what: &str, holds: impl Fn() -> bool) -> Result<(), String> {
    let began = Instant::now();
    while !holds() {
        check(began.elapsed() < PATIENCE, &format!("it takes too long until {what}"))?;
        std::thread::yield_now();
    }
    Ok(())
}

pub(crate) fn signal(process: u32, signal: Signal) -> Result<(), String> {
    let pid = i32::try_from(process).map_err(|e| e.to_string())?;
    kill(Pid::from_raw(pid), signal).map_err(|e| e.to_string())
}
