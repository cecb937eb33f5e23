//! Unhealthy environments. A fault there proves nothing against Argo, and an unseen event may have
//! happened.

use model::history::{Kind, Part, Unobserved};
use model::{Claim, Event, EventKind, Fact, History};

use super::{Operator, asks_store, awaits, is_throughout, store, workflow};
use crate::edit::{after_each, each, is_done, last_completion, with_events};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::blur("watch-gap", "each watch loses something in each window", is_throughout, gap),
    Operator::blur("watches-stall", "the watches stall in each window", is_throughout, |history| {
        after_each(history, |event| is_done(event).then(|| vec![trouble(Part::Watches)]))
    }),
    Operator::blur("api-down", "the API server is away in each window", is_throughout, |history| {
        after_each(history, |event| is_done(event).then(|| vec![trouble(Part::Api)]))
    })
    .of(Part::Api),
    Operator::blur(
        "controller-dead",
        "the controller is dead from the first step on",
        rests_on_absence,
        |history| Some(sick_from_first_step(history, Part::Controller)),
    )
    .of(Part::Controller),
    Operator::blur(
        "node-dead",
        "the node is not ready from the first step on",
        rests_on_absence,
        |history| Some(sick_from_first_step(history, Part::Node)),
    )
    .of(Part::Node),
    Operator::blur(
        "node-unobserved",
        "the run may not observe the node, and nothing is heard of it after the first step",
        rests_on_absence,
        |history| {
            let silent = without(history, |what| is_probe_of(what, Part::Node));
            Some(unobserved(&silent, Part::Node))
        },
    )
    .of(Part::Node),
    Operator::fault(
        "fails-unobserved",
        "it fails instead of succeeding, and the run may not observe the node",
        workflow::FAILS_INSTEAD.meant_for,
        |history| {
            let failed = (workflow::FAILS_INSTEAD.mutate)(history)?;
            Some(unobserved(&silent(&failed, Part::Node), Part::Node))
        },
    ),
    Operator::blur(
        "watches-dead",
        "the watches are broken from the first step on",
        rests_on_absence,
        |history| Some(sick_from_first_step(history, Part::Watches)),
    ),
    Operator::blur(
        "nothing-heard",
        "no probe and no mark comes after the first step",
        rests_on_absence,
        |history| Some(without(history, |what| is_probe(what) || is_mark(what))),
    ),
    Operator::blur(
        "harness-stopped",
        "the harness gives no sign after the first step",
        rests_on_absence,
        |history| Some(without(history, |what| is_probe_of(what, Part::Harness))),
    ),
    Operator::blur(
        "watches-silent",
        "no mark of a watch comes after the first step",
        rests_on_absence,
        |history| Some(without(history, is_mark)),
    ),
    Operator::blur(
        "store-listed-once",
        "the store is listed once after the first step",
        |claim| is_throughout(claim) && asks_store(claim),
        store_silent,
    ),
    Operator::blur(
        "gap-before-window",
        "each watch loses something just before each window",
        is_throughout,
        |history| Some(gap_before(history)),
    ),
    Operator::hidden(
        "node-unhealthy-before-failure",
        "it fails, and the node was not ready until then",
        &workflow::FAILS_INSTEAD,
        |history| (workflow::FAILS_INSTEAD.mutate)(history).map(|h| sick_until_end(&h, Part::Node)),
    )
    .of(Part::Node),
    Operator::hidden(
        "api-unhealthy-before-error",
        "it errs, and the API server was away until then",
        &workflow::ERRORS_INSTEAD,
        |history| (workflow::ERRORS_INSTEAD.mutate)(history).map(|h| sick_until_end(&h, Part::Api)),
    )
    .of(Part::Api),
    Operator::hidden(
        "controller-restarted",
        "it hangs before it completes, and the controller was restarted",
        &workflow::NEVER_COMPLETES,
        |history| {
            (workflow::NEVER_COMPLETES.mutate)(history).map(|h| unhealthy(&h, Part::Controller))
        },
    )
    .of(Part::Controller),
    Operator::hidden(
        "node-not-ready",
        "it hangs before it completes, and the node is not ready",
        &workflow::NEVER_COMPLETES,
        |history| (workflow::NEVER_COMPLETES.mutate)(history).map(|h| unhealthy(&h, Part::Node)),
    )
    .of(Part::Node),
    Operator::hidden(
        "controller-silent",
        "its completion is forgotten, and nothing is heard of the controller",
        &workflow::FORGOTTEN,
        |history| (workflow::FORGOTTEN.mutate)(history).map(|h| silent(&h, Part::Controller)),
    )
    .of(Part::Controller),
    Operator::hidden(
        "api-gone-while-finalizer-stays",
        "the finalizer is not removed, and the API server is away",
        &workflow::FINALIZER_STAYS,
        |history| (workflow::FINALIZER_STAYS.mutate)(history).map(|h| unhealthy(&h, Part::Api)),
    )
    .of(Part::Api),
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
        |history| (store::OBJECTS_STAY.mutate)(history).map(|h| unhealthy(&h, Part::Store)),
    )
    .of(Part::Store),
];

