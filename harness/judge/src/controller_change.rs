//! The controllers that a step shows between its begin and its end.

use model::EventKind;
use model::history::{Controllers, StepOutcome};

use crate::mark::Mark;
use crate::moment::Moment;

/// A step that must prove a change of the controllers, and the controllers that it showed.
#[derive(Debug)]
pub(crate) struct ControllerChange {
    /// The step whose begin is the first moment that counts.
    first: String,
    step: String,
    progress: Progress,
    controllers: Vec<Controllers>,
    /// Number of events with controllers before the begin of the step itself.
    earlier: usize,
    /// The reason why the step that is done proves nothing.
    unproven: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    NotBegun,
    Begun,
    Ended,
}

impl ControllerChange {
    pub(crate) fn by(step: &str) -> Self {
        Self::since(step, step)
    }

    /// The controllers that two steps show, from the begin of the first one.
    pub(crate) fn since(first: &str, step: &str) -> Self {
        let (first, step) = (first.to_owned(), step.to_owned());
        Self {
            first,
            step,
            progress: Progress::NotBegun,
            controllers: Vec::new(),
            earlier: 0,
            unproven: None,
        }
    }

    /// Takes an event. `missing` gives the part of the proof that the controllers lack. It gets the
    /// number of those that the first of two steps showed, too.
    pub(crate) fn see(
        &mut self,
        moment: &Moment<'_>,
        missing: impl Fn(&[Controllers], usize) -> Option<String>,
    ) {
        match &moment.event.kind {
            EventKind::StepBegun { step, .. } if *step == self.first => {
                self.progress = Progress::Begun;
            }
            EventKind::StepBegun { step, .. } if *step == self.step => {
                self.earlier = self.controllers.len();
            }
            EventKind::Controllers(seen) if self.progress == Progress::Begun => {
                self.controllers.push(seen.clone());
            }
            EventKind::StepEnded { step, outcome } if *step == self.step => {
                let begun = self.progress == Progress::Begun;
                self.progress = Progress::Ended;
                if matches!(outcome, StepOutcome::Done(_)) {
                    let missing = if begun {
                        missing(&self.controllers, self.earlier)
                    } else {
                        Some("the step has no beginning".to_owned())
                    };
                    let at = Mark::of(moment.event).words();
                    self.unproven = missing.map(|missing| {
                        format!("step {} ended at {at} without a proof: {missing}", self.step)
                    });
                }
            }
            EventKind::StepBegun { .. }
            | EventKind::StepEnded { .. }
            | EventKind::Observed(_)
            | EventKind::Bookmark { .. }
            | EventKind::Gap { .. }
            | EventKind::Listed { .. }
            | EventKind::Requested(_)
            | EventKind::Probed { .. }
            | EventKind::Unobserved(_)
            | EventKind::Controllers(_)
            | EventKind::Ended(_) => {}
        }
    }

    /// The reason why nothing is decided; `None` if the step gave its proof, or is not done.
    pub(crate) fn unproven(&self) -> Option<&str> {
        self.unproven.as_deref()
    }
}

/// The proof lacks the controllers of a moment.
pub(crate) fn not_shown() -> String {
    "the history does not show the controllers before and after".to_owned()
}
