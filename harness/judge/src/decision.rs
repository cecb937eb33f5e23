//! The decision on one claim.

use model::verdict::{Doubt, Outcome};
use model::world::Empty;

use crate::mark::Mark;

/// The decision on one claim: the parts of a finding that the history decides.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) outcome: Outcome,
    pub(crate) reason: String,
    pub(crate) events: Vec<u64>,
    pub(crate) decided_at: Option<u64>,
}

impl Decision {
    pub(crate) fn unknown(doubt: Doubt, reason: String, events: Vec<u64>) -> Self {
        Self { outcome: Outcome::Unknown(doubt), reason, events, decided_at: None }
    }

    pub(crate) fn pass(reason: String, events: Vec<u64>, at: Option<u64>) -> Self {
        Self { outcome: Outcome::Pass, reason, events, decided_at: at }
    }

    pub(crate) fn fail(reason: String, events: Vec<u64>, at: Option<u64>) -> Self {
        Self { outcome: Outcome::Fail, reason, events, decided_at: at }
    }

    pub(crate) fn not_reached(reason: String, mark: Mark) -> Self {
        let (events, decided_at) = (vec![mark.n], Some(mark.at));
        Self { outcome: Outcome::NotReached, reason, events, decided_at }
    }

    /// The fact spoke of nothing.
    pub(crate) fn empty(empty: &Empty, events: Vec<u64>) -> Self {
        let (doubt, reason) = match empty {
            Empty::Nothing(what) => (Doubt::MatchedNothing, format!("matched nothing: {what}")),
            Empty::NoNode(what) => (Doubt::NodeNeverExisted, what.clone()),
            Empty::NotActed(what) => (Doubt::AbsentBeforeActing, what.clone()),
        };
        Self::unknown(doubt, reason, events)
    }
}
