//! Faults of the workflow's nodes.

use model::fact::NodesFact;
use model::fact::{Count, FINAL_NODE_PHASES};
use model::history::{Change, Observation};
use model::{Claim, EventKind, Fact, History, Modality};
use serde_json::{Value, json};

use super::{Intent, Operator, awaits, demands, forbids, has};
use crate::edit::{
    after_each, each_node, each_workflow, each_workflow_node, is_done, lingering, modified,
    workflow,
};

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
    Operator::fault("nodes-succeed", "no node fails", of_node_failure, |history| {
        let failed = |node: &Value| node["phase"] == "Failed" || node["phase"] == "Error";
        let succeed = |node: &mut Value| {
            let found = failed(node);
            if found {
                node["phase"] = json!("Succeeded");
            }
            found
        };
        each_workflow_node(history, succeed).map(|history| lingering(&history))
    }),
    Operator::fault(
        "nodes-start-anew",
        "after a step, every node has another start time",
        |c| demands(c, speaks_of_start) || awaits(c, speaks_of_start),
        start_anew,
    ),
    Operator::fault(
        "nodes-run-unasked",
        "after a step, every node that waits runs for a moment",
        |c| forbids(c, speaks_of_phase),
        run_unasked,
    ),
    Operator::fault(
        "nodes-forgotten",
        "after a step, every node that has ended is gone for a moment",
        |c| {
            demands(c, |f| matches!(f, Fact::Nodes(NodesFact::Node(node)) if node.asks_existence()))
        },
        forgotten,
    ),
    Operator::fault(
        "nodes-run-twice",
        "once it has ended, every node runs and ends once more",
        of_times,
        run_twice,
    ),
    Operator {
        intent: Intent::NotPass,
        ..Operator::fault(
            "exit-handler-never",
            "the exit handler never runs",
            |c| c.facts().iter().any(|fact| has(fact, &of_handler)),
            without_handler,
        )
    },
    Operator::fault(
        "attempts-too-many",
        "each retried node has two more",
        of_attempts,
        |history| {
            let edited = each_workflow(history, |seen| more_attempts(&mut seen.object));
            edited.map(|history| lingering(&history))
        },
    ),
    Operator::fault(
        "attempts-missing",
        "no retried node has another attempt than the first",
        of_further_attempts,
        |history| {
            let edited = each_workflow(history, |seen| first_attempts(&mut seen.object));
            edited.map(|history| lingering(&history))
        },
    ),
    Operator::fault("outputs-lost", "no node has outputs", of_outputs, |history| {
        let without = |node: &mut Value| {
            node.as_object_mut().is_some_and(|n| n.shift_remove("outputs").is_some())
        };
        each_workflow_node(history, without).map(|history| lingering(&history))
    }),
    Operator::fault("node-stays-running", "no node gets a final phase", of_fulfilment, |history| {
        let edited = each_workflow(history, |seen| {
            each_node(&mut seen.object, |node| node["phase"] = json!("Running"))
        });
        edited.map(|history| lingering(&history))
    }),
];

fn speaks_of_phase(fact: &Fact) -> bool {
    matches!(fact, Fact::Nodes(NodesFact::Node(node)) if node.phase.is_some())
}

fn speaks_of_start(fact: &Fact) -> bool {
    matches!(fact, Fact::Nodes(NodesFact::Node(node)) if node.started_as_at.is_some())
}

fn of_node_phase(claim: &Claim) -> bool {
    let succeeded = |fact: &Fact| {
        phases_of_node(fact).is_some_and(|phases| !phases.iter().any(|phase| phase == "Failed"))
    };
    demands(claim, succeeded) || awaits(claim, succeeded)
}

fn of_node_failure(claim: &Claim) -> bool {
    awaits(claim, |fact| {
        phases_of_node(fact).is_some_and(|phases| !phases.iter().any(|phase| phase == "Succeeded"))
    })
}

/// The phases that the fact asks of a node.
fn phases_of_node(fact: &Fact) -> Option<&[String]> {
    let Fact::Nodes(NodesFact::Node(node)) = fact else { return None };
    node.phase.as_deref()
}

fn run_unasked(history: &History) -> Option<History> {
    after_each_step(history, |object| {
        let mut found = false;
        each_node(object, |node| {
            if node["phase"] == "Pending" {
                node["phase"] = json!("Running");
                found = true;
            }
        });
        found
    })
}

fn forgotten(history: &History) -> Option<History> {
    after_each_step(history, |object| {
        let Some(nodes) = object["status"]["nodes"].as_object_mut() else { return false };
        let before = nodes.len();
        let ended = |node: &Value| node["phase"].as_str().is_some_and(is_final);
        nodes.retain(|_, node| !ended(node));
        nodes.len() < before
    })
}

fn is_final(phase: &str) -> bool {
    FINAL_NODE_PHASES.contains(&phase)
}

/// The history with another state of the workflow after each step that is done. `change` returns
/// whether it changed the state.
fn after_each_step(history: &History, change: impl Fn(&mut Value) -> bool) -> Option<History> {
    let mut last: Option<Observation> = None;
    after_each(history, |event| {
        if let Some(seen) = workflow(history, event) {
            last = Some(seen.clone());
        }
        let mut seen = last.clone().filter(|_| is_done(event))?;
        change(&mut seen.object).then(|| vec![EventKind::Observed(seen)])
    })
}

