//! `cargo ci faults`: a part of a real environment dies in the middle of a case. The verdict must
//! be *unknown* and name that part; without the fault it must be what the version deserves.

mod connection;
mod fault;
mod program;
mod run;
mod sandbox;
mod selection;
mod trial;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;

use selection::{LIST, Selection, selection};
use trial::{TRIALS, Trial};

/// Runs the selected trials, or lists them. Without arguments every trial runs. A trial that cannot
/// run counts as wrong, and the other trials continue.
///
/// # Errors
/// If the arguments are wrong, or a verdict is not what it must be.
pub fn faults(root: &Path, arguments: &[&str], say: &dyn Fn(&str)) -> Result<()> {
    if arguments == [LIST] {
        for trial in &TRIALS {
            say(&format!("{:20} {}", trial.name, trial.words()));
        }
        return Ok(());
    }
    let Selection { trials, keep } = selection(arguments)?;
    let built = Command::new("cargo").args(["build", "--quiet"]).current_dir(root).status()?;
    ensure!(built.success(), "the harness does not build");
    let binary = root.join("target/debug/argo-conformance");
    let gone = tempfile::tempdir()?;
    let keep = keep.unwrap_or_else(|| gone.path().to_owned());
    let mut wrong = 0;
    for trial in &trials {
        let (right, words) = match of(root, &binary, &keep.join(trial.name), trial) {
            Ok(result) => result,
            Err(error) => (false, format!("{error:#}")),
        };
        wrong += usize::from(!right);
        let mark = if right { "as it should be" } else { "WRONG" };
        say(&format!("{mark}: {}: {}: {words}", trial.name, trial.words()));
    }
    ensure!(wrong == 0, "{wrong} of {} verdicts are wrong", trials.len());
    say(&format!("{0} of {0} verdicts as they should be", trials.len()));
    Ok(())
}

/// Runs a trial: whether its end is as it should be, and what it is.
fn of(root: &Path, binary: &Path, out: &Path, trial: &Trial) -> Result<(bool, String)> {
    let outcome = run::outcome(root, binary, out, trial)?;
    let (verdict, reasons) = (text(&outcome.line["verdict"]), reasons(&outcome.line));
    let late = outcome.late(trial);
    let right = verdict == trial.verdict && is_named(&reasons, trial.reasons) && late.is_none();
    let late = late.map(|late| format!("; {late}")).unwrap_or_default();
    let reasons = reasons.join("; ");
    Ok((right, format!("{verdict} after {}s: {reasons}{late}", outcome.seconds)))
}

/// The reason of each claim that fails or is unknown.
fn reasons(line: &Value) -> Vec<String> {
    let claims = line["claims"].as_array().into_iter().flatten();
    let shown = claims.filter(|c| !matches!(text(&c["outcome"]).as_str(), "pass" | "not-reached"));
    shown.map(|c| format!("{}: {}", text(&c["id"]), text(&c["reason"]))).collect()
}

/// Whether each reason has one of these words.
fn is_named(reasons: &[String], words: &[&str]) -> bool {
    reasons.iter().all(|reason| words.iter().any(|word| reason.contains(word)))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::{is_named, reasons};

    fn claim(id: &str, outcome: &str, reason: &str) -> Value {
        json!({ "id": id, "outcome": outcome, "reason": reason })
    }

    #[rstest]
    #[case::each(&["etcd ended", "unhealthy"], true)]
    #[case::one_alone(&["etcd ended"], false)]
    #[case::none(&["kubelet ended"], false)]
    fn each_claim_that_is_not_decided_names_the_part(#[case] words: &[&str], #[case] right: bool) {
        let claims = [
            claim("a", "unknown", "etcd ended"),
            claim("b", "pass", "no violation"),
            claim("c", "unknown", "the API server was unhealthy"),
            claim("d", "not-reached", "step x was not met"),
        ];
        let reasons = reasons(&json!({ "claims": claims }));
        assert_eq!(is_named(&reasons, words), right, "{reasons:?}");
    }
}
