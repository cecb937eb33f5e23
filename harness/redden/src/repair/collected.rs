//! As if garbage collection had worked.

use model::history::{Change, Seen};
use model::{Event, History, What};
use serde_json::json;

use super::PROMPTLY;
use crate::edit::{first_workflow, last_completion, with_events, workflow};

/// The store is empty and the finalizers are gone soon after the workflow is completed.
pub(super) fn repair(history: &History) -> Option<History> {
    let completed = history.events[last_completion(history)?].at;
    let collected = completed + PROMPTLY;
    let mut events: Vec<Event> = Vec::new();
    for event in &history.events {
        let mut event = event.clone();
        let mended = event.at >= collected && workflow(history, &event).is_some();
        match &mut event.what {
            What::Listed { asked, keys, .. } if *asked >= collected => keys.clear(),
            What::Seen(seen) if mended => {
                seen.object["metadata"]["finalizers"] = json!([]);
            }
            _ => {}
        }
        events.push(event);
    }
    insert(&mut events, history, collected)?;
    Some(with_events(history, events))
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
