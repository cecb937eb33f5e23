//! One claim, watched from the first event to the last.

use model::history::StepOutcome;
use model::verdict::{Doubt, Finding, Outcome};
use model::{Claim, Claims, Event, EventKind, Fact, Truth, World};

use crate::decision::Decision;
use crate::environment::Environment;
use crate::eventually::came_late;
use crate::mark::{Mark, seconds};
use crate::moment::Moment;
use crate::question::Question;
use crate::ruling::{Ruling, Violation};
use crate::scope::Scope;
use crate::store_freshness::{StoreFreshness, holds};
use crate::symptoms::Symptoms;
use crate::truths::{Reads, Truths};
use crate::window::Window;

/// A claim and what is known of it.
#[derive(Debug)]
pub(crate) struct Watch {
    claim: Claim,
    uses_store: bool,
    stage: Stage,
    before: Before,
    symptoms: Symptoms,
}

/// A claim's subject before its window.
#[derive(Debug)]
struct Before {
    reads: Reads,
    truths: Option<Truths>,
    /// The last moment at which it was right.
    right: Option<u64>,
}

/// The stage of a claim on its way to a decision.
#[derive(Debug)]
enum Stage {
    /// The step that its window waits for is not done.
    Waiting,
    /// The step is done. The fact that opens the window has not come.
    Armed(Mark, Fact),
    /// Its window is open.
    Open(Box<Window>, Question),
    /// It was violated; the environment at that moment is not known yet.
    Violated(Box<Window>, Violation),
    /// Nothing can change its outcome. With a window: it failed, and its text may yet say that it
    /// came true late.
    Decided(Decision, Option<Box<Window>>),
}

impl Watch {
    /// A claim of these claims.
    pub(crate) fn new(claim: &Claim, claims: &Claims) -> Self {
        Self {
            claim: claim.clone(),
            uses_store: claims.uses_store,
            stage: Stage::Waiting,
            before: Before { reads: Reads::of(claim), truths: None, right: None },
            symptoms: Symptoms::of(&claim.id, &claims.symptoms),
        }
    }

    /// Id of the claim.
    pub(crate) fn id(&self) -> &str {
        &self.claim.id
    }

    /// Looks at an event before it is taken.
    pub(crate) fn before(&mut self, event: &Event, world: &World, freshness: &StoreFreshness) {
        if let Stage::Open(window, _) = &mut self.stage {
            let was_over = window.is_over();
            window.cross(event, &self.claim, world);
            if !was_over && window.is_over() {
                self.symptoms.ask(world, freshness.is_fresh(window.opened.at));
            }
        }
    }

    /// Takes an event. `steps` are the plan's, in order.
    pub(crate) fn see(&mut self, moment: &Moment<'_>, steps: &[String]) {
        if let (Stage::Waiting, EventKind::StepEnded { step, outcome }) =
            (&self.stage, &moment.event.kind)
        {
            self.step_ended(step, outcome, moment.event, steps);
        }
        if let Stage::Armed(since, after) = &self.stage {
            let fresh = moment.freshness.is_fresh(since.at);
            if holds(moment.world, after, fresh) == Truth::True {
                self.open(moment.event);
            }
        }
        let ruling = match &mut self.stage {
            Stage::Waiting | Stage::Armed(..) => {
                self.before.see(&self.claim, moment);
                None
            }
            Stage::Open(window, question) => {
                let was_over = window.is_over();
                let ruling = question.see(&self.claim, window, moment);
                let closes = !was_over && window.is_over();
                ask_symptoms(&mut self.symptoms, ruling.as_ref(), closes, window, moment);
                ruling
            }
            Stage::Violated(window, violation) => {
                let known = window.is_probed(moment.environment, violation.at);
                known.then(|| Ruling::Decided(uphold(window, violation, moment.environment)))
            }
            Stage::Decided(decision, watched) => {
                look_for_late(decision, watched, &self.claim, moment);
                None
            }
        };
        match ruling {
            None => {}
            Some(Ruling::Decided(decision)) => self.decide(decision),
            Some(Ruling::Violated(violation)) => self.violate(violation),
        }
        if let EventKind::Ended(reason) = &moment.event.kind {
            let ending = format!("the history ended at {}: {reason}", moment.mark().words());
            self.end(true, moment, &ending);
        }
    }

