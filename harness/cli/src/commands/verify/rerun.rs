//! `verify --rerun`: a few cases of a statement once more, on a cluster of the verifier's own.
//!
//! `docs/trust.md` says what agreement proves and what it does not.

mod choice;
mod compared;

use model::history::Versions;
use model::versions::{GIT, TREE};
use model::{Case, Provider};
use report::RunResult;
use report::statement::Conformance;

use rundir::error::Error;
use runner::config::{RunConfig, Selection};
use runner::installation::provider;
use runner::run;

use crate::args::VerifyArgs;
use crate::terminal::console::Terminal;
use crate::terminal::{conclusion, out};
use choice::Choice;
use compared::{Compared, Outcome};

/// A rerun, and how its verdicts compare with those of the statement.
#[derive(Debug)]
pub(crate) struct Rerun {
    choice: Choice,
    compared: Vec<Compared>,
}

/// Chooses cases, runs them again and compares the verdicts. `None`: no rerun was asked for.
///
/// # Errors
/// More cases are asked for than there are. Nothing here can build an Argo of the statement. The
/// run ends without a report.
pub(super) async fn rerun(
    args: &VerifyArgs,
    cases: &[Case],
    stated: &Conformance,
) -> anyhow::Result<Option<Rerun>> {
    let Some(wanted) = args.rerun.rerun else { return Ok(None) };
    let seed = args.rerun.seed.map_or_else(choice::random_seed, Ok)?;
    let choice = Choice::of(stated, cases, &args.argo, wanted.get(), seed)?;
    let provider = provider::choose(args.rerun.provider.named(), false, None).await?;
    if provider.installs() {
        can_be_built(&choice)?;
    }
    out::note(&format!("rerun: {}", report::tame(&choice.words())));
    let config = config(args, provider, &choice, stated);
    let here = Box::pin(run::run(config, Terminal::text())).await?;
    conclusion::print(&here.report);
    let compared = compared::with(&choice, stated, &here.report);
    Ok(Some(Rerun { choice, compared }))
}

/// Refuses an Argo that its name alone does not build.
fn can_be_built(choice: &Choice) -> anyhow::Result<()> {
    let of_source = |name: &&String| {
        let from = |version: &String| version.contains(GIT) || version.contains(TREE);
        let is_one = |versions: &Versions| {
            [&versions.controller, &versions.executor, &versions.cli].into_iter().any(from)
        };
        let versions = Versions::of_name(name);
        is_one(&versions.first()) || is_one(versions.last())
    };
    let Some(name) = choice.argo.iter().find(of_source) else { return Ok(()) };
    let name = report::tame(name);
    let message =
        format!("failed to rerun on Argo {name}: it was built from a checkout or a commit");
    let hint =
        "Name released versions by --argo, or a cluster with this Argo by --provider existing.";
    Err(Error::usage(message).with_hint(hint).into())
}

/// The configuration of a run of these cases. The name of an installation has its settings.
fn config(
    args: &VerifyArgs,
    provider: Provider,
    choice: &Choice,
    stated: &Conformance,
) -> RunConfig {
    let rerun = &args.rerun;
    let selection = Selection::all_levels(args.cases.directory.clone(), choice.cases.clone());
    RunConfig {
        programs: (&rerun.programs).into(),
        argo: choice.argo.clone(),
        known_issues: stated.known_issues,
        out: rerun.out.clone(),
        challenge: args.challenge.clone(),
        images: (&rerun.images).into(),
        existing: (&rerun.existing).into(),
        ..RunConfig::new(selection, provider, (&rerun.kind).into())
    }
}

impl Rerun {
    /// Each verdict that differs, in words.
    pub(super) fn refusals(&self) -> Vec<String> {
        self.said(|outcome| match outcome {
            Outcome::Differs(said) => Some(said),
            Outcome::Agrees | Outcome::Unknown(_) => None,
        })
    }

    /// Each verdict that the rerun neither refuses nor confirms, in words.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.said(|outcome| match outcome {
            Outcome::Unknown(said) => Some(said),
            Outcome::Agrees | Outcome::Differs(_) => None,
        })
    }

    fn said(&self, kind: impl Fn(&Outcome) -> Option<&String>) -> Vec<String> {
        let words = |one: &Compared| kind(&one.outcome).map(|said| format!("{}: {said}", one.name));
        self.compared.iter().filter_map(words).collect()
    }

    /// The sum, for the line about the statement.
    pub(super) fn words(&self) -> String {
        let unknown = self.warnings().len();
        let agree = self.compared.len() - unknown - self.refusals().len();
        let Choice { cases, of, seed, .. } = &self.choice;
        let verdicts = if agree == 1 { "verdict agrees" } else { "verdicts agree" };
        let n = cases.len();
        format!(
            "rerun of {n} of {of} cases with seed {seed}: {agree} {verdicts}, {unknown} unknown"
        )
    }

    /// The result of a statement that holds, after the rerun. `PASSED` becomes `WARNED` if the
    /// rerun does not confirm a verdict.
    pub(super) fn result(&self, stated: RunResult) -> RunResult {
        match stated {
            RunResult::Passed if !self.warnings().is_empty() => RunResult::Warned,
            RunResult::Passed | RunResult::Warned | RunResult::Failed | RunResult::NothingRan => {
                stated
            }
        }
    }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
