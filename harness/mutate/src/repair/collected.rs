//! The repair of garbage collection.

use model::history::{Change, Observation};
use model::{Event, EventKind, History};
use serde_json::json;

use super::PROMPTLY;
use crate::edit::{first_workflow, last_completion, with_events, workflow};

/// The history with an empty object store and no finalizers, 2 s after the completion. Objects that
/// a step applies later move that time.
pub(super) fn repair(history: &History) -> Option<History> {
    let completed = history.events[last_completion(history)?].at;
    let collected = completed.max(applied(history).unwrap_or_default()) + PROMPTLY;
    let mut events: Vec<Event> = Vec::new();
    for event in &history.events {
        let mut event = event.clone();
        let mended = event.at >= collected && workflow(history, &event).is_some();
        if let EventKind::Listed { asked_at: asked, keys, .. } = &mut event.kind
            && *asked >= collected
        {
            keys.clear();
        }
        if let EventKind::Observed(seen) = &mut event.kind
            && mended
        {
            seen.object["metadata"]["finalizers"] = json!([]);
        }
        events.push(event);
    }
    insert(&mut events, history, collected)?;
    Some(with_events(history, events))
}

/// Milliseconds at the end of the last step that applied objects.
fn applied(history: &History) -> Option<u64> {
    let applies = |event: &Event| {
        let EventKind::StepBegun { action, .. } = &event.kind else { return false };
        action.applies()
    };
    let last = history.events.iter().rposition(applies)?;
    let mut after = history.events[last..].iter();
    let ended = after.find(|event| matches!(event.kind, EventKind::StepEnded { .. }))?;
    Some(ended.at)
}

/// Adds the removal of the finalizers, and the end of a workflow with a requested deletion.
fn insert(events: &mut Vec<Event>, history: &History, at: u64) -> Option<()> {
    let index = events.iter().position(|e| e.at >= at)?;
    let last = events[..index].iter().rev().find_map(|e| workflow(history, e))?.clone();
    let mut object = last.object;
    object["metadata"]["finalizers"] = json!([]);
    let deleting = |seen: &Observation| seen.object["metadata"]["deletionTimestamp"].is_string();
    let deleted = deleting(&Observation { object: object.clone(), ..last });
    let change = if deleted { Change::Deleted } else { Change::Modified };
    let kind = last.kind;
    let what = EventKind::Observed(Observation { kind, change, object });
    events.insert(index, Event { n: 0, at, kind: what });
    let listed = EventKind::Listed { asked_at: at, keys: Vec::new(), etags: Vec::new() };
    events.insert(index, Event { n: 0, at, kind: listed });
    if !deleted
        && let Some(index) = first_workflow(history, 0, deleting)
        && let Some(event) = events.iter_mut().find(|e| e.n == history.events[index].n)
        && let EventKind::Observed(seen) = &mut event.kind
    {
        seen.change = Change::Deleted;
    }
    let mut gone = false;
    events.retain(|event| {
        let before = gone;
        gone |= workflow(history, event).is_some_and(|seen| seen.change == Change::Deleted);
        !before || workflow(history, event).is_none()
    });
    Some(())
}
