//! The short words for verdicts and outcomes, the same in every report for people.

use model::verdict::{Outcome, Verdict};

use crate::style::Tone;

/// The word for an installation that could not be started.
pub(crate) const UNTESTED: &str = "untested";

/// The word in a line or a table cell. Capitals and `!` mark failures without colour too.
pub(crate) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::Unknown => "unknown",
        Verdict::KnownIssue => "known",
        Verdict::Fixed => "fixed!",
        Verdict::NotApplicable => "n/a",
    }
}

/// The tone of a verdict.
pub(crate) fn tone(verdict: Verdict) -> Tone {
    match verdict {
        Verdict::Pass => Tone::Good,
        Verdict::Fail => Tone::Bad,
        Verdict::Unknown => Tone::Doubtful,
        Verdict::KnownIssue => Tone::Known,
        Verdict::Fixed => Tone::News,
        Verdict::NotApplicable => Tone::Quiet,
    }
}

/// The rank of a verdict from best (0) to worst (5).
pub(crate) fn weight(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::NotApplicable => 0,
        Verdict::Pass => 1,
        Verdict::KnownIssue => 2,
        Verdict::Unknown => 3,
        Verdict::Fixed => 4,
        Verdict::Fail => 5,
    }
}

/// The word for the outcome of a claim.
pub(crate) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "holds",
        Outcome::Fail => "FAILED",
        Outcome::Unknown(_) => "unknown",
        Outcome::NotReached => "not reached",
    }
}
