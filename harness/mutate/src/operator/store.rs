//! Faults of objects in the object store, and of its answers.

use model::fact::StoreFact;
use model::history::Part;
use model::{Claim, EventKind, Fact, History};

use super::{Operator, asks_store, awaits, demands, forbids, workflow};
use crate::edit::{each, lingering};

pub(super) const OPERATORS: &[Operator] = &[
    OBJECTS_STAY,
    Operator::fault(
        "objects-left-behind",
        "the finalizer goes and the objects stay",
        workflow::is_guarded,
        stay,
    ),
    Operator::fault(
        "objects-vanish",
        "the store never holds anything",
        |c| awaits(c, needs_objects) || demands(c, needs_objects),
        |history| held(history, |_| Vec::new()).map(|h| lingering(&h)),
    ),
    Operator::fault(
        "objects-come-back",
        "collected objects come back",
        |c| forbids(c, |f| matches!(f, Fact::Store(StoreFact::Objects(n)) if n.admits(1))),
        stay,
    ),
    Operator::blur("store-answers-403", "the store refuses each listing", asks_store, |history| {
        answers(history, "403 Forbidden: AccessDenied")
    }),
    Operator::blur("store-answers-500", "the store is broken", asks_store, |history| {
        answers(history, "500 Internal Server Error")
    }),
    Operator::blur("store-silent", "the store is never listed", asks_store, |history| {
        Some(each(history, |event| {
            let of_store = matches!(
                event.kind,
                EventKind::Listed { .. } | EventKind::Probed { part: Part::Store, .. }
            );
            if of_store { Vec::new() } else { vec![event.kind.clone()] }
        }))
    }),
];

/// The twin of the operators that hide the fault in an unhealthy environment.
pub(super) const OBJECTS_STAY: Operator = Operator::fault(
    "objects-never-deleted",
    "the objects of the store stay",
    |c: &Claim| awaits(c, |f| matches!(f, Fact::Store(StoreFact::Objects(n)) if n.admits(0))),
    stay,
);

/// The history in which every listing also has the keys of all earlier listings.
fn stay(history: &History) -> Option<History> {
    let mut all: Vec<String> = Vec::new();
    let edited = held(history, |keys| {
        all.extend(keys.iter().cloned());
        all.sort();
        all.dedup();
        all.clone()
    });
    edited.map(|history| lingering(&history))
}

fn needs_objects(fact: &Fact) -> bool {
    let Fact::Store(fact) = fact else { return false };
    match fact {
        StoreFact::Objects(count) => !count.admits(0),
        StoreFact::Object(object) => object.there,
    }
}

/// The history with other listings; `None` without a change.
fn held(history: &History, mut change: impl FnMut(&[String]) -> Vec<String>) -> Option<History> {
    let edited = each(history, |event| {
        let EventKind::Listed { asked_at: asked, keys, .. } = &event.kind else {
            return vec![event.kind.clone()];
        };
        vec![EventKind::Listed { asked_at: *asked, keys: change(keys), etags: Vec::new() }]
    });
    (edited != *history).then_some(edited)
}

fn answers(history: &History, trouble: &str) -> Option<History> {
    let edited = each(history, |event| {
        if matches!(event.kind, EventKind::Listed { .. }) {
            return Vec::new();
        }
        if matches!(event.kind, EventKind::Probed { part: Part::Store, .. }) {
            return vec![EventKind::Probed { part: Part::Store, error: Some(trouble.to_owned()) }];
        }
        vec![event.kind.clone()]
    });
    (edited != *history).then_some(edited)
}
