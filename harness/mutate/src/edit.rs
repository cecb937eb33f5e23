//! Functions that cut and splice histories.

use model::fact::FINAL_PHASES;
use model::history::{Change, EndReason, Kind, Observation, Part, StepOutcome};
use model::{Event, EventKind, History};
use serde_json::Value;

/// Milliseconds of observation after a hang: the time for which a run observes a case after its
/// last step. A longer window closes neither in a run nor in a mutant.
const LINGER: u64 = model::claim::OBSERVED.as_secs() * 1_000;

/// Numbers the events from 1.
pub(crate) fn numbered(mut history: History) -> History {
    for (index, event) in history.events.iter_mut().enumerate() {
        event.n = index as u64 + 1;
    }
    history
}

/// A history with the same header and these events, numbered from 1.
pub(crate) fn with_events(history: &History, events: Vec<Event>) -> History {
    numbered(History { header: history.header.clone(), events, torn: history.torn })
}

/// The history with each event replaced by the results of `change`, at the same time.
pub(crate) fn each(history: &History, mut change: impl FnMut(&Event) -> Vec<EventKind>) -> History {
    let events = history.events.iter().flat_map(|event| {
        let made = change(event);
        made.into_iter().map(|what| Event { n: 0, at: event.at, kind: what }).collect::<Vec<_>>()
    });
    with_events(history, events.collect())
}

/// The history with more events after each event for which `chosen` returns some. `None` if
/// `chosen` never does.
pub(crate) fn after_each(
    history: &History,
    mut chosen: impl FnMut(&Event) -> Option<Vec<EventKind>>,
) -> Option<History> {
    let mut found = false;
    let edited = each(history, |event| {
        let more = chosen(event);
        found |= more.is_some();
        std::iter::once(event.kind.clone()).chain(more.into_iter().flatten()).collect()
    });
    found.then_some(edited)
}

/// The object of the event, if the object is of this kind.
pub(crate) fn seen(what: &EventKind, kind: Kind) -> Option<&Observation> {
    let EventKind::Observed(seen) = what else { return None };
    (seen.kind == kind).then_some(seen)
}

/// The state of the case's workflow, if the event has one.
pub(crate) fn workflow<'e>(history: &History, event: &'e Event) -> Option<&'e Observation> {
    let name = history.header.workflow.as_str();
    seen(&event.kind, Kind::Workflow).filter(|seen| seen.object["metadata"]["name"] == name)
}

/// The history with each state of the workflow changed. `change` returns whether it changed the
/// state. `None` without a change.
pub(crate) fn each_workflow(
    history: &History,
    mut change: impl FnMut(&mut Observation) -> bool,
) -> Option<History> {
    let mut found = false;
    let mut edited = history.clone();
    for event in &mut edited.events {
        if workflow(history, event).is_none() {
            continue;
        }
        if let EventKind::Observed(seen) = &mut event.kind {
            found |= change(seen);
        }
    }
    found.then_some(edited)
}

/// Changes every node of a workflow. Returns whether there was a node.
pub(crate) fn each_node(object: &mut Value, mut change: impl FnMut(&mut Value)) -> bool {
    let nodes = object["status"]["nodes"].as_object_mut();
    let mut found = false;
    for node in nodes.into_iter().flat_map(|nodes| nodes.values_mut()) {
        change(node);
        found = true;
    }
    found
}

/// The history with each node of each workflow state changed. `change` returns whether it changed
/// the node. `None` without a change.
pub(crate) fn each_workflow_node(
    history: &History,
    change: impl Fn(&mut Value) -> bool,
) -> Option<History> {
    each_workflow(history, |seen| {
        let mut found = false;
        each_node(&mut seen.object, |node| found |= change(node));
        found
    })
}

/// Index of the first event from `from` on whose workflow state passes `test`.
pub(crate) fn first_workflow(
    history: &History,
    from: usize,
    test: impl Fn(&Observation) -> bool,
) -> Option<usize> {
    let events = history.events.iter().enumerate().skip(from);
    let mut found = events.filter(|(_, event)| workflow(history, event).is_some_and(&test));
    found.next().map(|(index, _)| index)
}

/// Whether the workflow is completed in this state.
pub(crate) fn is_completed(seen: &Observation) -> bool {
    let phase = seen.object["status"]["phase"].as_str();
    phase.is_some_and(|phase| FINAL_PHASES.contains(&phase))
}

/// Index of the first completed state after the last state that is not completed.
pub(crate) fn last_completion(history: &History) -> Option<usize> {
    let open = |seen: &Observation| !is_completed(seen);
    let states = history.events.iter().enumerate();
    let last_open = states
        .filter(|(_, event)| workflow(history, event).is_some_and(open))
        .map(|(index, _)| index)
        .next_back()?;
    first_workflow(history, last_open, is_completed)
}

