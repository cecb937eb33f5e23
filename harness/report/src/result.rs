//! The result of a run: one word and one exit code, the same for `run`, `certify` and `verify`.
//!
//! | result | exit code | when |
//! |---|---|---|
//! | `PASSED` | 0 | every case passed; a case that does not apply to the version counts for nothing |
//! | `WARNED` | 2 | nothing failed undeclared, and something is [a warning](Warning) |
//! | `WARNED` | 4 | no case ran |
//! | `FAILED` | 1 | anything else |

use std::fmt;

use model::verdict::{CaseVerdict, Verdict};

use crate::exit;
use crate::left_out::LeftOut;
use crate::run::Untested;

/// The result of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunResult {
    /// Every case passed.
    Passed,
    /// Nothing failed undeclared, and there is a warning.
    Warned,
    /// A claim failed, or a declared failure is gone.
    Failed,
    /// No case ran.
    NothingRan,
}

/// The reason why a case or an installation keeps a run from `PASSED`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The verdict is unknown.
    Unknown,
    /// The case failed as a declared known issue, which the run accepted.
    KnownIssue,
    /// The provider cannot try the case.
    LeftOut(LeftOut),
    /// The installation could not be started.
    Untested,
}

impl Warning {
    /// The warning of a verdict; `None` for a verdict that is no warning.
    pub fn of(verdict: Verdict, left_out: Option<LeftOut>) -> Option<Self> {
        match verdict {
            Verdict::Unknown => Some(Self::Unknown),
            Verdict::KnownIssue => Some(Self::KnownIssue),
            Verdict::NotApplicable => left_out.map(Self::LeftOut),
            Verdict::Pass | Verdict::Fail | Verdict::Fixed => None,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::KnownIssue => f.write_str("failed as a declared known issue"),
            Self::LeftOut(left_out) => write!(f, "not applicable: {}", left_out.words()),
            Self::Untested => f.write_str("untested"),
        }
    }
}

impl RunResult {
    /// The result of verdicts and of `untested` installations. Each verdict has the reason of a
    /// provider, if there is one.
    pub fn of(
        verdicts: impl IntoIterator<Item = (Verdict, Option<LeftOut>)>,
        untested: usize,
    ) -> Self {
        let (mut ran, mut warned, mut failed) = (false, untested > 0, false);
        for (verdict, left_out) in verdicts {
            ran |= verdict != Verdict::NotApplicable;
            warned |= Warning::of(verdict, left_out).is_some();
            failed |= matches!(verdict, Verdict::Fail | Verdict::Fixed);
        }
        match (failed, ran || untested > 0, warned) {
            (true, _, _) => Self::Failed,
            (false, false, _) => Self::NothingRan,
            (false, true, true) => Self::Warned,
            (false, true, false) => Self::Passed,
        }
    }

    /// The result of a run from its verdicts and the number of untested installations.
    pub fn of_run(verdicts: &[CaseVerdict], untested: usize) -> Self {
        let verdicts = verdicts.iter().map(|verdict| (verdict.verdict, LeftOut::of(verdict)));
        Self::of(verdicts, untested)
    }

    /// The exit code of the process.
    pub fn code(self) -> u8 {
        match self {
            Self::Passed => exit::PASS,
            Self::Warned => exit::UNKNOWN,
            Self::Failed => exit::FAIL,
            Self::NothingRan => exit::NOTHING_RAN,
        }
    }

    /// The word of in-toto's `test-result`. A run without a case has the word `WARNED`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Passed => "PASSED",
            Self::Warned | Self::NothingRan => "WARNED",
            Self::Failed => "FAILED",
        }
    }
}

/// The exit code of the [`RunResult`] of a run.
pub fn exit_code_of_run(verdicts: &[CaseVerdict], untested: &[Untested]) -> u8 {
    RunResult::of_run(verdicts, untested.len()).code()
}

/// The exit code of the [`RunResult`] of verdicts without untested installations.
///
/// Each verdict includes the stance towards known issues. A declared failure is *fail* under
/// `--known-issues fail`. Only a run with `--known-issues expect` has the verdicts *known issue*
/// and *fixed*.
pub fn exit_code(verdicts: &[CaseVerdict]) -> u8 {
    RunResult::of_run(verdicts, 0).code()
}
