//! The decision on one claim.

use model::verdict::{Doubt, Outcome};
use model::world::Empty;

use crate::mark::Mark;

/// The decision on one claim: the parts of a finding that the history decides.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) outcome: Outcome,
    pub(crate) because: String,
    pub(crate) events: Vec<u64>,
    pub(crate) decided_at: Option<u64>,
}

impl Decision {
    pub(crate) fn unknown(doubt: Doubt, because: String, events: Vec<u64>) -> Self {
        Self { outcome: Outcome::Unknown(doubt), because, events, decided_at: None }
    }

    pub(crate) fn pass(because: String, events: Vec<u64>, at: Option<u64>) -> Self {
        Self { outcome: Outcome::Pass, because, events, decided_at: at }
    }

    pub(crate) fn fail(because: String, events: Vec<u64>, at: Option<u64>) -> Self {
        Self { outcome: Outcome::Fail, because, events, decided_at: at }
    }

    pub(crate) fn not_reached(because: String, mark: Mark) -> Self {
        let (events, decided_at) = (vec![mark.n], Some(mark.at));
        Self { outcome: Outcome::NotReached, because, events, decided_at }
    }

    /// The fact spoke of nothing.
    pub(crate) fn empty(empty: &Empty, events: Vec<u64>) -> Self {
        let (doubt, because) = match empty {
            Empty::Nothing(what) => (Doubt::MatchedNothing, format!("matched nothing: {what}")),
            Empty::NoNode(what) => (Doubt::NodeNeverExisted, what.clone()),
            Empty::NotActed(what) => (Doubt::AbsentBeforeActing, what.clone()),
        };
        Self::unknown(doubt, because, events)
    }
}