    fn open(&mut self, event: &Event) {
        let window = Window::open(&self.claim, event, self.uses_store, self.before.right);
        let question = Question::new(&self.claim, &window);
        self.stage = Stage::Open(Box::new(window), question);
    }

    fn violate(&mut self, violation: Violation) {
        let before = std::mem::replace(&mut self.stage, Stage::Waiting);
        self.stage = match before {
            Stage::Open(window, _) => Stage::Violated(window, violation),
            other @ (Stage::Waiting
            | Stage::Armed(..)
            | Stage::Violated(..)
            | Stage::Decided(..)) => other,
        };
    }

    /// The table "Windows" of the crate's documentation.
    fn step_ended(&mut self, step: &str, outcome: &StepOutcome, event: &Event, steps: &[String]) {
        let place = |name: &str| steps.iter().position(|s| s == name);
        let (Some(ended), Some(since)) = (place(step), place(&self.claim.since)) else {
            return;
        };
        let mark = Mark::of(event);
        match outcome {
            _ if ended > since => {}
            StepOutcome::Done(_) if ended < since => {}
            StepOutcome::Done(_) => match &self.claim.after {
                Some(after) => self.stage = Stage::Armed(mark, after.clone()),
                None => self.open(event),
            },
            StepOutcome::Unmet(closest) => {
                let reason = format!("step {step} was not met: {closest}");
                self.decide(Decision::not_reached(reason, mark));
            }
            StepOutcome::Refused(why) => {
                let reason = format!("step {step} was refused: {why}");
                self.decide(Decision::unknown(Doubt::StepRefused, reason, vec![mark.n]));
            }
            StepOutcome::Unknown(why) => {
                let reason = format!("step {step} may or may not have been done: {why}");
                self.decide(Decision::unknown(Doubt::StepUnknown, reason, vec![mark.n]));
            }
        }
    }

    /// Decides where the history breaks off; `moment` is the last one.
    pub(crate) fn break_off(&mut self, moment: Option<&Moment<'_>>, ending: &str) {
        match moment {
            Some(moment) => self.end(false, moment, ending),
            None => self.decide(never_opened(&self.claim, ending)),
        }
    }

    /// Decides at the end of the history: its `Ended`, if it is `proper`.
    fn end(&mut self, proper: bool, moment: &Moment<'_>, ending: &str) {
        let decision = match &self.stage {
            Stage::Decided(..) => return,
            Stage::Waiting => never_opened(&self.claim, ending),
            Stage::Armed(mark, after) => {
                let reason = format!("never evaluated: there was no moment at which {after}");
                Decision::unknown(Doubt::NeverEvaluated, reason, vec![mark.n])
            }
            Stage::Violated(window, violation) => uphold(window, violation, moment.environment),
            Stage::Open(window, question) => {
                let over = window.is_over() && !question.is_staying();
                if over || (proper && window.deadline.is_none()) {
                    let fresh = moment.freshness.is_fresh(window.opened.at);
                    self.symptoms.ask_untold(moment.world, fresh);
                    question.conclude(&self.claim, window, moment)
                } else {
                    unfinished(window, ending)
                }
            }
        };
        self.decide(decision);
    }

    fn decide(&mut self, decision: Decision) {
        let before = std::mem::replace(&mut self.stage, Stage::Waiting);
        let watched = if let Stage::Open(window, Question::Eventually(e)) = before
            && decision.outcome == Outcome::Fail
            && !e.is_late()
            && window.closed_by.is_none()
        {
            Some(window)
        } else {
            None
        };
        self.stage = Stage::Decided(decision, watched);
    }

    /// The next moment up to which everything must be told, while its window is open.
    pub(crate) fn deadline(&self) -> Option<u64> {
        match &self.stage {
            Stage::Open(window, question) => question.deadline(window),
            Stage::Waiting | Stage::Armed(..) | Stage::Violated(..) | Stage::Decided(..) => None,
        }
    }

