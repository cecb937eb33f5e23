//! A run that is stopped while a case goes on.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sandbox::slot::{LOCKS, in_use};

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// After one signal the run takes everything down and says that nothing can be said.
pub(crate) fn once() -> Result<(), String> {
    let mut run = Run::begin()?;
    run.signal()?;
    let said = run.rest();
    let code = run.end()?;
    check(code == Some(2), &format!("exit {code:?}: {said}"))?;
    let report = run.report()?;
    let verdict = &report["verdicts"][0]["verdict"];
    check(verdict["verdict"] == "unknown", &format!("{verdict:#}"))?;
    run.holds_no_slot()
}

/// After two it ends at once, and its sandbox with it.
pub(crate) fn twice() -> Result<(), String> {
    let mut run = Run::begin()?;
    run.signal()?;
    run.read_until("stopping")?;
    run.signal()?;
    let code = run.end()?;
    check(code == Some(130), &format!("exit {code:?}"))?;
    run.holds_no_slot()
}

fn check(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// A run of one case that waits for something that does not come by itself.
struct Run {
    child: Child,
    said: BufReader<ChildStderr>,
    directory: tempfile::TempDir,
}

impl Run {
    /// Begins it; returns when the case has begun.
    fn begin() -> Result<Self, String> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let directory = tempfile::tempdir_in(target).map_err(|e| e.to_string())?;
        let mut command = Command::new(super::binary());
        command.args(["run", "--case", "interrupted/pod-lost@pod-gc-none", "--out"]);
        command.arg(directory.path()).arg("--cases").arg(super::cases()).env("NO_COLOR", "1");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| e.to_string())?;
        let said = child.stderr.take().map(BufReader::new).ok_or("no standard error")?;
        let mut run = Self { child, said, directory };
        run.read_until("controller Available")?;
        let begun = || run.history().is_some_and(|history| history.contains("step_begun"));
        until("the case begins", begun)?;
        Ok(run)
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

    fn read_until(&mut self, text: &str) -> Result<(), String> {
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

    fn rest(&mut self) -> String {
        let lines = (&mut self.said).lines().map_while(Result::ok);
        lines.collect::<Vec<_>>().join("\n")
    }

    fn signal(&self) -> Result<(), String> {
        let pid = i32::try_from(self.child.id()).map_err(|e| e.to_string())?;
        kill(Pid::from_raw(pid), Signal::SIGINT).map_err(|e| e.to_string())
    }

    fn end(&mut self) -> Result<Option<i32>, String> {
        Ok(self.child.wait().map_err(|e| e.to_string())?.code())
    }

    /// Its sandbox is dead: taking a slot's lock succeeds as soon as that is so.
    fn holds_no_slot(&self) -> Result<(), String> {
        let own = self.child.id();
        let free = || {
            let taken = in_use(Path::new(LOCKS)).unwrap_or_default();
            taken.iter().all(|(_, note)| note.as_ref().is_none_or(|note| note.owner.pid != own))
        };
        until("its sandbox is dead", free)
    }
}

/// Looks again and again, for what gives no event.
fn until(what: &str, holds: impl Fn() -> bool) -> Result<(), String> {
    let began = Instant::now();
    while !holds() {
        check(began.elapsed() < PATIENCE, &format!("it takes too long until {what}"))?;
        std::thread::yield_now();
    }
    Ok(())
}
