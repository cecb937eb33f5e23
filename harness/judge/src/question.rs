//! The question that a claim asks of its window, by the claim's modality.

use model::{Claim, Modality};

use crate::decision::Decision;
use crate::environment::Environment;
use crate::eventually::Eventually;
use crate::happens::Happens;
use crate::leads_to::LeadsTo;
use crate::moment::Moment;
use crate::ruling::Ruling;
use crate::throughout::{Rule, Throughout};
use crate::window::Window;

/// A question about a window, with the knowledge so far.
#[derive(Debug)]
pub(crate) enum Question {
    Eventually(Eventually),
    Throughout(Throughout),
    LeadsTo(LeadsTo),
    Happens(Happens),
}

impl Question {
    pub(crate) fn new(claim: &Claim, window: &Window) -> Self {
        let throughout = |rule| Self::Throughout(Throughout::new(rule, claim, window));
        match &claim.modality {
            Modality::Eventually { lasting, .. } => Self::Eventually(Eventually::new(*lasting)),
            Modality::Always { .. } => throughout(Rule::Always),
            Modality::Never { .. } => throughout(Rule::Never),
            Modality::Until { until, .. } => throughout(Rule::Until(until.clone())),
            Modality::LeadsTo { trigger, within } => Self::LeadsTo(LeadsTo::new(trigger, *within)),
            Modality::Happens { times, .. } => Self::Happens(Happens::new(*times)),
        }
    }

    /// Takes an event of the window, or after it.
    pub(crate) fn see(
        &mut self,
        claim: &Claim,
        window: &mut Window,
        moment: &Moment<'_>,
    ) -> Option<Ruling> {
        let truths = window.see(moment, claim);
        let ruling = match self {
            Self::Eventually(question) => question.see(claim, window, truths, moment),
            Self::Throughout(question) => question.see(claim, window, truths, moment),
            Self::LeadsTo(question) => {
                question.see(claim, window, truths, moment).map(Ruling::Decided)
            }
            Self::Happens(question) => question.see(claim, window, truths, moment),
        };
        window.seen(claim, moment);
        ruling
    }

    /// Decides when nothing more is told of the window, if that can be.
    pub(crate) fn conclude(&self, claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
        match self {
            Self::Eventually(question) => question.conclude(claim, window, moment),
            Self::Throughout(question) => question.conclude(claim, window, moment),
            Self::LeadsTo(question) => question.conclude(claim, window, moment),
            Self::Happens(question) => question.conclude(claim, window, moment),
        }
    }

    /// The moment up to which everything must be told.
    pub(crate) fn deadline(&self, window: &Window) -> Option<u64> {
        let staying = match self {
            Self::Eventually(question) => question.stays_until(),
            Self::Throughout(_) | Self::LeadsTo(_) | Self::Happens(_) => None,
        };
        staying.or(window.deadline).or(Some(window.floor()))
    }

    /// Whether it waits for more than the end of its window.
    pub(crate) fn is_staying(&self) -> bool {
        matches!(self, Self::Eventually(question) if question.is_staying())
    }

    /// Whether the run may end while the window is open, because the window has no end of its own.
    pub(crate) fn is_settled(&self, now: u64, window: &Window, environment: &Environment) -> bool {
        let over = match self {
            Self::Eventually(_) => false,
            Self::Throughout(question) => !question.is_pending(now),
            Self::LeadsTo(question) => !question.is_pending(),
            Self::Happens(_) => true,
        };
        over && window.may_end(environment)
    }
}
