//! A passing history where no version can give one.

use model::history::{Change, Seen};
use model::{Event, History, What};
use serde_json::{Value, json};

use crate::edit::{each_node, first_workflow, last_completion, with_events, workflow};

/// How long after its completion the workflow's artifacts are collected in a repaired history, in
/// milliseconds.
const COLLECTION: u64 = 2_000;

/// The history as it would be if all had gone well. Two seconds after the workflow is completed the
/// store holds nothing any more, its finalizers are gone, and a deletion is done as soon as it is
/// asked for. If it ended in error, it succeeds, and so does each of its nodes that did. `None` if
/// the workflow was never completed.
///
/// For cases that fail on every version there is. What is proven on such a history is that the
/// case can fail, not that any Argo can pass it.
pub fn repair(history: &History) -> Option<History> {
    let completed = history.events[last_completion(history)?].at;
    let collected = completed + COLLECTION;
    let mut events: Vec<Event> = Vec::new();
    for event in &history.events {
        let mut event = event.clone();
        let ours = workflow(history, &event).is_some();
        match &mut event.what {
            What::Listed { asked, keys, .. } if *asked >= collected => keys.clear(),
            What::Seen(seen) if ours && event.at >= completed => {
                without_error(&mut seen.object);
                if event.at >= collected {
                    seen.object["metadata"]["finalizers"] = json!([]);
                }
            }
            _ => {}
        }
        events.push(event);
    }
    insert(&mut events, history, collected)?;
    Some(with_events(history, events))
}

/// A workflow that ended in error as it would be if it and its nodes had succeeded instead.
fn without_error(object: &mut Value) {
    if object["status"]["phase"] != "Error" {
        return;
    }
    object["status"]["phase"] = json!("Succeeded");
    each_node(object, |node| {
        if node["phase"] == "Error" {
            node["phase"] = json!("Succeeded");
        }
    });
}

/// Puts in the removal of the finalizers, and the end of a workflow that is being deleted.
fn insert(events: &mut Vec<Event>, history: &History, at: u64) -> Option<()> {
    let index = events.iter().position(|e| e.at >= at)?;
    let last = events[..index].iter().rev().find_map(|e| workflow(history, e))?.clone();
    let mut object = last.object;
    object["metadata"]["finalizers"] = json!([]);
    let deleting = |seen: &Seen| seen.object["metadata"]["deletionTimestamp"].is_string();
    let deleted = deleting(&Seen { object: object.clone(), ..last });
    let change = if deleted { Change::Deleted } else { Change::Modified };
    let kind = last.kind;
    let what = What::Seen(Seen { kind, change, object });
    events.insert(index, Event { n: 0, at, what });
    if deleted {
        let mut position = 0;
        events.retain(|event| {
            position += 1;
            position <= index + 1 || workflow(history, event).is_none()
        });
    } else if let Some(index) = first_workflow(history, 0, deleting)
        && let Some(event) = events.iter_mut().find(|e| e.n == history.events[index].n)
        && let What::Seen(seen) = &mut event.what
    {
        seen.change = Change::Deleted;
    }
    Some(())
}
