//! The repair of shutdowns.

use model::fact::FINAL_NODE_PHASES;
use model::history::{Change, Kind, Observation};
use model::{Event, EventKind, History};
use serde_json::json;

use super::PROMPTLY;
use crate::edit::{first_workflow, is_completed, modified, with_events, workflow};

/// The history in which the workflow and its open nodes fail 2 s after the shutdown. `None` without
/// a shutdown.
pub(super) fn repair(history: &History) -> Option<History> {
    let asked = first_workflow(history, 0, is_shut_down)?;
    let ended = history.events[asked].at + PROMPTLY;
    let index = history.events.iter().position(|event| event.at >= ended)?;
    let mut events = history.events.clone();
    for event in &mut events[asked..] {
        let (at, ours) = (event.at, workflow(history, event).is_some());
        if let EventKind::Observed(seen) = &mut event.kind
            && ours
            && (at >= ended || is_completed(seen))
        {
            fail(seen);
        }
    }
    let last = events[..index].iter().rev().find_map(|event| workflow(history, event))?;
    if last.change != Change::Deleted
        && let EventKind::Observed(mut seen) = modified(last, |_| {})
    {
        fail(&mut seen);
        events.insert(index, Event { n: 0, at: ended, kind: EventKind::Observed(seen) });
    }
    Some(with_events(history, events))
}

/// The history in which other workflows fail instead of succeeding after a shutdown. `None` without
/// one.
pub(super) fn others(history: &History) -> Option<History> {
    let mut found = false;
    let mut repaired = history.clone();
    for (event, repaired) in history.events.iter().zip(&mut repaired.events) {
        let ours = workflow(history, event).is_some();
        if let EventKind::Observed(seen) = &mut repaired.kind
            && !ours
            && seen.kind == Kind::Workflow
            && is_shut_down(seen)
            && seen.object["status"]["phase"] == "Succeeded"
        {
            fail(seen);
            found = true;
        }
    }
    found.then_some(repaired)
}

fn is_shut_down(seen: &Observation) -> bool {
    seen.object["spec"]["shutdown"].is_string()
}

fn fail(seen: &mut Observation) {
    seen.object["status"]["phase"] = json!("Failed");
    let nodes = seen.object["status"]["nodes"].as_object_mut();
    for node in nodes.into_iter().flat_map(|nodes| nodes.values_mut()) {
        let ended = |phase: &str| FINAL_NODE_PHASES.contains(&phase);
        if !node["phase"].as_str().is_some_and(ended) {
            node["phase"] = json!("Failed");
        }
    }
}
