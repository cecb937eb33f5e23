//! Alterations of one node or one field of the workflow.

use model::expression::Subject;
use model::fact::{NodesFact, WorkflowFact};
use model::history::Change;
use model::{EventKind, Fact, History};
use serde_json::{Value, json};

use super::Family;
use crate::edit::{after_each, each_workflow, is_done, lingering, workflow};

pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "workflow-otherwise",
        meant_for: |fact| {
            matches!(fact, Fact::Workflow(WorkflowFact::Phase(_))) || is_expression(fact)
        },
        mutants: |history| altered(history, |object| otherwise(&mut object["status"])),
    },
    Family {
        name: "one-node-otherwise",
        meant_for: |fact| {
            matches!(fact, Fact::Nodes(NodesFact::Fulfilled))
                || matches!(fact, Fact::Nodes(NodesFact::Node(node)) if node.phase.is_some())
                || is_expression(fact)
        },
        mutants: |history| each_node(history, otherwise),
    },
    Family {
        name: "one-node-stays-running",
        meant_for: |fact| matches!(fact, Fact::Nodes(NodesFact::Fulfilled | NodesFact::Node(_))),
        mutants: |history| {
            each_node(history, |node| {
                let other = node["phase"] != "Running";
                node["phase"] = json!("Running");
                other
            })
        },
    },
    Family {
        name: "one-node-silent",
        meant_for: |fact| {
            matches!(fact, Fact::Nodes(NodesFact::Node(node))
                if node.message.is_some())
        },
        mutants: |history| each_node(history, |node| removed(node, "message")),
    },
    Family {
        name: "one-node-starts-otherwise",
        meant_for: |fact| {
            matches!(fact, Fact::Nodes(NodesFact::Node(node)) if node.started_as_at.is_some())
                || matches!(fact, Fact::Nodes(NodesFact::Starts(_)))
        },
        mutants: |history| {
            let first = history.events.iter().filter(|event| is_done(event)).nth(1);
            let from = first.map_or(0, |event| event.n);
            let nodes = nodes(history);
            let late = |id: &String| late(history, id, from);
            nodes.iter().filter_map(late).collect()
        },
    },
    Family {
        name: "one-node-without-outputs",
        meant_for: |fact| matches!(fact, Fact::Nodes(NodesFact::Output(_))) || is_expression(fact),
        mutants: |history| each_node(history, |node| removed(node, "outputs")),
    },
    Family {
        name: "one-node-not-memoized",
        meant_for: is_expression,
        mutants: |history| each_node(history, |node| removed(node, "memoizationStatus")),
    },
    Family {
        name: "one-node-missing",
        meant_for: |fact| {
            matches!(
                fact,
                Fact::Nodes(NodesFact::Attempts { .. } | NodesFact::Tree(_) | NodesFact::Starts(_))
            ) || matches!(fact, Fact::Nodes(NodesFact::Node(node)) if node.asks_existence())
        },
        mutants: |history| {
            let nodes = nodes(history);
            let without = |id: &String| {
                altered(history, |object| {
                    object["status"]["nodes"]
                        .as_object_mut()
                        .is_some_and(|n| n.shift_remove(id).is_some())
                })
            };
            nodes.iter().flat_map(without).collect()
        },
    },
    Family {
        name: "one-node-runs",
        meant_for: |fact| {
            matches!(fact, Fact::Nodes(NodesFact::Node(node))
                if node.phase.is_some())
        },
        mutants: |history| nodes(history).iter().filter_map(|id| running(history, id)).collect(),
    },
    Family {
        name: "no-finalizer",
        meant_for: |fact| matches!(fact, Fact::Workflow(WorkflowFact::Finalizer(_, true))),
        mutants: |history| {
            altered(history, |object| removed(&mut object["metadata"], "finalizers"))
        },
    },
    Family {
        name: "no-condition",
        meant_for: |fact| matches!(fact, Fact::Workflow(WorkflowFact::Condition(_, true))),
        mutants: |history| altered(history, |object| removed(&mut object["status"], "conditions")),
    },
];

/// Whether the fact is an expression about a workflow.
fn is_expression(fact: &Fact) -> bool {
    let of = |subject| matches!(subject, Subject::Workflow | Subject::OtherWorkflow);
    matches!(fact, Fact::Cel(expression) if of(expression.subject()))
}

/// Changes the phase to another one that is equally final. Returns whether there was a phase to
/// change.
fn otherwise(of: &mut Value) -> bool {
    let other = match of["phase"].as_str() {
        Some("Succeeded") => "Failed",
        Some("Failed" | "Error" | "Omitted" | "Skipped") => "Succeeded",
        Some("Running") => "Pending",
        Some("Pending") => "Running",
        _ => return false,
    };
    of["phase"] = json!(other);
    true
}

fn removed(of: &mut Value, field: &str) -> bool {
    of.as_object_mut().is_some_and(|fields| fields.shift_remove(field).is_some())
}

/// The history with each state of the workflow altered and a quiet end; empty without a change.
fn altered(history: &History, mut change: impl FnMut(&mut Value) -> bool) -> Vec<History> {
    let edited = each_workflow(history, |seen| change(&mut seen.object));
    edited.map(|history| lingering(&history)).into_iter().collect()
}

/// The ids of the workflow's nodes.
fn nodes(history: &History) -> Vec<String> {
    let states = history.events.iter().filter_map(|event| workflow(history, event));
    let nodes = states.filter_map(|seen| seen.object["status"]["nodes"].as_object());
    let mut ids: Vec<String> = nodes.flat_map(|nodes| nodes.keys().cloned()).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// A mutant for each node, with every state of that node altered.
fn each_node(history: &History, change: impl Fn(&mut Value) -> bool) -> Vec<History> {
    let alter = |id: &String| {
        altered(history, |object| object["status"]["nodes"].get_mut(id).is_some_and(&change))
    };
    nodes(history).iter().flat_map(alter).collect()
}

/// The history in which the node has another start time after the event `from`.
fn late(history: &History, id: &str, from: u64) -> Option<History> {
    let mut edited = history.clone();
    let mut found = false;
    for event in edited.events.iter_mut().filter(|event| event.n > from) {
        if workflow(history, event).is_some()
            && let EventKind::Observed(seen) = &mut event.kind
            && let Some(node) = seen.object["status"]["nodes"].get_mut(id)
        {
            node["startedAt"] = json!("2099-01-01T00:00:00Z");
            found = true;
        }
    }
    found.then(|| lingering(&edited))
}

/// The history in which the node runs for a moment after each step.
fn running(history: &History, id: &str) -> Option<History> {
    let mut last = None;
    after_each(history, |event| {
        if let Some(seen) = workflow(history, event) {
            last = Some(seen.clone());
        }
        let seen = last.clone().filter(|seen| seen.change != Change::Deleted && is_done(event))?;
        let mut runs = seen.clone();
        runs.object["status"]["nodes"].get_mut(id)?["phase"] = json!("Running");
        Some(vec![EventKind::Observed(runs), EventKind::Observed(seen)])
    })
}
