//! The known issues of an installation, and the changes by an upgrade. Some issues show only while
//! both versions run.

mod html;
mod json;
mod text;

use std::collections::BTreeMap;

use model::history::Versions;
use model::known::{End, KnownIssue, Pair};
use model::verdict::Verdict;
use model::versions::{DecidingVersions, Unreleased};
use model::{Case, ReleaseLine};

use crate::measured::Measured;

pub(crate) use html::{issues, upgrade};
pub use json::json;
pub use text::text;

/// The known issues of an installation, and the difference to the target of an upgrade.
#[derive(Debug)]
pub struct Exposure {
    version: VersionIssues,
    upgrade: Option<Upgrade>,
}

/// The known issues of one installation.
#[derive(Debug)]
struct VersionIssues {
    /// Version of Argo; where components differ, the name of the installation.
    version: String,
    /// The version's column of the measured table; `None` without one.
    column: Option<String>,
    /// Issues in the order of the ids of their cases.
    issues: Vec<Exposed>,
}

#[derive(Debug)]
struct Upgrade {
    version: String,
    column: Option<String>,
    /// The issues of the version before that this version lacks.
    fixes: Vec<Exposed>,
    /// The issues of both versions.
    keeps: Vec<Exposed>,
    /// The issues of this version that the version before lacks.
    introduces: Vec<Exposed>,
    /// The issues while both versions run. Executors of the version before run under the workflow
    /// controller of this version, and an upgrade holds workflows. Neither version alone has them.
    during: Vec<Exposed>,
}

/// Claims of one case that fail on a version for one reason.
#[derive(Clone, Debug)]
struct Exposed {
    case: String,
    title: String,
    claims: Vec<String>,
    issue: String,
    basis: Basis,
    /// The end of the issue in each affected line; empty without a known issue.
    ends: BTreeMap<ReleaseLine, End>,
    /// The affected pairs of executor and workflow controller.
    pairs: Vec<Pair>,
}

/// The evidence for an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Basis {
    /// A run measured it on this version.
    Measured,
    /// The case declares the issue for a range with this version.
    Declared,
    /// The case declares the issue, and no run has measured any line of the entry.
    Predicted,
}

impl Exposure {
    /// The known issues of an installation from the measured table. An installation or a case
    /// without a decided row in the table has the declared issues. A case of which a version does
    /// not parse has none.
    pub fn of(
        cases: &[Case],
        measured: &[Measured],
        versions: &Versions,
        upgrade: Option<&Versions>,
    ) -> Self {
        let before = VersionIssues::of(cases, measured, versions);
        let upgrade = upgrade.map(|target| {
            let after = VersionIssues::of(cases, measured, target);
            let skew = Versions { executor: versions.executor.clone(), ..target.clone() };
            let pair = Versions { to: Some(Box::new(target.clone())), ..versions.first() };
            let mut both = VersionIssues::of(cases, measured, &skew).issues;
            both.extend(VersionIssues::of(cases, measured, &pair).issues);
            both.sort_by(|a, b| a.case.cmp(&b.case));
            Upgrade {
                fixes: without(&before.issues, &after.issues),
                keeps: within(&after.issues, &before.issues),
                introduces: without(&after.issues, &before.issues),
                during: without(&without(&both, &before.issues), &after.issues),
                version: after.version,
                column: after.column,
            }
        });
        Self { version: before, upgrade }
    }
}

impl VersionIssues {
    fn of(cases: &[Case], measured: &[Measured], versions: &Versions) -> Self {
        let name = versions.name();
        let column = column(measured, &name);
        let of_version: Vec<&Measured> =
            measured.iter().filter(|row| Some(row.argo.as_str()) == column).collect();
        // A case about upgrades has a meaning on a pair alone.
        let is_pair = versions.to.is_some();
        let mut cases: Vec<&Case> =
            cases.iter().filter(|case| case.needs_pair() == is_pair).collect();
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        let issues = cases.into_iter().flat_map(|case| {
            let Ok(deciding) = case.deciding(versions) else { return Vec::new() };
            let row = of_version.iter().find(|row| row.case == case.id);
            match row.filter(|row| row.verdict != Verdict::Unknown) {
                Some(row) => by_row(case, row, &deciding),
                None => by_declaration(case, &deciding),
            }
        });
        Self { issues: issues.collect(), column: column.map(str::to_owned), version: name }
    }
}

