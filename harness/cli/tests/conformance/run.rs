//! One run of the harness, for all the tests that were selected.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

use serde_json::Value;

/// A run that begins when the first test asks for its verdict.
pub(crate) struct Run {
    cases: Vec<String>,
    begun: OnceLock<()>,
    child: Mutex<Option<Child>>,
    verdicts: Mutex<Verdicts>,
    changed: Condvar,
    /// Its directory: kept if a test failed.
    directory: tempfile::TempDir,
}

#[derive(Default)]
struct Verdicts {
    by_case: BTreeMap<String, Value>,
    /// The same, as they were printed.
    lines: Vec<String>,
    /// How the run came to its end, when it has.
    ended: Option<String>,
}

impl Run {
    pub(crate) fn of(cases: Vec<String>) -> std::io::Result<Self> {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        Ok(Self {
            directory,
            cases,
            begun: OnceLock::new(),
            child: Mutex::default(),
            verdicts: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    /// Waits for the verdict of a case; what is wrong, if something is.
    pub(crate) fn verdict(self: &std::sync::Arc<Self>, case: &str) -> Result<(), String> {
        self.begin();
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = |v: &mut Verdicts| !v.by_case.contains_key(case) && v.ended.is_none();
        let verdicts = self.changed.wait_while(verdicts, waiting);
        let verdicts = verdicts.unwrap_or_else(PoisonError::into_inner);
        match (verdicts.by_case.get(case), &verdicts.ended) {
            (Some(verdict), _) => judge(verdict, self.directory.path()),
            (None, ended) => Err(format!("no verdict: {}", ended.as_deref().unwrap_or("?"))),
        }
    }

    /// Waits until the run has its programs: for its first verdict, or its end.
    pub(crate) fn has_begun(self: &std::sync::Arc<Self>) {
        self.begin();
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = |v: &mut Verdicts| v.by_case.is_empty() && v.ended.is_none();
        drop(self.changed.wait_while(verdicts, waiting));
    }

    /// Judges the run again from its directory, copied elsewhere: what is said must be the same to
    /// the byte.
    pub(crate) fn judged_again(self: &std::sync::Arc<Self>) -> Result<(), String> {
        self.begin();
        self.end();
        let copy = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(|e| e.to_string())?;
        let mut cp = Command::new("cp");
        cp.arg("-R").arg(self.directory.path().join(".")).arg(copy.path());
        let copied = cp.status().map_err(|e| e.to_string())?;
        let mut command = Command::new(super::binary());
        command.args(["judge", "--known-issues", "expect", "--format", "json"]).arg(copy.path());
        let output = command.output().map_err(|e| e.to_string())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut again: Vec<&str> = text.lines().collect();
        again.sort_unstable();
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = verdicts.lines.iter().filter(|line| !line.contains("\"history\":null"));
        let mut live: Vec<&str> = recorded.map(String::as_str).collect();
        live.sort_unstable();
        let same = copied.success() && !live.is_empty() && live == again;
        if same { Ok(()) } else { Err(format!("live:\n{live:#?}\nagain:\n{again:#?}")) }
    }

    fn begin(self: &std::sync::Arc<Self>) {
        self.begun.get_or_init(|| {
            let run = std::sync::Arc::clone(self);
            std::thread::spawn(move || run.follow());
        });
    }

    /// Runs the harness and takes its verdicts as they come.
    fn follow(&self) {
        let mut command = Command::new(super::binary());
        command.args(["run", "--provider", "native", "--known-issues", "expect"]);
        command.args(["--format", "json", "--until-input-ends"]);
        command.arg("--cases").arg(super::cases()).arg("--out").arg(self.directory.path());
        if let Ok(version) = std::env::var("ARGO_VERSION") {
            command.args(["--argo", &version]);
        }
        // nextest runs each test in a process of its own: they share what they run on.
        if let Ok(run) = std::env::var("NEXTEST_RUN_ID") {
            command.arg("--shared").arg(format!("nextest-{run}"));
        }
        for case in &self.cases {
            command.args(["--case", case]);
        }
        let ended = match command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() {
            Err(error) => format!("the harness could not be run: {error}"),
            Ok(mut child) => {
                let lines = child.stdout.take().map(BufReader::new);
                *self.child.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
                for line in lines.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
                    self.take(&line);
                }
                self.wait()
            }
        };
        self.verdicts.lock().unwrap_or_else(PoisonError::into_inner).ended = Some(ended);
        self.changed.notify_all();
    }

    fn take(&self, line: &str) {
        let Ok(verdict) = serde_json::from_str::<Value>(line) else { return };
        let case = verdict["case"].as_str().unwrap_or_default().to_owned();
        let mut verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        verdicts.by_case.insert(case, verdict);
        verdicts.lines.push(line.to_owned());
        self.changed.notify_all();
    }

    fn wait(&self) -> String {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        match child.map(|mut child| child.wait()) {
            Some(Ok(status)) => format!("the harness ended with {status}; its words are above"),
            other => format!("the harness was lost: {other:?}"),
        }
    }

    /// Keeps its directory: there is something to look at.
    pub(crate) fn keep(&mut self) {
        self.directory.disable_cleanup(true);
    }

    /// Waits until the harness has taken everything down.
    pub(crate) fn end(&self) {
        if self.begun.get().is_none() {
            return;
        }
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let _ended = self.changed.wait_while(verdicts, |v| v.ended.is_none());
    }
}

/// A verdict as the end of a test.
fn judge(verdict: &Value, directory: &std::path::Path) -> Result<(), String> {
    let word = verdict["verdict"].as_str().unwrap_or_default();
    if ["pass", "known-issue", "not-applicable"].contains(&word) {
        return Ok(());
    }
    let claims = verdict["claims"].as_array().into_iter().flatten();
    let claims: Vec<String> = claims
        .map(|claim| format!("  {} {}: {}", claim["id"], claim["outcome"], claim["reason"]))
        .collect();
    Err(format!(
        "{word} on Argo {}: {}\n{}\nhistory: {}/{}",
        verdict["argo"],
        verdict["reason"],
        claims.join("\n"),
        directory.display(),
        verdict["history"].as_str().unwrap_or_default()
    ))
}
