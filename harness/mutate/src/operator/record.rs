//! Faults of the history itself.

use model::history::{Kind, StepOutcome};
use model::{Claim, Event, EventKind, History, Modality};
use serde_json::json;

use super::{Intent, Operator, every_claim};
use crate::edit::{lingering, seen, with_events, workflow};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::blur("empty", "nothing was recorded", every_claim, |history| {
        Some(with_events(history, Vec::new()))
    }),
    Operator::blur(
        "breaks-off-at-once",
        "it breaks off in the first step",
        every_claim,
        |history| {
            let ended = |what: &EventKind| matches!(what, EventKind::StepEnded { .. });
            let first = history.events.iter().position(|e| ended(&e.kind))?;
            Some(with_events(history, history.events[..first].to_vec()))
        },
    ),
    Operator::blur(
        "another-namespace",
        "every object is one of another namespace",
        every_claim,
        elsewhere,
    ),
    Operator::blur("reordered", "two states of the workflow change places", every_claim, swapped),
    Operator::blur("runs-backwards", "an event is told before its time", every_claim, |history| {
        let mut edited = history.clone();
        let middle = edited.events.len() / 2;
        let (before, after) = edited.events.split_at_mut(middle);
        std::mem::swap(&mut before.last_mut()?.at, &mut after.last_mut()?.at);
        (edited != *history).then_some(edited)
    }),
    Operator {
        intent: Intent::NotPass,
        ..Operator::blur(
            "verb-without-effect",
            "each verb says that it is done and changes nothing",
            every_claim,
            without_effect,
        )
    },
    Operator::blur("torn", "its end is torn off", to_the_end, |history| {
        let (_, kept) = history.events.split_last()?;
        let mut torn = with_events(history, kept.to_vec());
        torn.torn = true;
        Some(torn)
    }),
    Operator::blur(
        "step-unknown",
        "nobody knows whether the first step was done",
        every_claim,
        |history| {
            let mut edited = history.clone();
            let ended = edited.events.iter_mut().find_map(|event| {
                let EventKind::StepEnded { outcome, .. } = &mut event.kind else { return None };
                Some(outcome)
            });
            *ended? = StepOutcome::Unknown("the connection was lost".to_owned());
            Some(edited)
        },
    ),
];

fn elsewhere(history: &History) -> Option<History> {
    let mut edited = history.clone();
    for event in &mut edited.events {
        if let EventKind::Observed(seen) = &mut event.kind {
            seen.object["metadata"]["namespace"] = json!("elsewhere");
        }
    }
    (edited != *history).then_some(edited)
}

/// The first two states of the workflow that have different versions change places.
fn swapped(history: &History) -> Option<History> {
    let version = |event: &Event| {
        let seen = workflow(history, event)?;
        seen.object["metadata"]["resourceVersion"].as_str().map(str::to_owned)
    };
    let mut states = history.events.iter().enumerate().filter(|(_, e)| version(e).is_some());
    let (first, event) = states.next()?;
    let (second, _) = states.find(|(_, other)| version(other) != version(event))?;
    let mut edited = history.clone();
    let (before, after) = edited.events.split_at_mut(second);
    std::mem::swap(&mut before[first].kind, &mut after[0].kind);
    Some(edited)
}

/// The history without states of workflows from the first action on Argo on.
fn without_effect(history: &History) -> Option<History> {
    let verb =
        |e: &&Event| matches!(&e.kind, EventKind::StepBegun { action, .. } if action.is_of_argo());
    let begun = history.events.iter().find(verb)?.n;
    let of_workflow = |e: &Event| seen(&e.kind, Kind::Workflow).is_some();
    let kept = history.events.iter().filter(|e| e.n < begun || !of_workflow(e));
    Some(lingering(&with_events(history, kept.cloned().collect())))
}

/// Whether the claim's window lasts until the end of the history.
fn to_the_end(claim: &Claim) -> bool {
    match claim.modality {
        Modality::Always { within } | Modality::Never { within } => within.is_none(),
        Modality::Eventually { .. }
        | Modality::Until { .. }
        | Modality::LeadsTo { .. }
        | Modality::Happens { .. } => false,
    }
}
