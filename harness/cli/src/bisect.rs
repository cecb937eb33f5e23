//! `bisect`: which release, or which commit, broke or fixed a case.

mod commits;
mod range;
mod record;
mod search;
mod table;
mod versions;

use model::Case;
use model::verdict::Verdict;

use crate::args::{
    BisectArgs, ComponentArgs, ExistingArgs, Format, ImageArgs, KindArgs, KnownIssues, Provider,
    RunArgs,
};
use crate::error::Error;
use crate::out;
use crate::selection;

/// Tries the case between two ends, each time in the middle.
pub(crate) async fn bisect(args: BisectArgs) -> anyhow::Result<u8> {
    match args.repository.clone() {
        Some(repository) => commits::bisect(args, &repository).await,
        None => versions::bisect(args).await,
    }
}

/// The case that is tried.
fn one_case(args: &BisectArgs) -> anyhow::Result<Vec<Case>> {
    let cases = selection::select(&args.cases)?;
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
fn no_end(argo: &str, wanted: &str, found: Verdict, reason: &str) -> u8 {
    let name = found.name();
    out::note(&format!(
        "error: invalid end: on Argo {argo} the case must {wanted}, and its verdict is {name}: \
         {reason}"
    ));
    if found == Verdict::Unknown { report::exit::UNKNOWN } else { report::exit::FAIL }
}

/// As for a `run` of the case, on which a known issue is a failure.
fn run_args(args: &BisectArgs) -> RunArgs {
    RunArgs {
        cases: args.cases.clone(),
        cache: args.cache.clone(),
        on: None,
        argo: Vec::new(),
        known_issues: KnownIssues::Fail,
        profile: vec![args.profile],
        kubernetes: Vec::new(),
        until_input_ends: false,
        shared: None,
        provider: Provider::Native,
        kind: KindArgs::default(),
        existing: ExistingArgs::default(),
        components: ComponentArgs::default(),
        images: ImageArgs::default(),
        jobs: None,
        shard: None,
        done: None,
        resume: None,
        challenge: None,
        out: args.out.clone(),
        format: Format::Text,
    }
}