    /// Whether the run need not go on for this claim.
    pub(crate) fn is_settled(&self, now: u64, environment: &Environment) -> bool {
        match &self.stage {
            Stage::Open(window, question) => {
                window.deadline.is_none() && question.is_settled(now, window, environment)
            }
            Stage::Waiting | Stage::Armed(..) | Stage::Violated(..) => false,
            Stage::Decided(..) => true,
        }
    }

    /// The finding. An undecided claim must have gone through [`Self::break_off`] before.
    pub(crate) fn finding(self, environment: &Environment) -> Finding {
        let unobserved = environment.unobserved(&Scope::of_failure(&self.claim, self.uses_store));
        let words = self.claim.to_string();
        let decision = match self.stage {
            Stage::Decided(decision, _) => decision,
            Stage::Waiting | Stage::Armed(..) | Stage::Open(..) | Stage::Violated(..) => {
                Decision::unknown(
                    Doubt::HistoryTooShort,
                    "it was not decided".to_owned(),
                    Vec::new(),
                )
            }
        };
        let failed = decision.outcome == Outcome::Fail;
        let symptoms = if failed { self.symptoms.into_shown() } else { Vec::new() };
        Finding {
            claim: self.claim.id,
            words,
            outcome: decision.outcome,
            reason: decision.reason.into(),
            events: decision.events,
            decided_at: decision.decided_at,
            symptoms,
            unobserved,
        }
    }
}

impl Before {
    /// Takes a moment before the window.
    fn see(&mut self, claim: &Claim, moment: &Moment<'_>) {
        let known = self.truths.filter(|_| !self.reads.is_touched_by(&moment.event.kind));
        let truths = known.unwrap_or_else(|| Truths::of(claim, moment, 0));
        self.truths = Some(truths);
        if truths.is_right(claim) {
            self.right = Some(moment.event.at);
        }
    }
}

/// Asks the symptoms if this moment decides: it violates the claim, ends its window, or fails it.
fn ask_symptoms(
    symptoms: &mut Symptoms,
    ruling: Option<&Ruling>,
    closes: bool,
    window: &Window,
    moment: &Moment<'_>,
) {
    let fresh = moment.freshness.is_fresh(window.opened.at);
    match ruling {
        Some(Ruling::Violated(_)) => symptoms.ask(moment.world, fresh),
        Some(Ruling::Decided(decision)) if decision.outcome == Outcome::Fail => {
            symptoms.ask_untold(moment.world, fresh);
        }
        None if closes => symptoms.ask(moment.world, fresh),
        Some(Ruling::Decided(_)) | None => {}
    }
}

/// Fails, unless a part was unhealthy after the last right moment.
fn uphold(window: &Window, violation: &Violation, environment: &Environment) -> Decision {
    let decision = violation.decision.clone();
    let against = window.against_violation(environment, violation.right, violation.at);
    let Some(trouble) = against else { return decision };
    let reason = format!("{}; but {}", decision.reason, trouble.words);
    let events = window.evidence(decision.events.into_iter().chain(trouble.n));
    Decision::unknown(trouble.doubt, reason, events)
}

fn never_opened(claim: &Claim, ending: &str) -> Decision {
    let reason = format!("step {} never came to an end: {ending}", claim.since);
    Decision::unknown(Doubt::HistoryTooShort, reason, Vec::new())
}

fn look_for_late(
    decision: &mut Decision,
    watched: &mut Option<Box<Window>>,
    claim: &Claim,
    moment: &Moment<'_>,
) {
    let Some(window) = watched else { return };
    let fresh = moment.freshness.is_fresh(window.opened.at);
    if holds(moment.world, &claim.fact, fresh) == Truth::True {
        decision.reason.push_str(&came_late(claim, window, moment.event.at));
        *watched = None;
    }
}

fn unfinished(window: &Window, ending: &str) -> Decision {
    let reason = match window.deadline {
        Some(deadline) => {
            format!("the window was to last until {}, but {ending}", seconds(deadline))
        }
        None => format!("the window lasts to the end, but {ending}"),
    };
    Decision::unknown(Doubt::HistoryTooShort, reason, window.evidence([]))
}
