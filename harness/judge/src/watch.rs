//! One claim, watched from the first event to the last.

use model::history::StepOutcome;
use model::verdict::{Finding, Outcome};
use model::{Claim, Event, Modality, Truth, What, World};

use crate::eventually::{Eventually, came_late};
use crate::health::LastWords;
use crate::moment::{Mark, Moment, seconds};
use crate::throughout::Throughout;
use crate::window::Window;

/// A claim and what is known of it.
#[derive(Debug)]
pub(crate) struct Watch {
    claim: Claim,
    stage: Stage,
}

/// How far a claim has come.
#[derive(Debug)]
enum Stage {
    /// Its window is not open.
    Waiting,
    /// Its window is open.
    Open(Box<Window>, Question),
    /// Nothing can change its outcome. With a window: it failed, and its text may yet say that it
    /// came true late.
    Decided(Decision, Option<Box<Window>>),
}

/// What is asked of a window.
#[derive(Debug)]
enum Question {
    Eventually(Eventually),
    Throughout(Throughout),
}

/// What came out for a claim; the rest of a [`Finding`] is known beforehand.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) outcome: Outcome,
    pub(crate) because: String,
    pub(crate) events: Vec<u64>,
    pub(crate) decided_at: Option<u64>,
}

impl Decision {
    pub(crate) fn unknown(because: String, events: Vec<u64>) -> Self {
        Self { outcome: Outcome::Unknown, because, events, decided_at: None }
    }
}

impl Watch {
    pub(crate) fn new(claim: &Claim) -> Self {
        Self { claim: claim.clone(), stage: Stage::Waiting }
    }

    /// Looks at an event before it is taken.
    pub(crate) fn before(&mut self, event: &Event, world: &World) {
        if let Stage::Open(window, _) = &mut self.stage {
            window.cross(event, &self.claim, world);
        }
    }

    /// Takes an event. `steps` are the plan's, in order; `last` the parts' last words before it.
    pub(crate) fn see(&mut self, moment: &Moment<'_>, steps: &[String], last: &LastWords) {
        if let (Stage::Waiting, What::StepEnded { step, outcome }) =
            (&self.stage, &moment.event.what)
        {
            self.step_ended(step, outcome, moment.event, steps, last);
        }
        let decision = match &mut self.stage {
            Stage::Waiting => None,
            Stage::Open(window, question) => {
                window.see(moment);
                question.see(&self.claim, window, moment)
            }
            Stage::Decided(decision, watched) => {
                look_for_late(decision, watched, &self.claim, moment);
                None
            }
        };
        if let Some(decision) = decision {
            self.decide(decision);
        }
        if let What::Ended { reason } = &moment.event.what {
            let ending = format!("the history ended at {}: {reason}", moment.mark().words());
            self.end(true, moment.event.at, moment.world, &ending);
        }
    }

    /// The table "Windows" of the crate's documentation.
    fn step_ended(
        &mut self,
        step: &str,
        outcome: &StepOutcome,
        event: &Event,
        steps: &[String],
        last: &LastWords,
    ) {
        let place = |name: &str| steps.iter().position(|s| s == name);
        let (Some(ended), Some(since)) = (place(step), place(&self.claim.since)) else {
            return;
        };
        let mark = Mark::of(event);
        match outcome {
            _ if ended > since => {}
            StepOutcome::Done(_) if ended < since => {}
            StepOutcome::Done(_) => {
                let window = Window::open(&self.claim, event, last);
                let question = Question::new(&self.claim, &window);
                self.stage = Stage::Open(Box::new(window), question);
            }
            StepOutcome::Unmet(closest) => {
                self.decide(not_reached(format!("step {step} was not met: {closest}"), mark));
            }
            StepOutcome::Refused(why) => {
                self.decide(not_reached(format!("step {step} was refused: {why}"), mark));
            }
            StepOutcome::Unknown(why) => {
                let because = format!("step {step} may or may not have been done: {why}");
                self.decide(Decision::unknown(because, vec![mark.n]));
            }
        }
    }

