//! The parts and kinds whose health a verdict needs.

use std::collections::BTreeSet;

use model::Claim;
use model::history::{Kind, Part};

/// Parts, and kinds whose watch counts.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    parts: BTreeSet<Part>,
    kinds: BTreeSet<Kind>,
    excuses_unobserved: bool,
}

impl Scope {
    /// The scope of a failure: every part. The object store counts if the workflow uses it or the
    /// claim speaks of it. The silence of a part that the run may not observe does not count.
    pub(crate) fn of_failure(claim: &Claim, uses_store: bool) -> Self {
        let excuses_unobserved = true;
        Self { excuses_unobserved, ..Self::of(claim, uses_store || asks_store(claim)) }
    }

    /// The scope of a pass by absence: every observer, the controller and the nodes. The object
    /// store is an observer if the claim speaks of it.
    pub(crate) fn of_absence(claim: &Claim) -> Self {
        Self::of(claim, asks_store(claim))
    }

    fn of(claim: &Claim, with_store: bool) -> Self {
        let counts = |part: &Part| match part {
            Part::Store => with_store,
            Part::Api | Part::Node | Part::Controller | Part::Watches | Part::Harness => true,
        };
        let judged = |part: &Part| claim.regardless != Some(*part);
        Self {
            parts: Part::ALL.into_iter().filter(counts).filter(judged).collect(),
            kinds: claim.kinds(),
            excuses_unobserved: false,
        }
    }

    /// Whether the silence of a part that the run may not observe does not count.
    pub(crate) fn excuses_unobserved(&self) -> bool {
        self.excuses_unobserved
    }

    pub(crate) fn parts(&self) -> impl Iterator<Item = Part> {
        self.parts.iter().copied()
    }

    pub(crate) fn kinds(&self) -> impl Iterator<Item = Kind> {
        self.kinds.iter().copied()
    }

    pub(crate) fn has(&self, part: Part) -> bool {
        self.parts.contains(&part)
    }
}

fn asks_store(claim: &Claim) -> bool {
    claim.asks_store() || claim.asks_requests()
}
