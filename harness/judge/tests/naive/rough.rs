//! Outcomes without their reasons.

use model::verdict::Outcome;

/// An outcome by the tables, which give no reason of an unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rough {
    Pass,
    Fail,
    Unknown,
    NotReached,
}

impl Rough {
    /// The outcome of the judge without its reason.
    pub(crate) fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail => Self::Fail,
            Outcome::Unknown(_) => Self::Unknown,
            Outcome::NotReached => Self::NotReached,
        }
    }
}
