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
}

#[derive(Default)]
struct Verdicts {
    by_case: BTreeMap<String, Value>,
    /// How the run came to its end, when it has.
    ended: Option<String>,
}

impl Run {
    pub(crate) fn of(cases: Vec<String>) -> Self {
        Self {
            cases,
            begun: OnceLock::new(),
            child: Mutex::default(),
            verdicts: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Waits for the verdict of a case; what is wrong, if something is.
    pub(crate) fn verdict(self: &std::sync::Arc<Self>, case: &str) -> Result<(), String> {
        self.begun.get_or_init(|| {
            let run = std::sync::Arc::clone(self);
            std::thread::spawn(move || run.follow());
        });
        let verdicts = self.verdicts.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = |v: &mut Verdicts| !v.by_case.contains_key(case) && v.ended.is_none();
        let verdicts = self.changed.wait_while(verdicts, waiting);
        let verdicts = verdicts.unwrap_or_else(PoisonError::into_inner);
        match (verdicts.by_case.get(case), &verdicts.ended) {
            (Some(verdict), _) => judge(verdict),
            (None, ended) => Err(format!("no verdict: {}", ended.as_deref().unwrap_or("?"))),
        }
    }

    /// Runs the harness and takes its verdicts as they come.
    fn follow(&self) {
        let mut command = Command::new(super::binary());
        command.args(["run", "--known-issues", "expect", "--format", "json", "--until-input-ends"]);
        command.arg("--cases").arg(super::cases());
        if let Ok(version) = std::env::var("ARGO_VERSION") {
            command.args(["--argo", &version]);
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
        self.changed.notify_all();
    }

    fn wait(&self) -> String {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner).take();
        match child.map(|mut child| child.wait()) {
            Some(Ok(status)) => format!("the harness ended with {status}; its words are above"),
            other => format!("the harness was lost: {other:?}"),
        }
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
fn judge(verdict: &Value) -> Result<(), String> {
    let word = verdict["verdict"].as_str().unwrap_or_default();
    if ["pass", "known-issue", "not-applicable"].contains(&word) {
        return Ok(());
    }
    let claims = verdict["claims"].as_array().into_iter().flatten();
    let claims: Vec<String> = claims
        .map(|claim| format!("  {} {}: {}", claim["id"], claim["outcome"], claim["because"]))
        .collect();
    Err(format!(
        "{word} on Argo {}: {}\n{}\nhistory: {}",
        verdict["argo"],
        verdict["reason"],
        claims.join("\n"),
        verdict["history"]
    ))
}
