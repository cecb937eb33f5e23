//! Trouble of the record itself.

use model::history::StepOutcome;
use model::{Claim, Modality, What};

use super::{Operator, every_claim};
use crate::edit::with_events;

pub(super) const OPERATORS: &[Operator] = &[
    Operator::blur("empty", "nothing was recorded", every_claim, |history| {
        Some(with_events(history, Vec::new()))
    }),
    Operator::blur(
        "breaks-off-at-once",
        "it breaks off in the first step",
        every_claim,
        |history| {
            let ended = |what: &What| matches!(what, What::StepEnded { .. });
            let first = history.events.iter().position(|e| ended(&e.what))?;
            Some(with_events(history, history.events[..first].to_vec()))
        },
    ),
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
            let ended = edited.events.iter_mut().find_map(|event| match &mut event.what {
                What::StepEnded { outcome, .. } => Some(outcome),
                _ => None,
            });
            *ended? = StepOutcome::Unknown("the connection was lost".to_owned());
            Some(edited)
        },
    ),
];

/// Whether the claim's window lasts to the end of the history.
fn to_the_end(claim: &Claim) -> bool {
    let (Modality::Always { within } | Modality::Never { within }) = claim.modality else {
        return false;
    };
    within.is_none()
}
