//! The operators, in a table for each subject.

mod controllers;
mod environment;
mod evidence;
mod failover;
mod memoized;
mod nodes;
mod others;
mod pods;
mod record;
mod replacement;
mod requests;
mod store;
mod workflow;

pub(crate) use environment::unhealthy;
pub(crate) use pods::{again, gc_pod};

use model::history::Part;
use model::{Claim, Fact, History, Modality};

/// One alteration of histories.
#[derive(Clone, Copy, Debug)]
pub struct Operator {
    /// The name, unique.
    pub name: &'static str,
    /// The fault, in words.
    pub story: &'static str,
    /// The outcome that the mutant must have.
    pub intent: Intent,
    /// The claims to which the intent applies.
    pub meant_for: fn(&Claim) -> bool,
    /// The mutant; `None` for a history without anything to alter.
    pub mutate: fn(&History) -> Option<History>,
    /// The operator with the same fault in a healthy environment. The intent applies only to claims
    /// that fail on the twin's mutant.
    pub twin: Option<&'static str>,
    /// The part whose trouble it brings. A claim that judges regardless of that part need not
    /// notice.
    pub unhealthy: Option<Part>,
}

/// The outcome that a claim must have on a mutant that is meant for the claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Fail: the history shows the fault.
    Fail,
    /// Unknown: the history does not show enough.
    Unknown,
    /// Fail or unknown.
    NotPass,
}

/// Every operator, in a table for each subject.
pub const OPERATORS: &[&[Operator]] = &[
    workflow::OPERATORS,
    nodes::OPERATORS,
    memoized::OPERATORS,
    others::OPERATORS,
    pods::OPERATORS,
    store::OPERATORS,
    requests::OPERATORS,
    environment::OPERATORS,
    evidence::OPERATORS,
    record::OPERATORS,
    replacement::OPERATORS,
    failover::OPERATORS,
];

impl Operator {
    /// A fault of the system, with the intent [`Intent::Fail`].
    const fn fault(
        name: &'static str,
        story: &'static str,
        meant_for: fn(&Claim) -> bool,
        mutate: fn(&History) -> Option<History>,
    ) -> Self {
        Self { name, story, intent: Intent::Fail, meant_for, mutate, twin: None, unhealthy: None }
    }

    /// A history that does not show enough, with the intent [`Intent::Unknown`].
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

    /// A fault of the system in an unhealthy environment, with the intent [`Intent::Unknown`].
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

/// Whether the claim fails if such a fact never comes. The fact is that of an `eventually` or a
/// `leads-to`, or the end of an `until`.
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

/// Whether the claim fails if such a fact does not stay: an `always` or an `until`.
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

/// Whether the claim has a fact about objects in the object store.
fn asks_store(claim: &Claim) -> bool {
    claim.asks_store()
}

/// Whether the fact has such a leaf.
fn has(fact: &Fact, test: &impl Fn(&Fact) -> bool) -> bool {
    fact.leaves().into_iter().any(test)
}

fn every_claim(_: &Claim) -> bool {
    true
}
