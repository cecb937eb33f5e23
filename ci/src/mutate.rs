//! Shows that every claim can fail: judges each claim on mutants of a passing history.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use model::{Case, History};
use mutate::{ClaimScore, Score};

use crate::cases::discover;
use crate::problem::Problem;

/// Directory of a trimmed history of each case, from the root.
pub const HISTORIES: &str = "ci/histories";

const TAKE: &str = "take one from a run: `cargo ci mutate --take RUN-DIRECTORY/VERSION`";
const SHARPEN: &str =
    "sharpen the claim, or give harness/mutate an operator for the fault that it is there to find";

const SHARPEN_LEAF: &str =
    "take it out or sharpen it, or give harness/mutate an alteration of what it speaks of";

const SHARPEN_SYMPTOM: &str =
    "name what only this known issue shows, such as a phase and a message, beside the failure";

/// The result of the mutation test of every case.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The scores, one for each case with a valid history.
    pub scores: Vec<Score>,
    /// Claims, leaves, requirements and symptoms that no mutant shows to matter. Also judgements
    /// that a mutant fooled, and cases without a valid history.
    pub problems: Vec<Problem>,
}

/// Judges every case of the repository on the mutants of its history.
pub fn mutate(root: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    let cases = match discover::read(root) {
        Ok((cases, _)) => cases,
        Err(problems) => return Outcome { problems, ..outcome },
    };
    for case in &cases {
        match one(root, case) {
            Ok(score) => {
                outcome.problems.extend(problems(case, &score));
                outcome.scores.push(score);
            }
            Err(problem) => outcome.problems.push(problem),
        }
    }
    outcome
}

fn one(root: &Path, case: &Case) -> Result<Score, Problem> {
    let file = file(case);
    let wrong = |what: String| Problem::of(&file, what, TAKE);
    let text = std::fs::read_to_string(root.join(&file))
        .map_err(|error| wrong(format!("no history of {}: {error}", case.id)))?;
    let history = History::parse(&text).map_err(|error| wrong(error.to_string()))?;
    mutate::mutate(case, &history).map_err(|error| wrong(error.to_string()))
}

/// Path of a case's history, from the root. Variants of a case have the same claims and share a
/// history.
fn file(case: &Case) -> String {
    let stem = case.id.split('@').next().unwrap_or(&case.id);
    format!("{HISTORIES}/{}.jsonl", stem.replace('/', "."))
}

fn problems(case: &Case, score: &Score) -> Vec<Problem> {
    let stem = case.id.split('@').next().unwrap_or(&case.id);
    let file = format!("{}/{stem}/case.yaml", discover::CASES);
    let mut problems = Vec::new();
    for requirement in score.idle() {
        let what = format!("no mutant leaves `{}` without requirement `{requirement}`", case.id);
        problems.push(Problem::of(&file, what, SHARPEN_LEAF));
    }
    for symptom in score.idle_symptoms() {
        let what = format!("no mutant fails `{}` without symptom `{symptom}`", case.id);
        problems.push(Problem::of(&file, what, SHARPEN_SYMPTOM));
    }
    for ClaimScore { claim, hits, leaves } in &score.claims {
        if !hits.iter().any(|hit| hit.intent == mutate::Intent::Fail && hit.is_kill()) {
            let what = format!("no mutant makes claim `{claim}` of `{}` fail", case.id);
            problems.push(Problem::of(&file, what, SHARPEN));
        }
        for leaf in leaves.iter().filter(|leaf| leaf.by.is_none()) {
            let what = format!(
                "leaf `{}` of claim `{claim}` of `{}` decides nothing on any mutant",
                leaf.part, case.id
            );
            problems.push(Problem::of(&file, what, SHARPEN_LEAF));
        }
        for hit in hits.iter().filter(|hit| hit.is_fooled()) {
            let what = format!(
                "the judge is fooled by mutant `{}`: claim `{claim}` of `{}` is {}: {}",
                hit.operator,
                case.id,
                outcome_word(hit.outcome),
                hit.reason.raw()
            );
            problems.push(Problem::of(&file, what, "mend harness/judge"));
        }
    }
    problems
}

fn outcome_word(outcome: model::verdict::Outcome) -> &'static str {
    use model::verdict::Outcome;
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown(_) => "unknown",
        Outcome::NotReached => "not reached",
    }
}

/// Takes the trimmed history of each case from the directory of one version of a run. Returns the
/// paths of the written files. A case without a history in the directory is skipped. Cases that
/// cannot be read count as no cases.
///
/// # Errors
/// If a history cannot be read or written.
pub fn take(root: &Path, run: &Path) -> Result<Vec<String>> {
    let (cases, _) = discover::read(root).unwrap_or_default();
    let mut written: Vec<String> = Vec::new();
    for case in &cases {
        let file = file(case);
        let Some(found) = recorded(run, case).filter(|_| !written.contains(&file)) else {
            continue;
        };
        let text = std::fs::read_to_string(&found)
            .with_context(|| format!("failed to read {}", found.display()))?;
        let history = History::parse(&text).with_context(|| found.display().to_string())?;
        let path = root.join(&file);
        std::fs::create_dir_all(root.join(HISTORIES)).context("failed to make the directory")?;
        std::fs::write(&path, mutate::trim(&history).to_text())
            .with_context(|| format!("failed to write {file}"))?;
        written.push(file);
    }
    Ok(written)
}

/// Path of a case's history in the directory of a version. A variant without a history has that of
/// the plain case.
fn recorded(run: &Path, case: &Case) -> Option<PathBuf> {
    let stem = case.id.split('@').next().unwrap_or(&case.id);
    let of = |id: &str| run.join("cases").join(id.replace('/', ".")).join("history.jsonl");
    [of(&case.id), of(stem)].into_iter().find(|path| path.is_file())
}
