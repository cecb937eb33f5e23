//! From findings to the verdict of a case.

use std::fmt::Write as _;

use model::known::KnownIssue;
use model::stance::KnownIssues;
use model::verdict::{CaseVerdict, Finding, KnownIssueNote, Outcome, ShownSymptom, Verdict};
use model::versions::DecidingVersions;
use model::{Case, Truth};

/// The verdict of a case on one installation, by what was found.
///
/// *Declared* claims are those of the case's known issues for these versions. The first row that
/// applies decides:
///
/// | what was found | `KnownIssues::Fail` | `KnownIssues::Expect` |
/// |---|---|---|
/// | an undeclared claim fails | fail | fail |
/// | a declared claim fails without the symptom | fail | fail |
/// | a declared claim fails | fail | *(the rows below)* |
/// | a declared claim fails, and the symptom cannot be told | | unknown |
/// | nothing was claimed, or a claim has no finding | unknown | unknown |
/// | a claim is unknown | unknown | unknown |
/// | a claim is not reached, and none fails | unknown | unknown |
/// | a declared claim passes | pass, and says so | fixed |
/// | a declared claim fails | | known issue |
/// | a claim declared with a rate passes | pass, and says so | pass, and says so |
/// | every claim passes | pass | pass |
///
/// A claim that is not reached is tolerated beside one that fails as declared. The plan stopped at
/// the known issue. The note about the known issue is filled where it explains the findings
/// exactly, and for `fixed`.
pub fn verdict(
    case: &Case,
    versions: &DecidingVersions,
    findings: Vec<Finding>,
    stance: KnownIssues,
) -> CaseVerdict {
    let (verdict, reason, known_issue) = Tally::of(case, versions, &findings).decide(stance);
    CaseVerdict {
        case: case.id.clone(),
        argo: versions.component.to_string(),
        verdict,
        reason: reason.into(),
        known_issue,
        findings,
    }
}

type Decided = (Verdict, String, Option<KnownIssueNote>);

