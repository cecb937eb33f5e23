//! Compares the declared known issues of the cases with the measured verdicts.

pub mod discover;

use std::collections::BTreeSet;
use std::path::Path;

use model::history::Versions;
use model::known::{Extent, KnownIssue};
use model::verdict::Verdict;
use model::versions::DecidingVersions;
use model::{Case, ReleaseLine};
use report::Measured;

use crate::problem::Problem;
use crate::times;
use discover::{CASES, MEASURED, read};

/// Every problem of the cases.
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

/// Disagreements of the measured verdicts with the declared known issues.
pub fn disagreements(cases: &[Case], measured: &[Measured]) -> Vec<Problem> {
    let rows = measured.iter().filter_map(|row| disagreement(cases, row));
    let entries = cases
        .iter()
        .flat_map(|case| case.broken.iter().filter_map(|issue| unmeasured(case, issue, measured)));
    rows.chain(entries).collect()
}

/// A problem if the mark `predicted` of a known issue disagrees with the measured verdicts. A row
/// of one of a line's affected releases measures the line. A row of a pair measures the pair.
fn unmeasured(case: &Case, issue: &KnownIssue, measured: &[Measured]) -> Option<Problem> {
    let of_case = |row: &&Measured| row.case == case.id && says(row);
    let rows = measured.iter().filter(of_case).filter_map(|row| deciding(case, row));
    let rows: Vec<DecidingVersions> = rows.filter(|versions| issue.applies_to(versions)).collect();
    let lines: BTreeSet<ReleaseLine> =
        rows.iter().map(|versions| ReleaseLine::of(&versions.component)).collect();
    let pairs = issue.pairs().iter();
    let pairs = pairs.filter(|pair| rows.iter().any(|v| pair.contains(&v.executor, &v.controller)));
    let all = match &issue.extent {
        Extent::Lines(declared) => lines.len() == declared.len(),
        Extent::Pairs(declared) => pairs.count() == declared.len(),
    };
    let (id, releases) = (&case.id, issue.releases());
    let (what, remedy) = match issue.predicted {
        true if all => (
            format!("`{id}`: the predicted issue on {releases} is measured on all of them"),
            "remove `predicted`",
        ),
        false if rows.is_empty() => (
            format!("`{id}`: no run has measured the known issue on {releases}"),
            "add `predicted: true`, or measure",
        ),
        true | false => return None,
    };
    Some(Problem::of(&file(case), what, remedy))
}

/// The versions of a row that decide for a case. A name without versions has none.
fn deciding(case: &Case, row: &Measured) -> Option<DecidingVersions> {
    case.deciding(&Versions::of_name(&row.argo)).ok()
}

/// Whether a row tells pass from fail.
fn says(row: &Measured) -> bool {
    !matches!(row.verdict, Verdict::Unknown | Verdict::NotApplicable)
}

/// The file of a case, from the root of the repository.
fn file(case: &Case) -> String {
    let file = case.source.directory.join("case.yaml");
    let file = file.components().skip_while(|part| part.as_os_str() != CASES);
    file.collect::<std::path::PathBuf>().display().to_string()
}

fn disagreement(cases: &[Case], row: &Measured) -> Option<Problem> {
    let Measured { case: id, argo, verdict: _, failed_claims } = row;
    let Some(case) = cases.iter().find(|case| case.id == *id) else {
        let what = format!("there is no case `{id}`");
        return Some(Problem::of(MEASURED, what, "measure again, or take the row out"));
    };
    if !says(row) {
        return None;
    }
    // A checkout is no version, and has no declarations.
    let versions = deciding(case, row)?;
    let known = case.known_issues(&versions);
    let declared: BTreeSet<&String> = known.iter().flat_map(|issue| &issue.claims).collect();
    // A claim with a rate fails in some runs.
    let always = known.iter().filter(|issue| issue.rate.is_none());
    let always: BTreeSet<&String> = always.flat_map(|issue| &issue.claims).collect();
    let failed: BTreeSet<&String> = failed_claims.iter().collect();
    if always.is_subset(&failed) && failed.is_subset(&declared) {
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
    Some(Problem::of(&file(case), what, "correct `broken`, or measure again"))
}
