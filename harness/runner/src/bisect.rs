//! The search for the release, or the commit, that broke or fixed a case.

mod commits;
mod range;
mod record;
mod search;
mod table;
mod versions;

use std::path::PathBuf;
use std::sync::Arc;

use model::Case;
use model::verdict::Verdict;

use model::{Profile, Provider};
use provision::kind::Settings;
use rundir::error::Error;

use crate::config::{ProgramConfig, RunConfig, Selection};
use crate::console::Console;
use crate::selection;

/// The configuration of a search.
#[derive(Clone, Debug)]
pub struct BisectConfig {
    /// The case. The selection must have one.
    pub selection: Selection,
    /// The programs.
    pub programs: ProgramConfig,
    /// A version that passes the case. In a repository, a tag or a commit too.
    pub good: String,
    /// A version that fails the case.
    pub bad: String,
    /// The git repository whose commits are searched. Default: versions are searched.
    pub repository: Option<String>,
    /// The versions to search. Empty: those that this project has tested.
    pub among: Vec<String>,
    /// Settings of the controller.
    pub profile: Profile,
    /// The run directory. Default: a new one in the cache.
    pub out: Option<PathBuf>,
    /// Settings of clusters in Docker.
    pub kind: Settings,
}

/// Tries the case between two ends, each time in the middle. Returns the exit code.
///
/// # Errors
/// An end is invalid, the case is not one, or nothing can be tried.
pub async fn bisect(config: BisectConfig, console: Arc<dyn Console>) -> anyhow::Result<u8> {
    match config.repository.clone() {
        Some(repository) => commits::bisect(config, &repository, console).await,
        None => versions::bisect(config, console).await,
    }
}

/// The case that is tried.
fn one_case(config: &BisectConfig) -> anyhow::Result<Vec<Case>> {
    let cases = selection::select(&config.selection)?;
    if cases.len() != 1 {
        let what = format!("invalid --case: bisect needs 1 case, and {} are selected", cases.len());
        return Err(usage(
            &what,
            "Name one case with `--case ID`. `argo-conformance list` prints the ids.",
        ));
    }
    Ok(cases)
}

fn usage(what: &str, hint: &str) -> anyhow::Error {
    Error::usage(what).with_hint(hint).into()
}

/// Says that an end of the search is not what the user said; the exit code for it.
fn no_end(console: &dyn Console, argo: &str, wanted: &str, found: Verdict, reason: &str) -> u8 {
    let name = found.name();
    console.note(&format!(
        "error: invalid end: on Argo {argo} the case must {wanted}, and its verdict is \
             {name}: {reason}"
    ));
    if found == Verdict::Unknown { report::exit::UNKNOWN } else { report::exit::FAIL }
}

/// The configuration of a run of the case, on which a known issue is a failure.
fn run_config(config: &BisectConfig) -> RunConfig {
    RunConfig {
        programs: config.programs.clone(),
        profiles: vec![config.profile],
        out: config.out.clone(),
        ..RunConfig::new(config.selection.clone(), Provider::Native, config.kind.clone())
    }
}
