//! What was asked of a run, for its report.

use model::Case;
use provision::argo::install::Profile;
use report::Asked;

use crate::args::{KnownIssues, Provider, RunArgs};
use crate::certify::case_sha256;
use crate::kept::Kept;
use crate::wanted::Wanted;

/// What these arguments ask for, on these installations where they are put up.
pub(crate) fn of(args: &RunArgs, wanted: &[Wanted], cases: &[Case]) -> anyhow::Result<Asked> {
    let (releases, profile) = match args.on {
        Some(slot) => {
            let kept = Kept::read(slot)?;
            (vec![kept.versions.name()], Some(kept.profile))
        }
        None if args.provider == Provider::Existing => (Vec::new(), None),
        None => (wanted.iter().map(Wanted::name).collect(), Some(args.profile)),
    };
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    let known_issues = match args.known_issues {
        KnownIssues::Fail => "fail",
        KnownIssues::Expect => "expect",
    };
    Ok(Asked {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        argo: releases,
        sources: wanted.iter().flat_map(Wanted::sources).collect(),
        profile: profile
            .map_or("what was there", |profile| Profile::from(profile).name())
            .to_owned(),
        known_issues: known_issues.to_owned(),
        cases: cases.iter().map(|case| (case.id.clone(), case_sha256(case))).collect(),
        shard: args.shard.map(|part| part.of(&ids)).transpose()?,
    })
}
