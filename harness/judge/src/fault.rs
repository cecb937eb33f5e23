//! Steps from which on the store misbehaves, and whether a request met it.

use model::EventKind;
use model::history::StepOutcome;

/// A step and what is known of its fault.
#[derive(Debug)]
pub(crate) struct Fault {
    step: String,
    begun: bool,
    met: bool,
}

impl Fault {
    pub(crate) fn new(step: &str) -> Self {
        Self { step: step.to_owned(), begun: false, met: false }
    }

    /// Takes an event.
    pub(crate) fn see(&mut self, what: &EventKind) {
        if let EventKind::StepEnded { step, outcome: StepOutcome::Done(_) } = what {
            self.begun |= *step == self.step;
        }
        if let EventKind::Requested(request) = what {
            self.met |= request.fault.as_ref() == Some(&self.step);
        }
    }

    /// The reason why no claim passes; `None` if a request met the fault.
    pub(crate) fn nothing(&self) -> Option<String> {
        let step = &self.step;
        match (self.begun, self.met) {
            (_, true) => None,
            (true, false) => Some(format!("no request met the fault of step {step}")),
            (false, false) => Some(format!("the fault of step {step} never began")),
        }
    }
}
