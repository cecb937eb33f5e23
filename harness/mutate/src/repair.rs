//! Repaired histories for cases that no version passes.

mod collected;
mod shut_down;
mod tried_again;

use model::History;
use model::history::{Change, Kind};
use model::{Event, EventKind};

use serde_json::json;

use crate::edit::{each_node, last_completion, modified, seen, with_events, workflow};

/// Milliseconds from a cause to the controller's action in a repaired history.
const PROMPTLY: u64 = 2_000;

/// The history in which everything after the end of the workflow works.
///
/// - Another workflow that was shut down and succeeded has failed instead.
/// - The workflow fails 2 s after its shutdown, with all its open nodes.
/// - A request that met a fault and was never done is repeated and done. The workflow succeeds
///   instead of failing for the request.
/// - A workflow that ended in error succeeds, with all its nodes in error.
/// - The pods of the workflow are gone 2 s after its completion.
/// - The objects and the finalizers are gone 2 s after the completion or the last applied objects.
///   A requested deletion is then done at once.
///
/// `None` if the repair finds nothing: the workflow never completes, and no workflow was shut down.
/// The same holds for a history that ends within the 2 s.
///
/// The repair is for cases that fail on every version. A repaired history proves that the case can
/// fail. A repaired history does not prove that an Argo can pass the case.
pub fn repair(history: &History) -> Option<History> {
    let others = shut_down::others(history);
    of_its_own(others.as_ref().unwrap_or(history)).or(others)
}

fn of_its_own(history: &History) -> Option<History> {
    let ended = shut_down::repair(history);
    let ended = ended.as_ref().unwrap_or(history);
    let again = tried_again::repair(ended);
    let ended = again.as_ref().unwrap_or(ended);
    collected::repair(&without_pods(&without_error(ended)?)?)
}

/// The history in which the workflow and its nodes succeed instead of ending in error. `None`
/// without a completion.
fn without_error(history: &History) -> Option<History> {
    let completion = last_completion(history)?;
    let mut events = history.events.clone();
    for event in &mut events[completion..] {
        if workflow(history, event).is_none() {
            continue;
        }
        let EventKind::Observed(seen) = &mut event.kind else { continue };
        if seen.object["status"]["phase"] != "Error" {
            continue;
        }
        seen.object["status"]["phase"] = json!("Succeeded");
        each_node(&mut seen.object, |node| {
            if node["phase"] == "Error" {
                node["phase"] = json!("Succeeded");
            }
        });
    }
    Some(with_events(history, events))
}

/// The history in which all pods are deleted 2 s after the completion.
fn without_pods(history: &History) -> Option<History> {
    let completed = history.events[last_completion(history)?].at;
    let gone = completed + PROMPTLY;
    let index = history.events.iter().position(|event| event.at >= gone)?;
    let (before, after) = history.events.split_at(index);
    let name = |event: &Event| {
        let seen = seen(&event.kind, Kind::Pod)?;
        Some(seen.object["metadata"]["name"].as_str()?.to_owned())
    };
    let mut there: Vec<&Event> = Vec::new();
    for event in before.iter().filter(|event| name(event).is_some()) {
        there.retain(|other| name(other) != name(event));
        there.push(event);
    }
    let deleted = there.into_iter().filter_map(|event| {
        let seen = seen(&event.kind, Kind::Pod).filter(|seen| seen.change != Change::Deleted)?;
        let EventKind::Observed(seen) = modified(seen, |_| {}) else { return None };
        let what =
            EventKind::Observed(model::history::Observation { change: Change::Deleted, ..seen });
        Some(Event { n: 0, at: gone, kind: what })
    });
    let later = after.iter().filter(|event| seen(&event.kind, Kind::Pod).is_none());
    let events = before.iter().cloned().chain(deleted).chain(later.cloned());
    Some(with_events(history, events.collect()))
}
