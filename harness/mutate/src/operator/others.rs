//! Faults of workflows other than the case's own.

use std::collections::BTreeSet;

use model::claim::Modality;
use model::expression::Subject;
use model::fact::FINAL_PHASES;
use model::history::{Kind, Observation};
use model::{Event, EventKind, Fact, History};
use serde_json::{Value, json};

use super::{Operator, awaits, forbids, has};
use crate::edit::{each, each_node, lingering, seen, workflow};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::fault(
        "others-fail",
        "another workflow fails instead of succeeding, and so do its nodes",
        |c| awaits(c, of_another),
        |history| altered(history, |seen| of_each(seen, "Succeeded", "Failed")),
    ),
    Operator::fault(
        "others-succeed",
        "another workflow succeeds instead of failing, and so do its nodes",
        |c| awaits(c, of_another),
        |history| altered(history, |seen| of_each(seen, "Failed", "Succeeded")),
    ),
    Operator::fault(
        "others-not-shut-down",
        "no other workflow is stopped or terminated",
        |c| awaits(c, of_another),
        |history| altered(history, not_shut_down),
    ),
    Operator::fault(
        "others-run-everything",
        "another workflow runs what it was to keep",
        |c| forbids(c, of_another),
        |history| altered(history, running),
    ),
    Operator::fault(
        "others-stop-coming",
        "no other workflow comes after the last step",
        |c| matches!(c.modality, Modality::Happens { .. }) && has(&c.fact, &of_another),
        without_later,
    ),
];

/// Whether an expression is about another workflow.
fn of_another(fact: &Fact) -> bool {
    matches!(fact, Fact::Cel(expression) if expression.subject() == Subject::OtherWorkflow)
}

/// The history with every state of other workflows altered; `None` without a change.
fn altered(history: &History, change: impl Fn(&mut Observation) -> bool) -> Option<History> {
    let mut any = false;
    let edited = each(history, |event| {
        let mut what = event.kind.clone();
        if workflow(history, event).is_none()
            && seen(&event.kind, Kind::Workflow).is_some()
            && let EventKind::Observed(seen) = &mut what
        {
            any |= change(seen);
        }
        vec![what]
    });
    any.then(|| lingering(&edited))
}

/// Changes the phase `from` of the workflow and its nodes to `to`. Returns whether the workflow had
/// the phase.
fn of_each(seen: &mut Observation, from: &str, to: &str) -> bool {
    let alter = |status: &mut Value| {
        if status["phase"] == from {
            status["phase"] = json!(to);
        }
    };
    let ended = seen.object["status"]["phase"] == from;
    alter(&mut seen.object["status"]);
    each_node(&mut seen.object, alter);
    ended
}

/// The history without the workflows that come after the last step; `None` if none comes.
fn without_later(history: &History) -> Option<History> {
    let is_end = |event: &Event| matches!(event.kind, EventKind::StepEnded { .. });
    let end = history.events.iter().rposition(is_end)?;
    let uid = |event: &Event| {
        let seen = seen(&event.kind, Kind::Workflow)?;
        seen.object["metadata"]["uid"].as_str().map(str::to_owned)
    };
    let before: BTreeSet<String> = history.events.iter().take(end).filter_map(uid).collect();
    let is_later = |event: &Event| uid(event).is_some_and(|uid| !before.contains(&uid));
    let kept = |event: &Event| {
        if is_later(event) { Vec::new() } else { vec![event.kind.clone()] }
    };
    history.events.iter().any(is_later).then(|| lingering(&each(history, kept)))
}

fn not_shut_down(seen: &mut Observation) -> bool {
    let spec = seen.object["spec"].as_object_mut();
    spec.is_some_and(|spec| spec.shift_remove("shutdown").is_some())
}

/// Sets every node to *Running* until the workflow has ended. Returns whether there was a node.
fn running(seen: &mut Observation) -> bool {
    let phase = seen.object["status"]["phase"].as_str().unwrap_or_default();
    !FINAL_PHASES.contains(&phase)
        && each_node(&mut seen.object, |node| node["phase"] = json!("Running"))
}
