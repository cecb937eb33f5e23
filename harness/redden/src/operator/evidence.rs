//! Evidence that is missing, late or out of reach. The system may be right or wrong.

use model::history::{Action, Change, Part, Seen};
use model::{Claim, Event, Fact, History, What};
use serde_json::{Value, json};

use super::environment::{is_mark, is_probe_of, trouble};
use super::{Operator, awaits, has, is_throughout, workflow};
use crate::edit::{each, each_workflow, last_completion, with_events};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::hidden(
        "completion-told-late",
        "its completion arrives late, and no watch told anything until then",
        &workflow::COMPLETES_LATE,
        |history| (workflow::COMPLETES_LATE.mutate)(history).and_then(|h| told_late(&h)),
    ),
    Operator::hidden(
        "store-unhealthy-before-failure",
        "it uses the object store and fails, and the object store was unhealthy until then",
        &workflow::FAILS_INSTEAD,
        |history| {
            let failed = (workflow::FAILS_INSTEAD.mutate)(history)?;
            uses_store(&failed).then(|| store_unhealthy_until_end(&failed))
        },
    )
    .of(Part::Store),
    Operator::blur(
        "nodes-offloaded",
        "the nodes of the workflow are in a database",
        reads_nodes,
        offloaded,
    ),
    Operator::blur(
        "deletions-lost",
        "each deletion falls into a gap, and the relist does not show the object",
        |claim| awaits(claim, is_deletion),
        lost,
    ),
];

/// The history without marks of watches from the first event to the completion. `None` without a
/// completion.
fn told_late(history: &History) -> Option<History> {
    let end = last_completion(history)?;
    let kept = |(index, event): &(usize, &Event)| *index > end || !is_mark(&event.what);
    let events = history.events.iter().enumerate().filter(kept);
    Some(with_events(history, events.map(|(_, event)| event.clone()).collect()))
}

/// Whether the submitted workflow uses the object store.
fn uses_store(history: &History) -> bool {
    history.events.iter().any(|event| match &event.what {
        What::StepBegun { action: Action::Submit { workflow }, .. } => {
            model::store_use::uses_store(workflow)
        }
        _ => false,
    })
}

/// The object store is unhealthy in every probe before the completion.
fn store_unhealthy_until_end(history: &History) -> History {
    let end = last_completion(history).map_or(u64::MAX, |index| index as u64);
    each(history, |event| match &event.what {
        what if event.n < end && is_probe_of(what, Part::Store) => vec![trouble(Part::Store)],
        what => vec![what.clone()],
    })
}

/// Whether the claim cannot be told without the nodes. A fact with `any` may be told without them.
fn reads_nodes(claim: &Claim) -> bool {
    let is_plain = !has(&claim.fact, &|fact| matches!(fact, Fact::Any(_)));
    let of_nodes = |fact: &Fact| {
        matches!(fact, Fact::NodesFulfilled | Fact::NodeTree(_) | Fact::Output(_) | Fact::Node(_))
    };
    let alone = !matches!(claim.fact, Fact::Any(_) | Fact::All(_)) && of_nodes(&claim.fact);
    is_plain && alone && (is_throughout(claim) || awaits(claim, of_nodes))
}

/// The history with every workflow's nodes out of reach.
fn offloaded(history: &History) -> Option<History> {
    each_workflow(history, |seen| {
        let status = &mut seen.object["status"];
        let has_nodes = status["nodes"].as_object().is_some_and(|nodes| !nodes.is_empty());
        if has_nodes {
            status["nodes"] = Value::Null;
            status["offloadNodeStatusVersion"] = json!("fnv:1");
        }
        has_nodes
    })
}

/// Whether the fact is the end of an object.
fn is_deletion(fact: &Fact) -> bool {
    matches!(fact, Fact::Workflow(model::fact::Presence::Gone))
}

/// The history with a gap and a relist in place of each deletion.
fn lost(history: &History) -> Option<History> {
    let is_deletion = |what: &What| match what {
        What::Seen(Seen { change: Change::Deleted, kind, .. }) => Some(*kind),
        _ => None,
    };
    history.events.iter().any(|event| is_deletion(&event.what).is_some()).then(|| {
        each(history, |event| match is_deletion(&event.what) {
            Some(kind) => vec![
                What::Gap { kind, reason: "410 Gone".to_owned() },
                What::Watching { kind, version: event.n.to_string(), asked: event.at },
            ],
            None => vec![event.what.clone()],
        })
    })
}
