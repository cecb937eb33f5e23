//! Requirements: what the history must show for the claims to mean anything.

use model::claim::Requirement;
use model::history::StepOutcome;
use model::verdict::{Doubt, Finding, Outcome};
use model::{EventKind, Truth, World};

use crate::environment::{Environment, Trouble};
use crate::mark::Mark;
use crate::moment::Moment;

/// A requirement and what is known of it.
#[derive(Debug)]
pub(crate) struct Need {
    requirement: Requirement,
    met: bool,
    /// The moment at which the step began, while the fact did not hold: number of the event, and
    /// the state. Set too when the fact held.
    missed: Option<(u64, String)>,
    /// The reason why a step ended badly, so that the step of the requirement may not begin.
    stopped: Option<String>,
}

impl Need {
    pub(crate) fn new(requirement: &Requirement) -> Self {
        Self { requirement: requirement.clone(), met: false, missed: None, stopped: None }
    }

    /// Takes an event.
    pub(crate) fn see(&mut self, moment: &Moment<'_>) {
        if self.met {
            return;
        }
        match (&self.requirement.at, &moment.event.kind) {
            (None, _) => self.met = self.holds(moment),
            (Some(at), EventKind::StepBegun { step, .. }) if step == at => {
                self.met = self.holds(moment);
                let state = moment.world.describe(&self.requirement.fact);
                let words = format!("at {}: {state}", Mark::of(moment.event).words());
                self.missed.get_or_insert((moment.event.n, words));
            }
            (Some(_), EventKind::StepEnded { step, outcome }) => {
                let why = match outcome {
                    StepOutcome::Done(_) => return,
                    StepOutcome::Unmet(why) => format!("step {step} was not met: {why}"),
                    StepOutcome::Refused(why) => format!("step {step} was refused: {why}"),
                    StepOutcome::Unknown(why) => {
                        format!("step {step} may or may not have been done: {why}")
                    }
                };
                self.stopped.get_or_insert(why);
            }
            (Some(_), _) => {}
        }
    }

    fn holds(&self, moment: &Moment<'_>) -> bool {
        moment.world.holds(&self.requirement.fact) == Truth::True
    }

    /// The reason why the requirement is not met; `None` if it is met.
    pub(crate) fn unmet(&self, world: &World) -> Option<String> {
        if self.met {
            return None;
        }
        let fact = &self.requirement.fact;
        Some(match (&self.requirement.at, &self.missed, &self.stopped) {
            (None, ..) => {
                format!("precondition not met: {fact}; in the end: {}", world.describe(fact))
            }
            (Some(at), Some((_, missed)), _) => {
                format!("precondition not met: {fact} when step {at} began; {missed}")
            }
            (Some(at), None, stopped) => {
                let why = stopped.as_deref().map(|why| format!(", because {why}"));
                let why = why.unwrap_or_default();
                format!("precondition not met: {fact} when step {at} began; it never began{why}")
            }
        })
    }

    /// The first unhealthy spell that may be the reason why the requirement is not met.
    pub(crate) fn spoilt_by(&self, environment: &Environment) -> Option<Trouble> {
        let last = self.missed.as_ref().map_or(u64::MAX, |(n, _)| *n);
        let first = || environment.first_trouble();
        (!self.met).then(first)?.filter(|trouble| trouble.n.is_some_and(|n| n < last))
    }
}

/// Turns each pass into unknown for this reason.
pub(crate) fn withhold(findings: &mut [Finding], doubt: Doubt, reason: &str) {
    for finding in findings.iter_mut().filter(|f| f.outcome == Outcome::Pass) {
        make_unknown(finding, doubt, reason);
    }
}

/// Turns everything into unknown: nothing that the history says can be relied on.
pub(crate) fn doubt_everything(findings: &mut [Finding], doubt: Doubt, reason: &str) {
    for finding in findings {
        make_unknown(finding, doubt, reason);
    }
}

fn make_unknown(finding: &mut Finding, doubt: Doubt, reason: &str) {
    finding.outcome = Outcome::Unknown(doubt);
    finding.reason = reason.into();
    finding.decided_at = None;
    finding.symptoms.clear();
}
