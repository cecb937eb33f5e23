//! The outcome of a claim on a mutant, and the score of one part.

use model::Untrusted;
use model::verdict::Outcome;

use crate::operator::Intent;

/// The outcome of one claim on one mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Name of the operator or of the family.
    pub operator: &'static str,
    /// The outcome that the mutant must have.
    pub intent: Intent,
    /// The outcome by the judge.
    pub outcome: Outcome,
    /// The judge's reason.
    pub reason: Untrusted,
}

impl Hit {
    /// Whether the outcome is the intended one.
    pub fn is_kill(&self) -> bool {
        match self.intent {
            Intent::Fail => self.outcome == Outcome::Fail,
            Intent::Unknown => matches!(self.outcome, Outcome::Unknown(_)),
            Intent::NotPass => self.outcome != Outcome::Pass,
        }
    }

    /// Whether the judge was fooled: the outcome is decided and the history does not show enough.
    pub fn is_fooled(&self) -> bool {
        self.intent != Intent::Fail && !self.is_kill()
    }
}

/// The score of one leaf of a claim or of a requirement, or of one symptom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartScore {
    /// The leaf or the symptom in words.
    pub part: String,
    /// The mutant on which the part decides, or the unaltered history; `None` without one.
    ///
    /// - A leaf of a claim: the claim passes with the leaf and fails without, or the other way
    ///   round.
    /// - A leaf of a requirement: the requirement is met with the leaf and not without, or the
    ///   other way round.
    /// - A symptom: a claim of the known issue fails without the symptom.
    pub by: Option<String>,
}
