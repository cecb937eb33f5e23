//! A passing history where no version can give one.

mod collected;
mod shut_down;
mod tried_again;

use model::History;
use model::history::{Change, Kind};
use model::{Event, What};

use serde_json::json;

use crate::edit::{each_node, last_completion, modified, seen, with_events, workflow};

/// How long the controller takes for what a repaired history lets it do, in milliseconds.
const PROMPTLY: u64 = 2_000;

/// The history as it would be if what comes after the end of a workflow had worked. `None` if the
/// workflow was never completed, nor shut down, nor another one.
///
/// - Another workflow that was shut down, and was said to have succeeded, has failed.
/// - Two seconds after it is shut down, it has failed, and so have its nodes that had not ended.
/// - A request to the store that met a fault and was never done is made again, and done, and the
///   workflow that failed for it succeeds.
/// - If it ended in error, it succeeds, and so does each of its nodes that did.
/// - Two seconds after it is completed its pods are gone; then, or two seconds after objects were
///   applied later, the store holds nothing any more, its finalizers are gone, and a deletion is
///   done as soon as it is asked for.
///
/// For cases that fail on every version there is. What is proven on such a history is that the
/// case can fail, not that any Argo can pass it.
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

/// A workflow that ended in error, and each of its nodes that did, succeed instead.
fn without_error(history: &History) -> Option<History> {
    let completion = last_completion(history)?;
    let mut events = history.events.clone();
    for event in &mut events[completion..] {
        if workflow(history, event).is_none() {
            continue;
        }
        let What::Seen(seen) = &mut event.what else { continue };
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

/// The pods that are there go.
fn without_pods(history: &History) -> Option<History> {
    let completed = history.events[last_completion(history)?].at;
    let gone = completed + PROMPTLY;
    let index = history.events.iter().position(|event| event.at >= gone)?;
    let (before, after) = history.events.split_at(index);
    let name = |event: &Event| {
        let seen = seen(&event.what, Kind::Pod)?;
        Some(seen.object["metadata"]["name"].as_str()?.to_owned())
    };
    let mut there: Vec<&Event> = Vec::new();
    for event in before.iter().filter(|event| name(event).is_some()) {
        there.retain(|other| name(other) != name(event));
        there.push(event);
    }
    let deleted = there.into_iter().filter_map(|event| {
        let seen = seen(&event.what, Kind::Pod).filter(|seen| seen.change != Change::Deleted)?;
        let What::Seen(seen) = modified(seen, |_| {}) else { return None };
        let what = What::Seen(model::history::Seen { change: Change::Deleted, ..seen });
        Some(Event { n: 0, at: gone, what })
    });
    let later = after.iter().filter(|event| seen(&event.what, Kind::Pod).is_none());
    let events = before.iter().cloned().chain(deleted).chain(later.cloned());
    Some(with_events(history, events.collect()))
}
