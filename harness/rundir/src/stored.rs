//! Cases about stored workflows: those that the histories of a run show, under another Argo.

mod case;
mod claims;
mod state;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use model::Case;
use model::hints::chain;
use model::history::Versions;
use model::verdict::Verdict;
use report::Judged;

use crate::error::{Error, Problem};
use crate::history_file::HistoryFile;
use crate::{evidence, verdicts};
use state::{Recorded, Trimmed};

/// The hint of a history that lacks fields of its objects.
const FULL: &str = "Name a run directory of `run` or `matrix`. The histories of the repository are \
                    trimmed.";

/// The cases about the stored workflows of a run.
#[derive(Debug, Default)]
pub struct StoredCases {
    /// The cases, by id.
    pub cases: Vec<Case>,
    /// Each state of a workflow without a case, with the reason.
    pub left_out: Vec<String>,
}

/// The name of the installation of a run whose workflows are meant: `named`, or the only one.
///
/// # Errors
/// The run has no such installation, or several and none is named.
pub fn installation(directory: &Path, named: Option<&str>) -> anyhow::Result<Versions> {
    let run = evidence::run(directory)?;
    let with_history = run.verdicts.iter().filter(|judged| judged.history.is_some());
    let argos: BTreeSet<&str> = with_history.map(|judged| judged.verdict.argo.as_str()).collect();
    let versions = argos.iter().map(|name| Versions::of_name(name));
    let versions: Vec<Versions> = versions.filter(|versions| versions.to.is_none()).collect();
    let all = versions.iter().map(Versions::name).collect::<Vec<_>>().join(", ");
    let there = directory.display();
    let usage = |message: String, hint: &str| Err(Error::usage(message).with_hint(hint).into());
    match (named.map(|name| name.trim_start_matches('v')), versions.as_slice()) {
        (_, []) => usage(
            format!("invalid --from-objects: {there} has no history of one installation"),
            "Name a run directory of `run` or `matrix`.",
        ),
        (Some(name), all_of) => match all_of.iter().find(|versions| versions.name() == name) {
            Some(found) => Ok(found.clone()),
            None => usage(
                format!("invalid --from: {there} has no history of Argo {name}; it has {all}"),
                "Name one of these installations with --from.",
            ),
        },
        (None, [only]) => Ok(only.clone()),
        (None, _) => usage(
            format!("invalid arguments: {there} has several installations: {all}"),
            "Name one of these installations with --from.",
        ),
    }
}

/// The cases about the workflows that an installation of a run left. `meant` chooses among the
/// cases of the run. `now` decides whether the time to live of a workflow is over.
///
/// # Errors
/// A history cannot be read, or is trimmed. All problems are told at once.
pub fn cases(
    directory: &Path,
    of: &Versions,
    meant: impl Fn(&Case) -> bool,
    now: Timestamp,
) -> anyhow::Result<StoredCases> {
    let run = evidence::run(directory)?;
    let (mut found, mut problems) = (StoredCases::default(), Vec::new());
    let name = of.name();
    for judged in run.verdicts.iter().filter(|judged| judged.verdict.argo == name) {
        let Some(history) = &judged.history else { continue };
        match one(directory, Path::new(history), judged, &meant) {
            Ok(Some((case, recorded))) => {
                add(&case, of, &recorded, judged.verdict.verdict, now, &mut found);
            }
            Ok(None) => {}
            Err(error) => problems.push(problem(&error)),
        }
    }
    if !problems.is_empty() {
        return Err(Error::all(report::exit::BAD_CASE, problems).into());
    }
    found.cases.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(found)
}

fn problem(error: &anyhow::Error) -> Problem {
    let problem = Problem::new(format!("invalid --from-objects: {}", chain(error.as_ref())));
    if error.downcast_ref::<Trimmed>().is_some() { problem.with_hint(FULL) } else { problem }
}

/// A recorded case that is meant, and the states of its workflow.
fn one(
    directory: &Path,
    history: &Path,
    judged: &Judged,
    meant: impl Fn(&Case) -> bool,
) -> anyhow::Result<Option<(Case, Recorded)>> {
    let case = verdicts::case_beside(directory, history, &judged.verdict.case)?;
    if !meant(&case) {
        return Ok(None);
    }
    let recorded = HistoryFile::open(directory, history)?;
    let recorded = Recorded::read(&recorded)
        .with_context(|| format!("failed to read {}", recorded.path().display()))?;
    Ok(Some((case, recorded)))
}

/// Adds a case for each stored state of a workflow.
fn add(
    case: &Case,
    of: &Versions,
    recorded: &Recorded,
    verdict: Verdict,
    now: Timestamp,
    found: &mut StoredCases,
) {
    let states = [recorded.ended(case, now), recorded.suspended(case, verdict)];
    for stored in states {
        let made = stored.and_then(|stored| case::make(case, of, stored).map_err(Some));
        match made {
            Ok(case) => found.cases.push(case),
            Err(Some(reason)) => found.left_out.push(format!("{}: {reason}", case.id)),
            Err(None) => {}
        }
    }
}
