//! Faults of the workflow's nodes.

use model::history::Change;
use model::{Claim, Fact, History, What};
use serde_json::{Value, json};

use super::{Operator, awaits, demands, has};
use crate::edit::{after_each, each_workflow, lingering, modified, workflow};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::fault(
        "node-flaps",
        "every node runs again for a moment after each state of the workflow",
        |c| demands(c, speaks_of_phase),
        flap,
    ),
    Operator::fault("nodes-fail", "every node fails", of_node_phase, |history| {
        let edited = each_workflow(history, |seen| {
            each_node(&mut seen.object, |node| node["phase"] = json!("Failed"))
        });
        edited.map(|history| lingering(&history))
    }),
    Operator::fault(
        "nodes-start-anew",
        "after a step, every node has another start time",
        |c| demands(c, speaks_of_start) || awaits(c, speaks_of_start),
        start_anew,
    ),
    Operator::fault("node-stays-running", "no node gets a final phase", of_fulfilment, |history| {
        let edited = each_workflow(history, |seen| {
            each_node(&mut seen.object, |node| node["phase"] = json!("Running"))
        });
        edited.map(|history| lingering(&history))
    }),
];

fn speaks_of_phase(fact: &Fact) -> bool {
    matches!(fact, Fact::Node(node) if node.phase.is_some())
}

fn speaks_of_start(fact: &Fact) -> bool {
    matches!(fact, Fact::Node(node) if node.started_as_at.is_some())
}

fn of_node_phase(claim: &Claim) -> bool {
    let succeeded = |fact: &Fact| match fact {
        Fact::Node(node) => node.phase.as_ref().is_some_and(|p| !p.iter().any(|p| p == "Failed")),
        _ => false,
    };
    demands(claim, succeeded) || awaits(claim, succeeded)
}

fn of_fulfilment(claim: &Claim) -> bool {
    awaits(claim, |f| matches!(f, Fact::NodesFulfilled)) && has(&claim.fact, &|_| true)
}

/// Changes every node of a workflow; whether there was one.
pub(super) fn each_node(object: &mut Value, mut change: impl FnMut(&mut Value)) -> bool {
    let nodes = object["status"]["nodes"].as_object_mut();
    let mut found = false;
    for node in nodes.into_iter().flat_map(|nodes| nodes.values_mut()) {
        change(node);
        found = true;
    }
    found
}

fn flap(history: &History) -> Option<History> {
    after_each(history, |event| {
        let seen = workflow(history, event).filter(|s| s.change != Change::Deleted)?;
        let mut found = false;
        let running = modified(seen, |object| {
            found = each_node(object, |node| node["phase"] = json!("Running"));
        });
        found.then(|| vec![running, event.what.clone()])
    })
}

fn start_anew(history: &History) -> Option<History> {
    let first = history.events.iter().find(|e| matches!(e.what, What::StepEnded { .. }))?.n;
    let begun = history.events.iter().rev().find(|e| {
        let verb = |action: &str| action.starts_with("argo ");
        matches!(&e.what, What::StepBegun { action, .. } if verb(action))
    });
    let from = begun.map_or(first, |e| e.n);
    let mut edited = history.clone();
    let mut found = false;
    for event in edited.events.iter_mut().filter(|e| e.n > from) {
        if workflow(history, event).is_some()
            && let What::Seen(seen) = &mut event.what
        {
            found |= each_node(&mut seen.object, |node| {
                node["startedAt"] = json!("2099-01-01T00:00:00Z");
            });
        }
    }
    found.then_some(edited)
}