fn gap(history: &History) -> Option<History> {
    let gap = |kind| EventKind::Gap { kind, reason: "410 Gone".to_owned() };
    after_each(history, |event| is_done(event).then(|| Kind::ALL.map(gap).to_vec()))
}

/// Whether a pass of the claim can rest on events that were not seen.
fn rests_on_absence(claim: &Claim) -> bool {
    is_throughout(claim) || awaits(claim, Fact::is_absence) && !has_any(&claim.fact)
}

fn has_any(fact: &Fact) -> bool {
    let is_any = matches!(fact, Fact::Any(_));
    is_any || fact.members().is_some_and(|facts| facts.iter().any(has_any))
}

fn is_probe(what: &EventKind) -> bool {
    matches!(what, EventKind::Probed { .. })
}

fn is_probe_of(what: &EventKind, asked: Part) -> bool {
    matches!(what, EventKind::Probed { part, .. } if *part == asked)
}

pub(super) fn is_mark(what: &EventKind) -> bool {
    matches!(what, EventKind::Bookmark { .. })
}

/// Index of the event after the end of the first step that is done.
fn first_step(history: &History) -> usize {
    history.events.iter().position(is_done).map_or(0, |index| index + 1)
}

/// The part is unhealthy in every probe after the first step.
fn sick_from_first_step(history: &History, part: Part) -> History {
    let first = first_step(history) as u64;
    each(history, |event| match &event.kind {
        what if event.n > first && is_probe_of(what, part) => vec![trouble(part)],
        what => vec![what.clone()],
    })
}

/// The part is unhealthy in every probe before the completion, and healthy after.
pub(super) fn sick_until_end(history: &History, part: Part) -> History {
    let end = last_completion(history).map_or(u64::MAX, |index| index as u64);
    each(history, |event| match &event.kind {
        what if event.n < end && is_probe_of(what, part) => vec![trouble(part)],
        what => vec![what.clone()],
    })
}

/// The history without such events after the first step.
fn without(history: &History, gone: impl Fn(&EventKind) -> bool) -> History {
    let first = first_step(history) as u64;
    let kept = |event: &&Event| event.n <= first || !gone(&event.kind);
    with_events(history, history.events.iter().filter(kept).cloned().collect())
}

/// The history with one listing after the first step and no later probe of the object store. `None`
/// if the silence is short.
fn store_silent(history: &History) -> Option<History> {
    let first = first_step(history) as u64;
    let is_listing =
        |event: &Event| matches!(event.kind, EventKind::Listed { .. }) && event.n > first;
    let listing = history.events.iter().find(|event| is_listing(event))?;
    let end = history.events.last()?.at;
    let kept = |event: &&Event| {
        event.n <= listing.n || !(is_listing(event) || is_probe_of(&event.kind, Part::Store))
    };
    let events = history.events.iter().filter(kept).cloned().collect();
    (end > listing.at + judge::MAX_SILENCE).then(|| with_events(history, events))
}

/// The history with a gap in each watch just before each step ends.
fn gap_before(history: &History) -> History {
    let gap = |kind| EventKind::Gap { kind, reason: "410 Gone".to_owned() };
    each(history, |event| {
        let gaps = if is_done(event) { Kind::ALL.map(gap).to_vec() } else { Vec::new() };
        gaps.into_iter().chain([event.kind.clone()]).collect()
    })
}

fn trouble(part: Part) -> EventKind {
    EventKind::Probed { part, error: Some("it does not answer".to_owned()) }
}

/// The history begins with the event that the run may not observe the part.
fn unobserved(history: &History, part: Part) -> History {
    let reason = "nodes is forbidden".to_owned();
    let named = EventKind::Unobserved(Unobserved { part, reason });
    each(history, |event| {
        let first = (event.n == 1).then(|| named.clone());
        first.into_iter().chain([event.kind.clone()]).collect()
    })
}

/// The part is unhealthy in every probe.
pub(crate) fn unhealthy(history: &History, unhealthy: Part) -> History {
    each(history, |event| {
        let is_unhealthy =
            matches!(&event.kind, EventKind::Probed { part, .. } if *part == unhealthy);
        vec![if is_unhealthy { trouble(unhealthy) } else { event.kind.clone() }]
    })
}

/// The history without probes of the part.
fn silent(history: &History, silent: Part) -> History {
    each(history, |event| {
        let is_silent = matches!(&event.kind, EventKind::Probed { part, .. } if *part == silent);
        if is_silent { Vec::new() } else { vec![event.kind.clone()] }
    })
}
