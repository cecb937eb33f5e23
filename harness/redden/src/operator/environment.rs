//! Trouble of the environment: what happened in it cannot be laid at Argo's door, and what was not
//! seen in it did not fail to happen.

use model::history::{Kind, Part};
use model::{History, What};

use super::{Operator, is_throughout, store, workflow};
use crate::edit::{after_each, each, is_done};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::blur("watch-gap", "each watch loses something in each window", is_throughout, gap),
    Operator::blur("watches-stall", "the watches stall in each window", is_throughout, |history| {
        after_each(history, |event| is_done(event).then(|| vec![trouble(Part::Watches)]))
    }),
    Operator::blur("api-down", "the API server is away in each window", is_throughout, |history| {
        after_each(history, |event| is_done(event).then(|| vec![trouble(Part::Api)]))
    }),
    Operator::hidden(
        "controller-restarted",
        "it hangs before it completes, and the controller was restarted",
        &workflow::NEVER_COMPLETES,
        |history| (workflow::NEVER_COMPLETES.mutate)(history).map(|h| sick(&h, Part::Controller)),
    ),
    Operator::hidden(
        "node-not-ready",
        "it hangs before it completes, and the node is not ready",
        &workflow::NEVER_COMPLETES,
        |history| (workflow::NEVER_COMPLETES.mutate)(history).map(|h| sick(&h, Part::Node)),
    ),
    Operator::hidden(
        "controller-silent",
        "its completion is forgotten, and nothing is heard of the controller",
        &workflow::FORGOTTEN,
        |history| (workflow::FORGOTTEN.mutate)(history).map(|h| silent(&h, Part::Controller)),
    ),
    Operator::hidden(
        "api-gone-while-finalizer-stays",
        "the finalizer is not removed, and the API server is away",
        &workflow::FINALIZER_STAYS,
        |history| (workflow::FINALIZER_STAYS.mutate)(history).map(|h| sick(&h, Part::Api)),
    ),
    Operator::hidden(
        "watches-silent-while-not-deleted",
        "its deletion is not seen, and nothing is heard of the watches",
        &workflow::NEVER_DELETED,
        |history| (workflow::NEVER_DELETED.mutate)(history).map(|h| silent(&h, Part::Watches)),
    ),
    Operator::hidden(
        "store-broken-while-objects-stay",
        "the objects stay, and the store answers 500 now and then",
        &store::OBJECTS_STAY,
        |history| (store::OBJECTS_STAY.mutate)(history).map(|h| sick(&h, Part::Store)),
    ),
];

fn gap(history: &History) -> Option<History> {
    let gap = |kind| What::Gap { kind, reason: "410 Gone".to_owned() };
    after_each(history, |event| is_done(event).then(|| Kind::ALL.map(gap).to_vec()))
}

fn trouble(part: Part) -> What {
    What::Probed { part, trouble: Some("it does not answer".to_owned()) }
}

/// The part is in trouble whenever it is asked.
fn sick(history: &History, sick: Part) -> History {
    each(history, |event| match &event.what {
        What::Probed { part, .. } if *part == sick => vec![trouble(sick)],
        what => vec![what.clone()],
    })
}

/// Nothing is heard of the part.
fn silent(history: &History, silent: Part) -> History {
    each(history, |event| match &event.what {
        What::Probed { part, .. } if *part == silent => Vec::new(),
        what => vec![what.clone()],
    })
}
