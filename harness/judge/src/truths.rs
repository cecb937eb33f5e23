//! The truth of a claim's facts, evaluated only when something that they read has changed.

use std::collections::BTreeSet;

use model::history::Kind;
use model::{Claim, EventKind, Fact, Modality, Truth};

use crate::moment::Moment;
use crate::store_freshness::holds;

/// The events that can change a truth of a claim.
#[derive(Clone, Debug)]
pub(crate) struct Reads {
    kinds: BTreeSet<Kind>,
    store: bool,
    requests: bool,
}

/// The truths of a claim at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Truths {
    /// The claim's fact.
    pub(crate) fact: Truth,
    /// Its `while`; true if it has none.
    pub(crate) active: Truth,
    /// The fact that closes the claim's window: its `before`, or its `until`; false if it has none.
    pub(crate) closing: Truth,
    /// The trigger of a `leads-to`; false for any other modality.
    pub(crate) trigger: Truth,
}

impl Reads {
    pub(crate) fn of(claim: &Claim) -> Self {
        let kinds = claim.kinds();
        Self { kinds, store: claim.asks_store(), requests: claim.asks_requests() }
    }

    /// Whether the event can change a truth.
    pub(crate) fn is_touched_by(&self, what: &EventKind) -> bool {
        match what {
            EventKind::Observed(seen) => self.kinds.contains(&seen.kind),
            EventKind::Listed { .. } => self.store,
            EventKind::Requested(_) => self.requests,
            EventKind::StepBegun { .. }
            | EventKind::StepEnded { .. }
            | EventKind::Bookmark { .. } => true,
            EventKind::Gap { kind, .. } => self.kinds.contains(kind),
            EventKind::Probed { .. }
            | EventKind::Unobserved(_)
            | EventKind::Controllers(_)
            | EventKind::Ended(_) => false,
        }
    }
}

impl Truths {
    /// Whether each of them is true or false.
    pub(crate) fn are_known(self) -> bool {
        let Self { fact, active, closing, trigger } = self;
        [fact, active, closing, trigger].iter().all(|truth| *truth != Truth::Unknown)
    }

    /// Whether the claim's subject is right at the moment.
    pub(crate) fn is_right(self, claim: &Claim) -> bool {
        let right = match claim.modality {
            Modality::Never { .. } => Truth::False,
            Modality::Eventually { .. }
            | Modality::Always { .. }
            | Modality::Until { .. }
            | Modality::LeadsTo { .. }
            | Modality::Happens { .. } => Truth::True,
        };
        self.fact == right
    }

    /// Evaluates the claim's facts; those about the store only if it was asked since `opened`.
    ///
    /// The answer of a `leads-to`, the end of an `until` and a time of a `happens` must come about.
    /// A truth about nothing, or about an absence from the start on, is unknown there.
    pub(crate) fn of(claim: &Claim, moment: &Moment<'_>, opened: u64) -> Self {
        let fresh = moment.freshness.is_fresh(opened);
        let holds = |fact: &Fact| holds(moment.world, fact, fresh);
        let comes_about = |fact: &Fact| {
            let truth = holds(fact);
            let of_nothing = || moment.world.holds_of_nothing(fact).is_some();
            if truth == Truth::True && of_nothing() { Truth::Unknown } else { truth }
        };
        let before = || claim.before.as_ref().map_or(Truth::False, holds);
        let (fact, closing, trigger) = match &claim.modality {
            Modality::Until { until, .. } => (holds(&claim.fact), comes_about(until), Truth::False),
            Modality::LeadsTo { trigger, .. } => {
                (comes_about(&claim.fact), before(), holds(trigger))
            }
            Modality::Happens { .. } => (comes_about(&claim.fact), before(), Truth::False),
            // An `eventually` keeps the reason why its fact has not come about.
            Modality::Eventually { .. } | Modality::Always { .. } | Modality::Never { .. } => {
                (holds(&claim.fact), before(), Truth::False)
            }
        };
        let active = claim.only_while.as_ref().map_or(Truth::True, holds);
        Self { fact, active, closing, trigger }
    }
}
