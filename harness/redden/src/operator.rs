//! The operators, one table.

mod environment;
mod memoized;
mod nodes;
mod others;
mod pods;
mod record;
mod requests;
mod store;
mod workflow;

pub(crate) use environment::sick;
pub(crate) use pods::{again, gc_pod};

use model::history::Part;
use model::{Claim, Fact, History, Modality};

/// One way in which a history is altered.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// Its name, unique.
    pub name: &'static str,
    /// What went wrong, in words.
    pub story: &'static str,
    /// What must come of it.
    pub intent: Intent,
    /// The claims that must notice.
    pub meant_for: fn(&Claim) -> bool,
    /// The mutant; `None` where the history has nothing of what is altered.
    pub mutate: fn(&History) -> Option<History>,
    /// The operator whose mutant is the same but for the trouble of the environment: where that
    /// one does not make a claim fail, this one has nothing to hide.
    pub twin: Option<&'static str>,
    /// The part whose trouble it brings. A claim that judges regardless of that part need not
    /// notice.
    pub unhealthy: Option<Part>,
}

/// What must come of a mutant for the claims that the operator is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// The system misbehaved and it was seen: fail.
    Fail,
    /// What happened was not seen well enough: unknown.
    Unknown,
    /// Fail or unknown, as the case may be.
    NotPass,
}

/// Every operator.
pub const OPERATORS: &[&[Operator]] = &[
    workflow::OPERATORS,
    nodes::OPERATORS,
    memoized::OPERATORS,
    others::OPERATORS,
    pods::OPERATORS,
    store::OPERATORS,
    requests::OPERATORS,
    environment::OPERATORS,
    record::OPERATORS,
];

impl Operator {
    /// A fault of the system, which a claim must answer with a failure.
    const fn fault(
        name: &'static str,
        story: &'static str,
        meant_for: fn(&Claim) -> bool,
        mutate: fn(&History) -> Option<History>,
    ) -> Self {
        Self { name, story, intent: Intent::Fail, meant_for, mutate, twin: None, unhealthy: None }
    }

    /// Something that was not seen well enough.
    const fn blur(
        name: &'static str,
        story: &'static str,
        meant_for: fn(&Claim) -> bool,
        mutate: fn(&History) -> Option<History>,
    ) -> Self {
        Self {
            name,
            story,
            intent: Intent::Unknown,
            meant_for,
            mutate,
            twin: None,
            unhealthy: None,
        }
    }

    /// As [`Self::blur`], of a fault that is seen while the environment is in trouble.
    const fn hidden(
        name: &'static str,
        story: &'static str,
        twin: &'static Operator,
        mutate: fn(&History) -> Option<History>,
    ) -> Self {
        let meant_for = twin.meant_for;
        let twin = Some(twin.name);
        Self { name, story, intent: Intent::Unknown, meant_for, mutate, twin, unhealthy: None }
    }
}

impl Operator {
    /// The same with the part whose trouble it brings.
    const fn of(self, part: Part) -> Self {
        Self { unhealthy: Some(part), ..self }
    }

    /// Whether the claim must notice the mutant.
    pub fn is_meant_for(&self, claim: &Claim) -> bool {
        let heeds = self.unhealthy.is_none_or(|part| claim.regardless != Some(part));
        heeds && (self.meant_for)(claim)
    }
}

/// Whether the claim fails if such a fact never comes: an `eventually`, the end of an `until`, the
/// answer of a `leads-to`.
fn awaits(claim: &Claim, test: impl Fn(&Fact) -> bool) -> bool {
    match &claim.modality {
        Modality::Eventually { .. } | Modality::LeadsTo { .. } => has(&claim.fact, &test),
        Modality::Until { until, .. } => has(until, &test),
        Modality::Always { .. } | Modality::Never { .. } | Modality::Happens { .. } => false,
    }
}

/// Whether the claim is a `never` with such a fact in it.
fn forbids(claim: &Claim, test: impl Fn(&Fact) -> bool) -> bool {
    matches!(claim.modality, Modality::Never { .. }) && has(&claim.fact, &test)
}

/// Whether the claim fails if such a fact does not stay: an `always`, or an `always … until`.
fn demands(claim: &Claim, test: impl Fn(&Fact) -> bool) -> bool {
    matches!(claim.modality, Modality::Always { .. } | Modality::Until { .. })
        && has(&claim.fact, &test)
}

/// Whether the claim is about every moment of its window.
fn is_throughout(claim: &Claim) -> bool {
    match claim.modality {
        Modality::Always { .. } | Modality::Never { .. } | Modality::Until { .. } => true,
        Modality::Eventually { .. } | Modality::LeadsTo { .. } | Modality::Happens { .. } => false,
    }
}

/// Whether the claim speaks of objects.
fn asks_store(claim: &Claim) -> bool {
    claim.asks_store()
}

/// Whether the fact is, or holds, such a fact.
fn has(fact: &Fact, test: &impl Fn(&Fact) -> bool) -> bool {
    fact.leaves().into_iter().any(test)
}

fn every_claim(_: &Claim) -> bool {
    true
}
