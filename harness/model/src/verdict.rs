//! Verdicts: what is said of a claim, and of a case on one installation.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::history::Unobserved;
use crate::known::pair_words;
use crate::truth::Truth;
use crate::untrusted::Untrusted;

/// The result of one claim, by the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Id of the claim.
    pub claim: String,
    /// The claim in words.
    pub words: String,
    /// The outcome. In JSON: `outcome`, and `doubt` for an unknown.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// The evidence in words: the deciding state, or the closest the system came.
    pub reason: Untrusted,
    /// Numbers of the events that decided it.
    pub events: Vec<u64>,
    /// Milliseconds since the start at which it was decided.
    pub decided_at: Option<u64>,
    /// The symptoms of its known issues, where it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symptoms: Vec<ShownSymptom>,
    /// The parts that count for the claim and that the run did not observe in full.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unobserved: Vec<Unobserved>,
}

/// A symptom at the moment that decides: the end of the window, or the event that violates the
/// claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownSymptom {
    /// The symptom in words.
    pub symptom: String,
    /// Whether the history shows it.
    pub truth: Truth,
    /// The state at that moment, in words.
    pub state: String,
}

/// The outcome of one claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome", content = "doubt")]
pub enum Outcome {
    /// The history shows that it holds.
    Pass,
    /// The history shows that it does not hold.
    Fail,
    /// The history does not decide it, for this reason.
    Unknown(Doubt),
    /// The step that opens its window was never reached, because the wait of an earlier step ran
    /// out. Decides nothing by itself.
    NotReached,
}

/// The reason why a claim is unknown, for programs. The words are in [`Finding::reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// There was no moment at which it could be told whether the fact holds.
    NeverEvaluated,
    /// The fact could not be evaluated at some moment of the window. An expression failed, several
    /// nodes have the name, the nodes are offloaded, or a task result has no label.
    Unevaluable,
    /// Nothing that the fact speaks of was ever seen.
    MatchedNothing,
    /// The node that the fact speaks of never existed.
    NodeNeverExisted,
    /// A step said that it was done, and the workflow is as it was before.
    StepChangedNothing,
    /// Something was absent, but only before the controller had acted on the workflow.
    AbsentBeforeActing,
    /// The history does not show a requirement of the case, or a store fault met no request.
    Precondition,
    /// A watch may have missed something.
    Gap,
    /// The environment was unhealthy, or not known to be healthy.
    Environment,
    /// The order of two events decides, and cannot be told.
    Order,
    /// The store was not asked when it mattered.
    StoreNotAsked,
    /// The history ends before the window, or has no end.
    HistoryTooShort,
    /// A step may or may not have been done.
    StepUnknown,
    /// A step before the window was refused.
    StepRefused,
    /// The harness could not go on.
    Harness,
}

/// The verdict of one case on one installation, with its findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseVerdict {
    /// Id of the case.
    pub case: String,
    /// Version of Argo; where components differ, the name of the installation.
    pub argo: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The reason, in a sentence.
    pub reason: Untrusted,
    /// The known issue that applies, if any.
    pub known_issue: Option<KnownIssueNote>,
    /// The finding of each claim, in the order of the case.
    pub findings: Vec<Finding>,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Every claim holds.
    Pass,
    /// A claim does not hold.
    Fail,
    /// It cannot be said.
    Unknown,
    /// Exactly the declared claims fail, in their declared range, and that was expected.
    KnownIssue,
    /// A claim declared to fail in this range passes.
    Fixed,
    /// The case has no meaning on this installation.
    NotApplicable,
}

/// A known issue on one installation, for a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownIssueNote {
    /// Link to the description of the issue.
    pub issue: String,
    /// The declaration for the versions of the installation.
    #[serde(flatten)]
    pub declared: Declared,
    /// Whether no run has measured it there.
    pub predicted: bool,
    /// The claims declared to fail.
    pub claims: Vec<String>,
}

