//! The line about a statement that holds.

use std::collections::BTreeSet;

use model::Case;
use model::profile::Profile;
use model::verdict::Verdict;
use report::statement::{Conformance, Statement};
use report::tame;

use super::rerun::Rerun;
use crate::args::VerifyArgs;

/// Everything on which the result rests; each piece of text from the statement is tamed.
pub(crate) fn words(
    statement: &Statement,
    cases: &[Case],
    args: &VerifyArgs,
    rerun: Option<&Rerun>,
) -> String {
    let conformance = &statement.predicate.conformance;
    let known = |stated: &&report::statement::Stated| cases.iter().any(|c| c.id == stated.case);
    let all = conformance.verdicts.len();
    let others = match all - conformance.verdicts.iter().filter(known).count() {
        0 => String::new(),
        n => format!(" ({n} of them not judged again, because their cases were not selected)"),
    };
    let verdicts = if all == 1 { "verdict" } else { "verdicts" };
    let versions: BTreeSet<&str> = conformance.verdicts.iter().map(|s| s.argo.as_str()).collect();
    let versions = Vec::from_iter(versions).join(", ");
    let pieces = [
        counts(conformance),
        format!("provider {}", conformance.provider),
        format!("Kubernetes {}", report::run::joined(&conformance.kubernetes).raw()),
        profiles(conformance),
        builds(conformance),
        sessions(conformance),
        attempts(conformance),
        challenge(conformance, args.challenge.is_some()),
        rerun.map(Rerun::words).unwrap_or_default(),
        if args.key.is_some() { "signed with the key" } else { "signatures not checked" }
            .to_owned(),
    ];
    let said = pieces.iter().filter(|piece| !piece.is_empty()).map(tame);
    let pieces = said.collect::<Vec<_>>().join("; ");
    format!(
        "the statement holds: {}, {all} {verdicts}{others} on Argo {}, run {} of {}: {pieces}",
        tame(&statement.predicate.result),
        tame(&versions),
        tame(&conformance.run),
        conformance.started
    )
}

/// How many verdicts there are of each kind.
fn counts(conformance: &Conformance) -> String {
    let count = |verdict| conformance.verdicts.iter().filter(|s| s.verdict == verdict).count();
    let by_provider = conformance.verdicts.iter().filter(|s| s.left_out.is_some()).count();
    let not_applicable = count(Verdict::NotApplicable) - by_provider;
    let kinds = [
        (count(Verdict::Pass), "passed".to_owned()),
        (count(Verdict::Fail), "failed".to_owned()),
        (count(Verdict::Fixed), "fixed".to_owned()),
        (count(Verdict::KnownIssue), "known to fail".to_owned()),
        (count(Verdict::Unknown), "unknown".to_owned()),
        (not_applicable, "not applicable".to_owned()),
        (by_provider, format!("not applicable by provider {}", conformance.provider)),
    ];
    let there = kinds.iter().filter(|(n, _)| *n > 0).map(|(n, words)| format!("{n} {words}"));
    there.collect::<Vec<_>>().join(", ")
}

fn profiles(conformance: &Conformance) -> String {
    let name = |argo: &report::run::ArgoReport| argo.profile.map_or("none", Profile::name);
    let names: BTreeSet<&str> = conformance.argo.iter().map(name).collect();
    format!("profile {}", Vec::from_iter(names).join(", "))
}

fn builds(conformance: &Conformance) -> String {
    let Conformance { recorded_by, judged_by, .. } = conformance;
    if recorded_by == judged_by {
        return format!("recorded and judged by build {recorded_by}");
    }
    format!("recorded by build {recorded_by}, judged by build {judged_by}")
}

fn sessions(conformance: &Conformance) -> String {
    let starts = || conformance.sessions.iter().map(|session| session.started);
    let (n, noun) = match conformance.sessions.len() {
        1 => (1, "session"),
        n => (n, "sessions"),
    };
    match (starts().min(), starts().max()) {
        (Some(first), Some(last)) if n > 1 => {
            let span = last.duration_since(first).as_secs();
            format!("{n} {noun} that began within {span} s")
        }
        (_, _) => format!("{n} {noun}"),
    }
}

fn attempts(conformance: &Conformance) -> String {
    let attempts: usize = conformance.attempts.iter().map(|chain| chain.attempts).sum();
    let verdicts = conformance.verdicts.iter().filter(|s| s.basis.is_some()).count();
    let noun = if attempts == 1 { "attempt" } else { "attempts" };
    format!("{attempts} {noun}, {} interrupted", attempts.saturating_sub(verdicts))
}

fn challenge(conformance: &Conformance, asked: bool) -> String {
    match (&conformance.challenge, asked) {
        (Some(challenge), true) => format!("challenge {challenge}"),
        (Some(challenge), false) => format!("challenge {challenge}, not required"),
        (None, _) => "no challenge".to_owned(),
    }
}
