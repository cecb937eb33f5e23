//! The results of an installation, by level and by area.

use std::collections::{BTreeMap, BTreeSet};

use model::history::Versions;
use model::verdict::{CaseVerdict, Verdict};
use serde::Serialize;

use crate::evidence::Evidence;

/// A case on the installation, with its result.
pub(super) struct CaseResult<'a> {
    case: &'a str,
    level: &'a str,
    kind: Kind,
    verdict: Option<&'a CaseVerdict>,
}

/// The result of a case. The worst is first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    /// A claim fails, and the verdict is no known issue.
    Failed,
    /// Claims fail, and each of them is declared by a known issue.
    KnownIssue,
    /// The case has no decided verdict.
    Unknown,
    /// The case does not apply.
    NotApplicable,
    /// Every claim holds.
    Passed,
}

/// The results of the cases of a level.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Level<'a> {
    name: &'a str,
    result: &'static str,
    statistics: Statistics,
    failed: Vec<Named<'a>>,
    known_issues: Vec<Named<'a>>,
    unknown: Vec<Named<'a>>,
    not_applicable: Vec<Named<'a>>,
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Statistics {
    passed: usize,
    failed: usize,
    known_issues: usize,
    unknown: usize,
    not_applicable: usize,
}

/// A case that did not pass, with the reason.
#[derive(Debug, Serialize)]
struct Named<'a> {
    case: &'a str,
    /// Ids of the failed claims.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    claims: Vec<&'a str>,
    reason: &'a str,
}

/// The result of an area: the cases with the same first part of the id.
#[derive(Debug, Serialize)]
pub(super) struct Area<'a> {
    name: &'a str,
    result: &'static str,
}

/// Every case with a request or a verdict on an installation of these versions, by id.
pub(super) fn of_cases<'a>(evidence: &'a Evidence, versions: &Versions) -> Vec<CaseResult<'a>> {
    let name = versions.name();
    let verdicts = evidence.run.verdicts.iter().map(|judged| &judged.verdict);
    let verdicts: Vec<&CaseVerdict> = verdicts.filter(|v| v.argo == name).collect();
    let request = evidence.run.request.iter().flat_map(|request| request.cases.keys());
    let tried = verdicts.iter().map(|verdict| &verdict.case);
    let ids: BTreeSet<&String> = request.chain(tried).collect();
    let results = ids.into_iter().map(|id| {
        let level = evidence.cases.get(id).map_or("unlisted", |case| case.level.name());
        // The worst of several attempts counts.
        let of = verdicts.iter().filter(|verdict| verdict.case == *id);
        let worst = of.map(|verdict| (kind(verdict), *verdict)).min_by_key(|(kind, _)| *kind);
        let kind = worst.map_or(Kind::Unknown, |(kind, _)| kind);
        CaseResult { case: id, level, kind, verdict: worst.map(|(_, verdict)| verdict) }
    });
    results.collect()
}

/// The result of a verdict, the same under both stances towards known issues.
fn kind(verdict: &CaseVerdict) -> Kind {
    let fails = !verdict.failed_claims().is_empty();
    match verdict.verdict {
        Verdict::NotApplicable => Kind::NotApplicable,
        Verdict::KnownIssue => Kind::KnownIssue,
        Verdict::Fail if verdict.known_issue.is_some() => Kind::KnownIssue,
        Verdict::Unknown | Verdict::Fixed | Verdict::Pass if fails => Kind::Failed,
        Verdict::Fail => Kind::Failed,
        Verdict::Unknown => Kind::Unknown,
        Verdict::Fixed | Verdict::Pass => Kind::Passed,
    }
}

/// The levels that have cases: core, extended, provisional, unlisted.
pub(super) fn levels<'a>(results: &[CaseResult<'a>]) -> Vec<Level<'a>> {
    let names = ["core", "extended", "provisional", "unlisted"].into_iter();
    let levels = names.map(|name| {
        let of: Vec<&CaseResult<'a>> =
            results.iter().filter(|result| result.level == name).collect();
        (name, of)
    });
    let levels = levels.filter(|(_, of)| !of.is_empty()).map(|(name, of)| {
        let count = |kind| of.iter().filter(|result| result.kind == kind).count();
        Level {
            name,
            result: result(of.iter().map(|result| result.kind)),
            statistics: Statistics {
                passed: count(Kind::Passed),
                failed: count(Kind::Failed),
                known_issues: count(Kind::KnownIssue),
                unknown: count(Kind::Unknown),
                not_applicable: count(Kind::NotApplicable),
            },
            failed: named(&of, Kind::Failed),
            known_issues: named(&of, Kind::KnownIssue),
            unknown: named(&of, Kind::Unknown),
            not_applicable: named(&of, Kind::NotApplicable),
        }
    });
    levels.collect()
}

fn named<'a>(results: &[&CaseResult<'a>], kind: Kind) -> Vec<Named<'a>> {
    let named = results.iter().filter(|result| result.kind == kind).map(|result| Named {
        case: result.case,
        claims: result.verdict.map(CaseVerdict::failed_claims).unwrap_or_default(),
        reason: result.verdict.map_or("it has no verdict in this run", |v| v.reason.raw()),
    });
    named.collect()
}

/// The areas of the cases, by name.
pub(super) fn areas<'a>(results: &[CaseResult<'a>]) -> Vec<Area<'a>> {
    let mut areas: BTreeMap<&str, Vec<Kind>> = BTreeMap::new();
    for CaseResult { case, kind, .. } in results {
        let area = case.split('/').next().unwrap_or(case);
        areas.entry(area).or_default().push(*kind);
    }
    let area = |(name, kinds): (&'a str, Vec<Kind>)| Area { name, result: result(kinds) };
    areas.into_iter().map(area).collect()
}

/// The result of several cases. One failed case or one known issue makes a failure.
fn result(kinds: impl IntoIterator<Item = Kind>) -> &'static str {
    let kinds: BTreeSet<Kind> = kinds.into_iter().collect();
    match kinds.first() {
        Some(Kind::Failed | Kind::KnownIssue) => "failure",
        Some(Kind::Unknown) | None => "unknown",
        Some(_) if kinds.contains(&Kind::Passed) => "success",
        Some(_) => "not-applicable",
    }
}