    /// Decides where the history breaks off.
    pub(crate) fn break_off(&mut self, now: u64, world: &World, ending: &str) {
        self.end(false, now, world, ending);
    }

    /// Decides at the end of the history: its `Ended`, if it is `proper`.
    fn end(&mut self, proper: bool, now: u64, world: &World, ending: &str) {
        let decision = match &self.stage {
            Stage::Decided(..) => return,
            Stage::Waiting => {
                let because = format!("step {} never came to an end: {ending}", self.claim.since);
                Decision::unknown(because, Vec::new())
            }
            Stage::Open(window, question) => {
                if window.is_over() || (proper && window.deadline.is_none()) {
                    question.conclude(&self.claim, window, now, world)
                } else {
                    unfinished(window, ending)
                }
            }
        };
        self.decide(decision);
    }

    fn decide(&mut self, decision: Decision) {
        let before = std::mem::replace(&mut self.stage, Stage::Waiting);
        let watched = match before {
            Stage::Open(window, Question::Eventually(e))
                if decision.outcome == Outcome::Fail && !e.is_late() =>
            {
                Some(window)
            }
            _ => None,
        };
        self.stage = Stage::Decided(decision, watched);
    }

    /// Whether the run need not go on for this claim.
    pub(crate) fn is_settled(&self, now: u64) -> bool {
        match &self.stage {
            Stage::Open(window, Question::Throughout(question)) => {
                window.deadline.is_none() && !question.is_pending(now)
            }
            Stage::Waiting | Stage::Open(_, Question::Eventually(_)) => false,
            Stage::Decided(..) => true,
        }
    }

    /// What was found; what is not decided must have been [`Self::break_off`].
    pub(crate) fn finding(self) -> Finding {
        let words = self.claim.to_string();
        let decision = match self.stage {
            Stage::Decided(decision, _) => decision,
            Stage::Waiting | Stage::Open(..) => {
                Decision::unknown("it was not decided".to_owned(), Vec::new())
            }
        };
        Finding {
            claim: self.claim.id,
            words,
            outcome: decision.outcome,
            because: decision.because,
            events: decision.events,
            decided_at: decision.decided_at,
        }
    }
}

impl Question {
    fn new(claim: &Claim, window: &Window) -> Self {
        match claim.modality {
            Modality::Eventually { .. } => Self::Eventually(Eventually::default()),
            Modality::Always { .. } | Modality::Never { .. } => {
                Self::Throughout(Throughout::new(claim, window))
            }
        }
    }

    fn see(&mut self, claim: &Claim, window: &Window, moment: &Moment<'_>) -> Option<Decision> {
        match self {
            Self::Eventually(question) => question.see(claim, window, moment),
            Self::Throughout(question) => question.see(claim, window, moment),
        }
    }

    fn conclude(&self, claim: &Claim, window: &Window, now: u64, world: &World) -> Decision {
        match self {
            Self::Eventually(question) => question.conclude(claim, window),
            Self::Throughout(question) => question.conclude(claim, window, now, world),
        }
    }
}

fn look_for_late(
    decision: &mut Decision,
    watched: &mut Option<Box<Window>>,
    claim: &Claim,
    moment: &Moment<'_>,
) {
    let Some(window) = watched else { return };
    if window.holds(moment, &claim.fact) == Truth::True {
        decision.because.push_str(&came_late(claim, window, moment.event.at));
        *watched = None;
    }
}

fn not_reached(because: String, mark: Mark) -> Decision {
    Decision {
        outcome: Outcome::NotReached,
        because,
        events: vec![mark.n],
        decided_at: Some(mark.at),
    }
}

fn unfinished(window: &Window, ending: &str) -> Decision {
    let because = match window.deadline {
        Some(deadline) => {
            format!("the window was to last until {}, but {ending}", seconds(deadline))
        }
        None => format!("the window lasts to the end, but {ending}"),
    };
    Decision::unknown(because, window.evidence([]))
}
