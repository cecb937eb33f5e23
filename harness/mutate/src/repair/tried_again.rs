//! The repair of requests that met a fault.

use model::history::Request;
use model::{Event, EventKind, History};
use serde_json::json;

use crate::edit::{each_node, last_completion, with_events, workflow};

/// The history in which each lost request is repeated at once and done. The workflow and its nodes
/// then succeed instead of failing. `None` without a lost request.
///
/// A lost request met a fault and was never done.
pub(super) fn repair(history: &History) -> Option<History> {
    let given_up: Vec<&Event> =
        history.events.iter().filter(|event| is_given_up(history, event)).collect();
    if given_up.is_empty() {
        return None;
    }
    let completion = history.events[last_completion(history)?].n;
    let mut events = Vec::new();
    for event in &history.events {
        let ends = event.n >= completion && workflow(history, event).is_some();
        events.push(if ends { succeeded(event.clone()) } else { event.clone() });
        if let EventKind::Requested(request) = &event.kind
            && given_up.contains(&event)
        {
            let again = Request {
                asked_at: event.at,
                status: Some(200),
                broken: false,
                fault: None,
                ..request.clone()
            };
            events.push(Event { kind: EventKind::Requested(again), ..*event });
        }
    }
    Some(with_events(history, events))
}

/// Whether the event is the last request of its operation and key, met a fault and was not done.
fn is_given_up(history: &History, event: &Event) -> bool {
    let EventKind::Requested(request) = &event.kind else { return false };
    let same = |other: &&Event| {
        let Request { operation, key, .. } = request;
        other.n > event.n
            && matches!(&other.kind, EventKind::Requested(later)
                if later.operation == *operation && later.key == *key)
    };
    let failed = request.fault.is_some() && !request.is_done();
    failed && !history.events.iter().any(|other| same(&other))
}

fn succeeded(mut event: Event) -> Event {
    let failed = |phase: &serde_json::Value| phase == "Failed" || phase == "Error";
    if let EventKind::Observed(seen) = &mut event.kind
        && failed(&seen.object["status"]["phase"])
    {
        seen.object["status"]["phase"] = json!("Succeeded");
        each_node(&mut seen.object, |node| {
            if failed(&node["phase"]) {
                node["phase"] = json!("Succeeded");
            }
        });
    }
    event
}
