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
    /// The scope of a failure: every part. The silence of a part that the run may not observe does
    /// not count.
    pub(crate) fn of_failure(claim: &Claim, uses_store: bool) -> Self {
        Self { excuses_unobserved: true, ..Self::of_absence(claim, uses_store) }
    }

    /// The scope of a pass by absence: every part. The object store counts if the workflow uses it
    /// or the claim speaks of it.
    pub(crate) fn of_absence(claim: &Claim, uses_store: bool) -> Self {
        let with_store = uses_store || claim.asks_store() || claim.asks_requests();
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
