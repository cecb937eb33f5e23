//! The cases can be read, and say what was measured.

use std::collections::BTreeSet;
use std::path::Path;

use model::discover::{self, Found};
use model::verdict::Verdict;
use report::Measured;

use crate::problem::Problem;
use crate::times;

/// Where the cases are.
pub const CASES: &str = "cases";
/// What was measured, beside them.
pub const MEASURED: &str = "ci/measured.json";

/// The cases and what was measured.
///
/// # Errors
/// Everything that cannot be read.
pub fn read(root: &Path) -> Result<(Vec<model::Case>, Vec<Measured>), Vec<Problem>> {
    let mut problems = Vec::new();
    let Found { cases, diagnostics } = discover::cases(&root.join(CASES));
    for diagnostic in diagnostics {
        let file = diagnostic.file.strip_prefix(root).unwrap_or(&diagnostic.file);
        let remedy = diagnostic.hint.as_deref().unwrap_or("correct it");
        let file = file.display().to_string();
        problems.push(Problem::at(&file, diagnostic.line, diagnostic.message, remedy));
    }
    let measured = measured(root).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    if problems.is_empty() { Ok((cases, measured)) } else { Err(problems) }
}

fn measured(root: &Path) -> Result<Vec<Measured>, Problem> {
    let again = "measure again: `argo-conformance matrix` writes it";
    match std::fs::read_to_string(root.join(MEASURED)) {
        Ok(text) => report::measured::read(&text).map_err(|error| {
            Problem::at(MEASURED, error.line(), format!("is no measurement: {error}"), again)
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Problem::of(MEASURED, format!("cannot be read: {error}"), again)),
    }
}

/// Everything wrong with the cases.
pub fn check(root: &Path) -> Vec<Problem> {
    match read(root) {
        Ok((cases, _)) if cases.is_empty() => {
            vec![Problem::of(CASES, "there is no case", "a suite without cases says nothing")]
        }
        Ok((cases, measured)) => {
            let mut problems = disagreements(&cases, &measured);
            problems.extend(times::check(root, &cases));
            problems
        }
        Err(problems) => problems,
    }
}

/// Where a measurement and the declaration of known issues disagree.
pub fn disagreements(cases: &[model::Case], measured: &[Measured]) -> Vec<Problem> {
    measured.iter().filter_map(|row| disagreement(cases, row)).collect()
}

fn disagreement(cases: &[model::Case], row: &Measured) -> Option<Problem> {
    let Measured { case: id, argo, verdict, failed_claims } = row;
    let Some(case) = cases.iter().find(|case| case.id == *id) else {
        let what = format!("there is no case `{id}`");
        return Some(Problem::of(MEASURED, what, "measure again, or take the row out"));
    };
    if matches!(verdict, Verdict::Unknown | Verdict::NotApplicable) {
        return None;
    }
    // A version that is none (a checkout) has no declarations.
    let version = argo.parse().ok()?;
    let declared: BTreeSet<&String> =
        case.known_issues(&version).into_iter().flat_map(|issue| &issue.claims).collect();
    let failed: BTreeSet<&String> = failed_claims.iter().collect();
    if declared == failed {
        return None;
    }
    let words = |claims: BTreeSet<&String>| match claims.len() {
        0 => "nothing".to_owned(),
        _ => claims.into_iter().cloned().collect::<Vec<_>>().join(", "),
    };
    let what = format!(
        "`{id}` on {argo}: declared to fail: {}; measured to fail: {}",
        words(declared),
        words(failed)
    );
    let file = case.source.directory.join("case.yaml");
    let file = file.components().skip_while(|part| part.as_os_str() != CASES);
    let file = file.collect::<std::path::PathBuf>().display().to_string();
    Some(Problem::of(&file, what, "correct `broken`, or measure again"))
}
