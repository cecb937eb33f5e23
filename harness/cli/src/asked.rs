//! The request of a run, for its report.

use std::collections::BTreeSet;

use model::Case;
use model::history::Versions;
use model::profile::Profile;
use report::Asked;

use crate::args::{KnownIssues, Provider, RunArgs};
use crate::certify::case_sha256;
use crate::kept::Kept;
use crate::this_build;
use crate::wanted::Wanted;

/// The request that these arguments make. `wanted` has the installations that the run puts up. With
/// `--on`, the version is that of the installation in the slot.
pub(crate) fn of(args: &RunArgs, wanted: &[Wanted], cases: &[Case]) -> anyhow::Result<Asked> {
    let versions: Vec<Versions> = match args.on {
        Some(slot) => vec![Kept::read(slot)?.versions],
        None => wanted.iter().map(Wanted::versions).collect(),
    };
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let known_issues = match args.known_issues {
        KnownIssues::Fail => "fail",
        KnownIssues::Expect => "expect",
    };
    Ok(Asked {
        program: this_build::get()?,
        argo: versions.iter().map(Versions::name).collect(),
        sources: wanted.iter().flat_map(Wanted::sources).collect(),
        profile: profiles(args, &versions),
        known_issues: known_issues.to_owned(),
        cases: cases.iter().map(|case| (case.id.clone(), case_sha256(case))).collect(),
        shard: args.shard.map(|part| part.of(&ids)).transpose()?,
        challenge: args.challenge.as_ref().map(ToString::to_string),
    })
}

/// The settings of installations, in words.
fn profiles(args: &RunArgs, versions: &[Versions]) -> String {
    if args.on.is_none() && args.provider == Provider::Existing {
        return "existing".to_owned();
    }
    let profile = |one: &Versions| Profile::of_settings(one.settings.as_deref()).map(Profile::name);
    let names: BTreeSet<&str> = versions.iter().filter_map(profile).collect();
    Vec::from_iter(names).join(", ")
}