/// The findings, sorted by what they mean for the verdict.
struct Tally<'a> {
    claims: usize,
    /// Claims of the case, or of a declaration, without a finding.
    missing: Vec<&'a str>,
    unknown: Vec<&'a Finding>,
    not_reached: Vec<&'a Finding>,
    /// Not declared to fail, or declared with a symptom that the history does not show.
    undeclared_failed: Vec<(&'a Finding, Option<&'a ShownSymptom>)>,
    declared_failed: Vec<(&'a Finding, KnownIssueNote)>,
    /// Those of them whose symptom cannot be told, with the reason.
    untold: Vec<(&'a Finding, String)>,
    declared_passed: Vec<(&'a Finding, KnownIssueNote)>,
    /// Declared to fail in some runs, with the frequency.
    seldom_passed: Vec<(&'a Finding, String)>,
}

impl<'a> Tally<'a> {
    fn of(case: &'a Case, versions: &DecidingVersions, findings: &'a [Finding]) -> Self {
        let known = case.known_issues(versions);
        let declared = known.iter().flat_map(|issue| &issue.claims);
        let issue_of = |id: &String| known.iter().find(|issue| issue.claims.contains(id)).copied();
        let expected = case.claims.claims.iter().map(|claim| &claim.id).chain(declared);
        let missing = expected.filter(|id| !findings.iter().any(|f| f.claim == **id));
        let mut tally = Self {
            claims: findings.len(),
            missing: missing.map(String::as_str).collect(),
            unknown: Vec::new(),
            not_reached: Vec::new(),
            undeclared_failed: Vec::new(),
            declared_failed: Vec::new(),
            untold: Vec::new(),
            declared_passed: Vec::new(),
            seldom_passed: Vec::new(),
        };
        for finding in findings {
            match (finding.outcome, issue_of(&finding.claim)) {
                (Outcome::Unknown(_), _) => tally.unknown.push(finding),
                (Outcome::NotReached, _) => tally.not_reached.push(finding),
                (Outcome::Fail, None) => tally.undeclared_failed.push((finding, None)),
                (Outcome::Fail, Some(issue)) => {
                    tally.failed_as_declared(finding, issue, case.note(issue, versions));
                }
                (Outcome::Pass, Some(issue)) => match &issue.rate {
                    Some(rate) => tally.seldom_passed.push((finding, rate.clone())),
                    None => tally.declared_passed.push((finding, case.note(issue, versions))),
                },
                (Outcome::Pass, None) => {}
            }
        }
        tally
    }

    /// A declared claim failed: as declared, if the history shows the symptom.
    fn failed_as_declared(
        &mut self,
        finding: &'a Finding,
        issue: &KnownIssue,
        note: KnownIssueNote,
    ) {
        let symptom = issue.shows.to_string();
        let shown = finding.symptoms.iter().find(|shown| shown.symptom == symptom);
        let untold = match shown.map(|shown| (shown.truth, shown)) {
            Some((Truth::False, shown)) => {
                self.undeclared_failed.push((finding, Some(shown)));
                return;
            }
            Some((Truth::True, _)) => None,
            Some((Truth::Unknown, shown)) => Some(shown.state.clone()),
            None => Some("the judge did not ask".to_owned()),
        };
        self.declared_failed.push((finding, note));
        let why = |state| format!("it cannot be told whether {symptom}: {state}");
        self.untold.extend(untold.map(|state| (finding, why(state))));
    }

    fn decide(&self, stance: KnownIssues) -> Decided {
        let unexplained = self.undeclared_failure().or_else(|| self.undecided());
        match (unexplained, self.declared_failed.first(), stance) {
            // A violation once shown is not taken back by what is unknown beside it.
            (Some((Verdict::Unknown, why)), Some((failed, issue)), KnownIssues::Fail) => {
                let what = format!("{} ({})", failed_words(failed), issue);
                (Verdict::Fail, format!("{what}; besides, {why}"), None)
            }
            (Some((verdict, reason)), ..) => (verdict, reason, None),
            (None, Some((_, issue)), KnownIssues::Fail) => self.known_bug(issue),
            (None, None, KnownIssues::Fail) => (Verdict::Pass, self.all_hold(), None),
            (None, failed, KnownIssues::Expect) => match (self.declared_passed.first(), failed) {
                (Some((_, issue)), _) => (Verdict::Fixed, self.correction(), Some(issue.clone())),
                (None, Some((_, issue))) => {
                    (Verdict::KnownIssue, self.explained(issue), Some(issue.clone()))
                }
                (None, None) => (Verdict::Pass, self.all_hold(), None),
            },
        }
    }

    fn undeclared_failure(&self) -> Option<(Verdict, String)> {
        let (first, others) = self.undeclared_failed.split_first()?;
        let mut reason = undeclared_words(*first);
        if !others.is_empty() {
            let others: Vec<_> = others.iter().map(|(f, _)| f.claim.as_str()).collect();
            let _ = write!(reason, "; so did {}", others.join(", "));
        }
        if let Some((_, issue)) = self.declared_failed.first() {
            let known: Vec<_> =
                self.declared_failed.iter().map(|(f, _)| f.claim.as_str()).collect();
            let _ = write!(reason, "; {} failed as declared ({})", known.join(", "), issue.issue);
        }
        Some((Verdict::Fail, reason))
    }

    fn undecided(&self) -> Option<(Verdict, String)> {
        let failed = !self.declared_failed.is_empty();
        let reason = if let Some(id) = self.missing.first() {
            format!("claim {id} was not judged")
        } else if self.claims == 0 {
            "nothing was claimed".to_owned()
        } else if let Some(finding) = self.unknown.first() {
            format!("claim {} is unknown: {}", finding.claim, finding.reason.raw())
        } else if let Some(finding) = self.not_reached.first().filter(|_| !failed) {
            let (id, reason) = (&finding.claim, finding.reason.raw());
            format!("claim {id} was not reached and nothing failed: {reason}")
        } else if let Some((finding, why)) = self.untold.first() {
            format!("claim {} failed as declared, but {why}", finding.claim)
        } else {
            return None;
        };
        Some((Verdict::Unknown, reason))
    }

    /// A declared failure where nothing else is wrong, when a known bug is a bug.
    fn known_bug(&self, issue: &KnownIssueNote) -> Decided {
        let reason = self.explained(issue);
        if self.declared_passed.is_empty() {
            (Verdict::Fail, reason, Some(issue.clone()))
        } else {
            (Verdict::Fail, format!("{reason}; but {}", self.correction()), None)
        }
    }

    fn explained(&self, issue: &KnownIssueNote) -> String {
        let mut reason = issue.to_string();
        if !self.not_reached.is_empty() {
            let ids: Vec<_> = self.not_reached.iter().map(|f| f.claim.as_str()).collect();
            let _ = write!(reason, "; as the plan stopped there, not reached: {}", ids.join(", "));
        }
        reason
    }

    fn all_hold(&self) -> String {
        let reason = match self.claims {
            1 => "the claim holds".to_owned(),
            n => format!("all {n} claims hold"),
        };
        let seldom = self.seldom_passed.first().map(|(finding, rate)| {
            format!("; claim {} is declared to fail in {rate}", finding.claim)
        });
        let correction = match self.declared_passed.as_slice() {
            [] => String::new(),
            _ => format!("; {}", self.correction()),
        };
        reason + &seldom.unwrap_or_default() + &correction
    }

    /// The error of the declaration.
    fn correction(&self) -> String {
        let words = self.declared_passed.iter().map(|(finding, issue)| {
            let verb = if issue.predicted { "predicted" } else { "declared" };
            let (claim, releases) = (&finding.claim, issue.declared.releases());
            format!("claim {claim} is {verb} to fail in {releases} and passes")
        });
        let words: Vec<_> = words.collect();
        format!("{}: correct the declaration", words.join(", "))
    }
}

fn undeclared_words((finding, unlike): (&Finding, Option<&ShownSymptom>)) -> String {
    let mut words = failed_words(finding);
    if let Some(ShownSymptom { symptom, state, .. }) = unlike {
        let missing = "; the symptom of the known issue is missing";
        let _ = write!(words, "{missing}: {symptom}; instead: {state}");
    }
    words
}

fn failed_words(finding: &Finding) -> String {
    format!("claim {} failed: {}", finding.claim, finding.reason.raw())
}
