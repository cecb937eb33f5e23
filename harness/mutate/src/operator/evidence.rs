//! Evidence that is missing, late or out of reach. The system may be right or wrong.

use model::fact::NodesFact;
use model::history::{Action, Change, Observation, Part};
use model::{Claim, Event, EventKind, Fact, History};
use serde_json::{Value, json};

use super::environment::{is_mark, sick_until_end};
use super::{Operator, awaits, is_throughout, workflow};
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
            uses_store(&failed).then(|| sick_until_end(&failed, Part::Store))
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
        |claim| awaits(claim, workflow::is_gone),
        lost,
    ),
];

/// The history without marks of watches from the first event to the completion. `None` without a
/// completion.
fn told_late(history: &History) -> Option<History> {
    let end = last_completion(history)?;
    let kept = |(index, event): &(usize, &Event)| *index > end || !is_mark(&event.kind);
    let events = history.events.iter().enumerate().filter(kept);
    Some(with_events(history, events.map(|(_, event)| event.clone()).collect()))
}

/// Whether the workflow of the case uses the object store.
fn uses_store(history: &History) -> bool {
    history.events.iter().any(|event| {
        matches!(&event.kind,
            EventKind::StepBegun {
                action: Action::Submit { workflow } | Action::Restore { workflow }, ..
            } if model::store_use::uses_store(workflow))
    })
}

/// Whether the claim cannot be told without the nodes. A fact with other leaves may be told.
fn reads_nodes(claim: &Claim) -> bool {
    let of_nodes = |fact: &Fact| {
        matches!(
            fact,
            Fact::Nodes(
                NodesFact::Fulfilled
                    | NodesFact::Tree(_)
                    | NodesFact::Output(_)
                    | NodesFact::Node(_)
            )
        )
    };
    of_nodes(&claim.fact) && (is_throughout(claim) || awaits(claim, of_nodes))
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

/// The history with a gap and a relist in place of each deletion. `None` without a deletion.
fn lost(history: &History) -> Option<History> {
    let mut found = false;
    let edited = each(history, |event| {
        let EventKind::Observed(Observation { change: Change::Deleted, kind, .. }) = &event.kind
        else {
            return vec![event.kind.clone()];
        };
        found = true;
        let gap = EventKind::Gap { kind: *kind, reason: "410 Gone".to_owned() };
        let version = event.n.to_string();
        vec![gap, EventKind::Bookmark { kind: *kind, version, asked_at: event.at }]
    });
    found.then_some(edited)
}
