//! The known issues of a version, and the known issues that an upgrade fixes, keeps and introduces.

mod json;
mod text;

use std::collections::BTreeMap;

use model::known::{End, KnownIssue};
use model::verdict::Verdict;
use model::versions::Unreleased;
use model::{Case, ReleaseLine};
use semver::Version;

use crate::measured::Measured;

pub use json::json;
pub use text::text;

/// The known issues of a version, and the difference to the target version of an upgrade.
#[derive(Debug)]
pub struct Exposure {
    version: VersionIssues,
    upgrade: Option<Upgrade>,
}

/// The known issues of one version.
#[derive(Debug)]
struct VersionIssues {
    version: Version,
    /// The version's column of the measured table; `None` without one.
    column: Option<String>,
    /// Issues in the order of the ids of their cases.
    issues: Vec<Exposed>,
}

#[derive(Debug)]
struct Upgrade {
    version: Version,
    column: Option<String>,
    /// The issues of the version before that this version lacks.
    fixes: Vec<Exposed>,
    /// The issues of both versions.
    keeps: Vec<Exposed>,
    /// The issues of this version that the version before lacks.
    introduces: Vec<Exposed>,
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
    /// The known issues of a version from the measured table. A version or a case without a decided
    /// row in the table has the declared issues.
    pub fn of(
        cases: &[Case],
        measured: &[Measured],
        version: &Version,
        upgrade: Option<&Version>,
    ) -> Self {
        let before = VersionIssues::of(cases, measured, version);
        let upgrade = upgrade.map(|version| {
            let after = VersionIssues::of(cases, measured, version);
            Upgrade {
                fixes: without(&before.issues, &after.issues),
                keeps: within(&after.issues, &before.issues),
                introduces: without(&after.issues, &before.issues),
                version: after.version,
                column: after.column,
            }
        });
        Self { version: before, upgrade }
    }
}

impl VersionIssues {
    fn of(cases: &[Case], measured: &[Measured], version: &Version) -> Self {
        let column = column(measured, version);
        let of_version: Vec<&Measured> =
            measured.iter().filter(|row| Some(row.argo.as_str()) == column).collect();
        let mut cases: Vec<&Case> = cases.iter().collect();
        cases.sort_by(|a, b| a.id.cmp(&b.id));
        let issues = cases.into_iter().flat_map(|case| {
            let row = of_version.iter().find(|row| row.case == case.id);
            match row.filter(|row| row.verdict != Verdict::Unknown) {
                Some(row) => by_row(case, row, version),
                None => by_declaration(case, version),
            }
        });
        Self {
            issues: issues.collect(),
            column: column.map(str::to_owned),
            version: version.clone(),
        }
    }
}

/// The column of a version: the release itself, or a commit with the release as its target.
fn column<'a>(measured: &'a [Measured], version: &Version) -> Option<&'a str> {
    let columns = measured.iter().map(|row| row.argo.as_str());
    let release = version.to_string();
    let stands = |column: &&str| match Unreleased::of(column) {
        Some(Unreleased::Commit { target, .. }) => target == release,
        Some(Unreleased::Checkout { .. }) | None => false,
    };
    let own = columns.clone().find(|column| *column == release);
    own.or_else(|| columns.clone().find(stands))
}

/// The failed claims of a row, by the known issue that declares them. Undeclared claims come last.
fn by_row(case: &Case, row: &Measured, version: &Version) -> Vec<Exposed> {
    let mut left = row.failed_claims.clone();
    let mut exposed = Vec::new();
    for known in case.known_issues(version) {
        let (declared, others) = left.into_iter().partition(|id| known.claims.contains(id));
        left = others;
        exposed.push(Exposed { claims: declared, ..of_issue(case, known, Basis::Measured) });
    }
    let (case_id, title, issue) = (case.id.clone(), case.title.clone(), case.why.clone());
    let (basis, ends) = (Basis::Measured, BTreeMap::new());
    exposed.push(Exposed { case: case_id, title, claims: left, issue, basis, ends });
    exposed.retain(|exposed| !exposed.claims.is_empty());
    exposed
}

fn by_declaration(case: &Case, version: &Version) -> Vec<Exposed> {
    if case.not_applicable(version).is_some() {
        return Vec::new();
    }
    let exposed = |known: &KnownIssue| {
        let basis = if known.predicted { Basis::Predicted } else { Basis::Declared };
        of_issue(case, known, basis)
    };
    case.known_issues(version).into_iter().map(exposed).collect()
}

fn of_issue(case: &Case, known: &KnownIssue, basis: Basis) -> Exposed {
    Exposed {
        case: case.id.clone(),
        title: case.title.clone(),
        claims: known.claims.clone(),
        issue: known.issue.clone(),
        basis,
        ends: case.ends(known),
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