/// The declaration of a known issue for the versions of one installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Declared {
    /// For releases of a release line.
    Line {
        /// The release line of the version: `3.5`.
        line: String,
        /// The affected releases of that line: `all`, `<V`, `>=V` or `>=V <V`.
        releases: String,
        /// The first release of that line with the fix; `None` while the issue is open there.
        fixed_in: Option<String>,
        /// The first release with the fix of each other affected line.
        fixed_elsewhere: Vec<String>,
    },
    /// For executors under workflow controllers of other releases.
    Pair {
        /// The affected releases of the executor.
        from: String,
        /// The affected releases of the workflow controller.
        to: String,
    },
}

impl Declared {
    /// The declared releases or pair.
    pub fn releases(&self) -> String {
        match self {
            Self::Line { line, releases, .. } => format!("{line} ({releases})"),
            Self::Pair { .. } => self.to_string(),
        }
    }
}

/// The fix in the line of the version, or the pair. A line without a fix has the fixes of others.
impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { line, fixed_in, fixed_elsewhere, .. } => {
                match (fixed_in, fixed_elsewhere.as_slice()) {
                    (Some(fix), _) => write!(f, "fixed in {fix}"),
                    (None, []) => write!(f, "open in {line}"),
                    (None, fixes) => write!(f, "open in {line}, fixed in {}", fixes.join(", ")),
                }
            }
            Self::Pair { from, to } => pair_words(f, from, to),
        }
    }
}

impl fmt::Display for KnownIssueNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let predicted = if self.predicted { " (predicted)" } else { "" };
        write!(f, "known issue{predicted}, {}: {}", self.declared, self.issue)
    }
}

impl Outcome {
    /// Its key in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown(_) => "unknown",
            Self::NotReached => "not-reached",
        }
    }

    /// The reason of an unknown; `None` for any other outcome.
    pub fn doubt(self) -> Option<Doubt> {
        match self {
            Self::Unknown(doubt) => Some(doubt),
            Self::Pass | Self::Fail | Self::NotReached => None,
        }
    }
}

impl fmt::Display for Doubt {
    /// Its key in reports.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Doubt {
    /// Every reason.
    pub const ALL: [Self; 15] = [
        Self::NeverEvaluated,
        Self::Unevaluable,
        Self::MatchedNothing,
        Self::NodeNeverExisted,
        Self::StepChangedNothing,
        Self::AbsentBeforeActing,
        Self::Precondition,
        Self::Gap,
        Self::Environment,
        Self::Order,
        Self::StoreNotAsked,
        Self::HistoryTooShort,
        Self::StepUnknown,
        Self::StepRefused,
        Self::Harness,
    ];

    /// Its key in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::NeverEvaluated => "never-evaluated",
            Self::Unevaluable => "unevaluable",
            Self::MatchedNothing => "matched-nothing",
            Self::NodeNeverExisted => "node-never-existed",
            Self::StepChangedNothing => "step-changed-nothing",
            Self::AbsentBeforeActing => "absent-before-acting",
            Self::Precondition => "precondition",
            Self::Gap => "gap",
            Self::Environment => "environment",
            Self::Order => "order",
            Self::StoreNotAsked => "store-not-asked",
            Self::HistoryTooShort => "history-too-short",
            Self::StepUnknown => "step-unknown",
            Self::StepRefused => "step-refused",
            Self::Harness => "harness",
        }
    }
}

impl Verdict {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::KnownIssue => "known-issue",
            Self::Fixed => "fixed",
            Self::NotApplicable => "not-applicable",
        }
    }
}

impl CaseVerdict {
    /// Ids of the claims that failed.
    pub fn failed_claims(&self) -> Vec<&str> {
        self.findings
            .iter()
            .filter(|f| f.outcome == Outcome::Fail)
            .map(|f| f.claim.as_str())
            .collect()
    }
}