/// Whether the state has a finalizer.
pub(crate) fn has_finalizer(seen: &Observation) -> bool {
    seen.object["metadata"]["finalizers"].as_array().is_some_and(|list| !list.is_empty())
}

/// Whether the event ends a step with the outcome *done*.
pub(crate) fn is_done(event: &Event) -> bool {
    matches!(&event.kind, EventKind::StepEnded { outcome: StepOutcome::Done(_), .. })
}

/// Whether the event begins a step that waits.
fn is_wait(event: &Event) -> bool {
    matches!(&event.kind, EventKind::StepBegun { action, .. } if action.waits())
}

/// The history in which the workflow hangs from the event at `index` on, in a healthy environment.
///
/// Steps that do not wait still end as recorded. The first step that waits is not met. The history
/// ends after [`LINGER`].
pub(crate) fn hang(history: &History, index: usize) -> History {
    let (kept, lost) = history.events.split_at(index);
    let mut events = kept.to_vec();
    let steps = lost
        .iter()
        .filter(|e| matches!(e.kind, EventKind::StepBegun { .. } | EventKind::StepEnded { .. }));
    let begun = kept.iter().rev().find(|e| matches!(e.kind, EventKind::StepBegun { .. }));
    let ended = kept.iter().rev().find(|e| matches!(e.kind, EventKind::StepEnded { .. }));
    let open = begun.filter(|b| ended.is_none_or(|e| e.n < b.n));
    let mut waiting = open.is_some_and(is_wait);
    let mut now = kept.last().map_or(0, |e| e.at);
    for step in steps {
        if waiting {
            break;
        }
        waiting = is_wait(step);
        now = now.max(step.at);
        events.push(step.clone());
    }
    let unmet = events.iter().rev().filter(|_| waiting).find_map(|e| {
        let EventKind::StepBegun { step, .. } = &e.kind else { return None };
        Some(step.clone())
    });
    let keys = last_keys(&events);
    events.extend(quiet(now, LINGER, &keys));
    let now = now + LINGER;
    if let Some(step) = unmet {
        let outcome = StepOutcome::Unmet("nothing happened any more".to_owned());
        events.push(Event { n: 0, at: now, kind: EventKind::StepEnded { step, outcome } });
    }
    let reason = EndReason::Observed { longest: LINGER };
    events.push(Event { n: 0, at: now, kind: EventKind::Ended(reason) });
    with_events(history, events)
}

/// The history with [`LINGER`] of quiet observation before its end. Windows can close in that time.
pub(crate) fn lingering(history: &History) -> History {
    let mut events = history.events.clone();
    let end = events.pop_if(|e| matches!(e.kind, EventKind::Ended(_)));
    let now = events.last().map_or(0, |e| e.at);
    let keys = last_keys(&events);
    events.extend(quiet(now, LINGER, &keys));
    events.extend(end.map(|e| Event { at: now + LINGER, ..e }));
    with_events(history, events)
}

/// The keys of the last listing of the object store; empty without a listing.
pub(crate) fn last_keys(events: &[Event]) -> Vec<String> {
    let listings = events.iter().rev().find_map(|e| {
        let EventKind::Listed { keys, .. } = &e.kind else { return None };
        Some(keys.clone())
    });
    listings.unwrap_or_default()
}

/// The events of `length` milliseconds in a healthy environment, in which nothing happens. Once a
/// second every part answers, every watch is up to date, and the object store lists `keys`.
pub(crate) fn quiet(from: u64, length: u64, keys: &[String]) -> Vec<Event> {
    let mut events = Vec::new();
    for at in (from..=from.saturating_add(length)).step_by(1_000).skip(1) {
        let listed = EventKind::Listed { asked_at: at - 5, keys: keys.to_vec(), etags: Vec::new() };
        events.push(Event { n: 0, at, kind: listed });
        for part in Part::ALL {
            events.push(Event { n: 0, at, kind: EventKind::Probed { part, error: None } });
        }
        for kind in Kind::ALL {
            let what = EventKind::Bookmark { kind, version: String::new(), asked_at: at - 5 };
            events.push(Event { n: 0, at, kind: what });
        }
    }
    events
}

/// A modification of an object that is there.
pub(crate) fn modified(seen: &Observation, change: impl FnOnce(&mut Value)) -> EventKind {
    let mut object = seen.object.clone();
    change(&mut object);
    EventKind::Observed(Observation { kind: seen.kind, change: Change::Modified, object })
}