/// Whether the claim has an upper limit of how often a node ends.
fn of_times(claim: &Claim) -> bool {
    let limited = matches!(&claim.modality, Modality::Happens { times, .. }
        if !matches!(times, Count::AtLeast(_)));
    limited && has(&claim.fact, &speaks_of_phase)
}

fn of_handler(fact: &Fact) -> bool {
    matches!(fact, Fact::Nodes(NodesFact::Node(node)) if node.name == "onExit")
}

fn of_attempts(claim: &Claim) -> bool {
    let fewer = |fact: &Fact| {
        matches!(fact, Fact::Nodes(NodesFact::Attempts { count, .. })
            if !matches!(count, Count::AtLeast(_)))
    };
    awaits(claim, fewer) || demands(claim, fewer)
}

fn of_further_attempts(claim: &Claim) -> bool {
    awaits(claim, |fact| {
        matches!(fact, Fact::Nodes(NodesFact::Attempts { count: Count::AtLeast(2..), .. }))
    })
}

fn of_outputs(claim: &Claim) -> bool {
    awaits(claim, |f| matches!(f, Fact::Nodes(NodesFact::Output(_))))
}

/// The history in which nodes run and end again after each state with ended nodes.
fn run_twice(history: &History) -> Option<History> {
    after_each(history, |event| {
        let seen = workflow(history, event).filter(|s| s.change != Change::Deleted)?;
        let mut ended = false;
        let running = modified(seen, |object| {
            each_node(object, |node| {
                let phase = node["phase"].as_str().unwrap_or_default();
                ended |= FINAL_NODE_PHASES.contains(&phase);
                node["phase"] = json!("Running");
            });
        });
        ended.then(|| vec![running, event.kind.clone()])
    })
}

fn without_handler(history: &History) -> Option<History> {
    each_workflow(history, |seen| {
        let Some(nodes) = seen.object["status"]["nodes"].as_object_mut() else { return false };
        let before = nodes.len();
        nodes.retain(|_, n| !n["displayName"].as_str().unwrap_or_default().ends_with(".onExit"));
        nodes.len() < before
    })
}

/// Adds two attempts to each retried node. One more attempt may stand in for a later one.
fn more_attempts(object: &mut Value) -> bool {
    let Some(nodes) = object["status"]["nodes"].as_object_mut() else { return false };
    let first = |n: &Value| n["displayName"].as_str().is_some_and(|name| name.ends_with("(0)"));
    let firsts: Vec<Value> = nodes.values().filter(|n| first(n)).cloned().collect();
    for (node, attempt) in firsts.iter().flat_map(|node| [(node, "(98)"), (node, "(99)")]) {
        let mut node = node.clone();
        let name = node["displayName"].as_str().unwrap_or_default().replace("(0)", attempt);
        (node["displayName"], node["id"]) = (json!(name), json!(name));
        nodes.insert(name, node);
    }
    !firsts.is_empty()
}

/// Removes every attempt but the first. Returns whether there was one.
fn first_attempts(object: &mut Value) -> bool {
    let Some(nodes) = object["status"]["nodes"].as_object_mut() else { return false };
    let before = nodes.len();
    nodes.retain(|_, node| {
        let name = node["displayName"].as_str().unwrap_or_default();
        let number = name.strip_suffix(')').and_then(|name| name.rsplit_once('('));
        // The number of an item of a loop has a colon; the item is no attempt.
        number.is_none_or(|(_, number)| !number.parse::<usize>().is_ok_and(|n| n > 0))
    });
    nodes.len() < before
}

fn of_fulfilment(claim: &Claim) -> bool {
    awaits(claim, |f| matches!(f, Fact::Nodes(NodesFact::Fulfilled))) && has(&claim.fact, &|_| true)
}

fn flap(history: &History) -> Option<History> {
    after_each(history, |event| {
        let seen = workflow(history, event).filter(|s| s.change != Change::Deleted)?;
        let mut found = false;
        let running = modified(seen, |object| {
            found = each_node(object, |node| node["phase"] = json!("Running"));
        });
        found.then(|| vec![running, event.kind.clone()])
    })
}

fn start_anew(history: &History) -> Option<History> {
    let first = history.events.iter().find(|e| matches!(e.kind, EventKind::StepEnded { .. }))?.n;
    let begun =
        history.events.iter().rev().find(
            |e| matches!(&e.kind, EventKind::StepBegun { action, .. } if action.is_of_argo()),
        );
    let from = begun.map_or(first, |e| e.n);
    let mut edited = history.clone();
    let mut found = false;
    for event in edited.events.iter_mut().filter(|e| e.n > from) {
        if workflow(history, event).is_some()
            && let EventKind::Observed(seen) = &mut event.kind
        {
            found |= each_node(&mut seen.object, |node| {
                node["startedAt"] = json!("2099-01-01T00:00:00Z");
            });
        }
    }
    found.then_some(edited)
}
