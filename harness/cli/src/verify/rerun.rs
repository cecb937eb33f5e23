//! `verify --rerun`: a few cases of a statement once more, on a cluster of the verifier's own.
//!
//! `docs/trust.md` says what agreement proves and what it does not.

mod choice;
mod compared;

use anyhow::Context;
use clap::ValueEnum;
use model::Case;
use model::history::Versions;
use model::versions::{GIT, TREE};
use report::RunResult;
use report::statement::Conformance;

use crate::args::{
    CaseArgs, ComponentArgs, Format, KnownIssues, Profile, Provider, RunArgs, UpTo, VerifyArgs,
};
use crate::error::Error;
use crate::out;
use crate::run;
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
    if args.rerun.provider != Provider::Existing {
        can_be_built(&choice)?;
    }
    out::note(&format!("rerun: {}", report::tame(&choice.words())));
    let (_, here) = Box::pin(run::reported(asked(args, &choice, stated)?)).await?;
    let compared = compared::with(&choice, stated, &here);
    Ok(Some(Rerun { choice, compared }))
}

/// Refuses an Argo that its name alone does not build.
fn can_be_built(choice: &Choice) -> anyhow::Result<()> {
    let of_source = |name: &&String| {
        let Versions { controller, executor, cli, .. } = Versions::of_name(name);
        let from = |version: &String| version.contains(GIT) || version.contains(TREE);
        [controller, executor, cli].iter().any(from)
    };
    let Some(name) = choice.argo.iter().find(of_source) else { return Ok(()) };
    let name = report::tame(name);
    let message =
        format!("failed to rerun on Argo {name}: it was built from a checkout or a commit");
    let hint =
        "Name released versions by --argo, or a cluster with this Argo by --provider existing.";
    Err(Error::usage(message).with_hint(hint).into())
}

/// The arguments of a run of these cases.
fn asked(args: &VerifyArgs, choice: &Choice, stated: &Conformance) -> anyhow::Result<RunArgs> {
    let rerun = args.rerun.clone();
    let stance = KnownIssues::from_str(&stated.known_issues, false);
    let stance = stance.map_err(anyhow::Error::msg).context("invalid stance on known issues")?;
    Ok(RunArgs {
        cases: CaseArgs {
            cases: choice.cases.clone(),
            directory: args.cases.directory.clone(),
            level: UpTo::Provisional,
        },
        cache: rerun.cache,
        on: None,
        provider: rerun.provider,
        argo: choice.argo.clone(),
        known_issues: stance,
        // The name of an installation says other settings.
        profile: vec![Profile::Fast],
        kubernetes: Vec::new(),
        until_input_ends: false,
        shared: None,
        jobs: None,
        shard: None,
        out: rerun.out,
        done: None,
        challenge: args.challenge.clone(),
        resume: None,
        format: Format::Text,
        components: ComponentArgs::default(),
        images: rerun.images,
        kind: rerun.kind,
        existing: rerun.existing,
    })
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
