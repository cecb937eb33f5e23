//! `cargo ci faults`: a part of a real environment dies in the middle of a case. The verdict must
//! be *unknown* and name that part; without the fault it must be what the version deserves.

mod connection;
mod fault;
mod run;
mod sandbox;
mod trial;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use trial::{TRIALS, Trial};

/// Lists the trials: `--list`.
const LIST: &str = "--list";
/// Selects the trial whose name follows: `--only NAME`, as often as needed.
const ONLY: &str = "--only";

/// Runs the trials that the arguments select, every one without arguments; or lists them.
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
    let trials = selected(arguments)?;
    let built = Command::new("cargo").args(["build", "--quiet"]).current_dir(root).status()?;
    ensure!(built.success(), "the harness does not build");
    let binary = root.join("target/debug/argo-conformance");
    let mut wrong = 0;
    for trial in &trials {
        let outcome = run::outcome(root, &binary, trial).with_context(|| trial.words())?;
        let (verdict, reason) = (text(&outcome.line["verdict"]), reasons(&outcome.line));
        let late = outcome.late(trial);
        let right = verdict == trial.verdict
            && trial.reasons.iter().any(|word| reason.contains(word))
            && late.is_none();
        wrong += usize::from(!right);
        let mark = if right { "as it should be" } else { "WRONG" };
        let late = late.map(|late| format!("; {late}")).unwrap_or_default();
        say(&format!("{mark}: {}: {}: {verdict}: {reason}{late}", trial.name, trial.words()));
    }
    ensure!(wrong == 0, "{wrong} of {} verdicts are wrong", trials.len());
    say(&format!("{0} of {0} verdicts as they should be", trials.len()));
    Ok(())
}

/// The trials that the arguments name, in the order of the table.
fn selected(arguments: &[&str]) -> Result<Vec<&'static Trial>> {
    let mut names = Vec::new();
    for pair in arguments.chunks(2) {
        match pair {
            [ONLY, name] if TRIALS.iter().any(|trial| trial.name == *name) => names.push(*name),
            [ONLY, name] => bail!("invalid trial: there is no `{name}`; see `faults {LIST}`"),
            other => bail!("invalid argument: `{}` is not `{ONLY} NAME`", other.join(" ")),
        }
    }
    let wanted = |trial: &&Trial| names.is_empty() || names.contains(&trial.name);
    Ok(TRIALS.iter().filter(wanted).collect())
}

/// Why the verdict is what it is: of each claim that does not hold or is not decided.
fn reasons(line: &Value) -> String {
    let claims = line["claims"].as_array().into_iter().flatten();
    let telling =
        claims.filter(|c| !matches!(text(&c["outcome"]).as_str(), "pass" | "not-reached"));
    let words = telling.map(|c| format!("{}: {}", text(&c["id"]), text(&c["because"])));
    words.collect::<Vec<_>>().join("; ")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::{TRIALS, selected};

    #[rstest]
    #[case::all(&[], TRIALS.len())]
    #[case::one(&["--only", "quota"], 1)]
    #[case::two(&["--only", "quota", "--only", "controller-stopped"], 2)]
    #[case::the_same_twice(&["--only", "quota", "--only", "quota"], 1)]
    fn arguments_select_trials(#[case] arguments: &[&str], #[case] count: usize) {
        assert_eq!(selected(arguments).expect("they are right").len(), count);
    }

    #[rstest]
    #[case::no_such_trial(&["--only", "quotas"], "there is no `quotas`")]
    #[case::no_name(&["--only"], "`--only` is not `--only NAME`")]
    #[case::a_name_alone(&["quota"], "`quota` is not `--only NAME`")]
    fn wrong_arguments_are_refused(#[case] arguments: &[&str], #[case] why: &str) {
        let error = selected(arguments).err().expect("it is refused").to_string();
        assert!(error.contains(why), "{error}");
    }

    #[test]
    fn every_trial_has_a_name_of_its_own() {
        let names: BTreeSet<_> = TRIALS.iter().map(|trial| trial.name).collect();
        assert_eq!(names.len(), TRIALS.len());
    }
}