/// The column of a version: the release itself, or a commit with the release as its target.
fn column<'a>(measured: &'a [Measured], release: &str) -> Option<&'a str> {
    let columns = measured.iter().map(|row| row.argo.as_str());
    let stands = |column: &&str| match Unreleased::of(column) {
        Some(Unreleased::Commit { target, .. }) => target == release,
        Some(Unreleased::Checkout { .. }) | None => false,
    };
    let own = columns.clone().find(|column| *column == release);
    own.or_else(|| columns.clone().find(stands))
}

/// The failed claims of a row, by the known issue that declares them. Undeclared claims come last.
fn by_row(case: &Case, row: &Measured, versions: &DecidingVersions) -> Vec<Exposed> {
    let mut left = row.failed_claims.clone();
    let mut exposed = Vec::new();
    for known in case.known_issues(versions) {
        let (declared, others) = left.into_iter().partition(|id| known.claims.contains(id));
        left = others;
        exposed.push(Exposed { claims: declared, ..of_issue(case, known, Basis::Measured) });
    }
    let (case_id, title, issue) = (case.id.clone(), case.title.clone(), case.why.clone());
    let (basis, ends, pairs) = (Basis::Measured, BTreeMap::new(), Vec::new());
    exposed.push(Exposed { case: case_id, title, claims: left, issue, basis, ends, pairs });
    exposed.retain(|exposed| !exposed.claims.is_empty());
    exposed
}

fn by_declaration(case: &Case, versions: &DecidingVersions) -> Vec<Exposed> {
    if case.not_applicable(&versions.component).is_some() {
        return Vec::new();
    }
    let exposed = |known: &KnownIssue| {
        let basis = if known.predicted { Basis::Predicted } else { Basis::Declared };
        of_issue(case, known, basis)
    };
    case.known_issues(versions).into_iter().map(exposed).collect()
}

fn of_issue(case: &Case, known: &KnownIssue, basis: Basis) -> Exposed {
    Exposed {
        case: case.id.clone(),
        title: case.title.clone(),
        claims: known.claims.clone(),
        issue: known.issue.clone(),
        basis,
        ends: case.ends(known),
        pairs: known.pairs().to_vec(),
    }
}

/// The issues with the claims that fail in none of the others.
fn without(issues: &[Exposed], others: &[Exposed]) -> Vec<Exposed> {
    reduced(issues, |case, claim| !fails(others, case, claim))
}

/// The issues with the claims that also fail in one of the others.
fn within(issues: &[Exposed], others: &[Exposed]) -> Vec<Exposed> {
    reduced(issues, |case, claim| fails(others, case, claim))
}

fn fails(issues: &[Exposed], case: &str, claim: &String) -> bool {
    issues.iter().any(|exposed| exposed.case == case && exposed.claims.contains(claim))
}

fn reduced(issues: &[Exposed], keep: impl Fn(&str, &String) -> bool) -> Vec<Exposed> {
    let kept = issues.iter().cloned().map(|mut exposed| {
        exposed.claims.retain(|claim| keep(&exposed.case, claim));
        exposed
    });
    kept.filter(|exposed| !exposed.claims.is_empty()).collect()
}

impl Exposed {
    fn area(&self) -> &str {
        self.case.split('/').next().unwrap_or_default()
    }
}

impl Basis {
    /// The key in JSON, which is also the word for people.
    fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Declared => "declared",
            Self::Predicted => "predicted",
        }
    }
}
