//! `whenever … leads-to`: each time the trigger becomes true, the fact is true at that moment or
//! soon after it.

use std::time::Duration;

use model::verdict::Doubt;
use model::world::Empty;
use model::{Claim, Fact, Truth};

use crate::decision::Decision;
use crate::mark::{Mark, seconds};
use crate::moment::Moment;
use crate::truths::Truths;
use crate::vacuity::held_of_nothing;
use crate::window::Window;
use model::milliseconds;

/// The knowledge about a `leads-to` that is not decided.
#[derive(Debug)]
pub(crate) struct LeadsTo {
    /// The fact that the claim's fact follows.
    trigger: Fact,
    /// The longest time between the two, in milliseconds.
    within: u64,
    /// The trigger was true at the last moment.
    triggered: bool,
    /// The first time that it became true and was not answered yet.
    pending: Option<Mark>,
    /// The trigger whose time ran out, while more must be known.
    overdue: Option<Overdue>,
    /// Number of answers, and the moment of the last one.
    answered: u64,
    last: Option<Mark>,
}

/// A trigger whose time ran out.
#[derive(Debug)]
struct Overdue {
    /// The state then.
    closest: String,
    /// The reason why the answer held then without coming about.
    empty: Option<Empty>,
    /// The last moment before it at which the answer was there.
    right: Option<u64>,
}

impl LeadsTo {
    pub(crate) fn new(trigger: &Fact, within: Duration) -> Self {
        Self {
            trigger: trigger.clone(),
            within: milliseconds(within),
            triggered: false,
            pending: None,
            overdue: None,
            answered: 0,
            last: None,
        }
    }

    /// The moment up to which a trigger is answered in time.
    fn due(&self, since: Mark) -> u64 {
        since.at.saturating_add(self.within)
    }

    /// Takes an event of the window, the opening one included.
    pub(crate) fn see(
        &mut self,
        claim: &Claim,
        window: &Window,
        truths: Truths,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let mark = moment.mark();
        if let Some(since) = self.pending
            && mark.at > self.due(since)
            && let Some(decision) = self.run_out(since, claim, window, truths, moment)
        {
            return Some(decision);
        }
        if truths.trigger == Truth::True && !self.triggered {
            self.pending.get_or_insert(mark);
        }
        // What can no longer be told is not known to have become true anew afterwards.
        self.triggered = match truths.trigger {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown => self.triggered,
        };
        if truths.fact == Truth::True && self.overdue.is_none() && self.pending.take().is_some() {
            self.answered += 1;
            self.last = Some(mark);
        }
        None
    }

    /// Decides on an answer that did not come in time. An answer about the store needs a listing
    /// that was asked for after that moment.
    fn run_out(
        &mut self,
        since: Mark,
        claim: &Claim,
        window: &Window,
        truths: Truths,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let due = self.due(since);
        let overdue = self.overdue.get_or_insert_with(|| Overdue {
            closest: moment.world.describe(&claim.fact),
            empty: held_of_nothing(moment.world, &claim.fact),
            right: window.right(),
        });
        let (closest, right) = (overdue.closest.clone(), overdue.right);
        let empty = overdue.empty.clone();
        let events = window.evidence([since.n, moment.event.n]);
        let environment = moment.environment;
        if truths.fact == Truth::True && !window.is_told(environment, due) {
            let words = "it came true when the watches had not told everything up to its time";
            let reason = format!("the order cannot be told: {words}");
            return Some(Decision::unknown(Doubt::Order, reason, events));
        }
        if !window.is_known(environment, due) {
            return None;
        }
        if claim.fact.asks_store() {
            let asked = moment.asked()?;
            if truths.fact == Truth::True || asked <= due {
                let words = "the store shows it in an answer that overlaps its time";
                let reason = format!("the order cannot be told: {words}");
                return Some(Decision::unknown(Doubt::Order, reason, events));
            }
        }
        if let Some(trouble) = window.against(environment, right, due) {
            let reason = format!("not in time, but {}; {closest}", trouble.words);
            return Some(Decision::unknown(trouble.doubt, reason, window.evidence(trouble.n)));
        }
        if let Some(empty) = empty {
            return Some(Decision::empty(&empty, events));
        }
        let reason =
            format!("after {} nothing of it by {}: {closest}", since.words(), seconds(due));
        Some(Decision::fail(reason, events, Some(due)))
    }

    /// Whether an answer is waited for.
    pub(crate) fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Decides at the end of the history.
    pub(crate) fn conclude(&self, claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
        if let Some(unknown) = window.unevaluable() {
            return unknown;
        }
        if let Some(since) = self.pending {
            let state = moment.world.describe(&claim.fact);
            let reason =
                format!("after {} the history ended before its time: {state}", since.words());
            return Decision::unknown(Doubt::HistoryTooShort, reason, window.evidence([since.n]));
        }
        let Some(last) = self.last else {
            let words = format!("there was no moment at which {}", self.trigger);
            let reason = format!("never evaluated: {words}");
            return Decision::unknown(Doubt::NeverEvaluated, reason, window.evidence([]));
        };
        let now = moment.event.at;
        if let Some(trouble) = window.against_absence_to_the_end(moment.environment, now) {
            let reason = format!("no violation was seen, but {}", trouble.words);
            return Decision::unknown(trouble.doubt, reason, window.evidence(trouble.n));
        }
        let reason =
            format!("followed each time, {} in all; last at {}", self.answered, last.words());
        Decision::pass(reason, window.evidence([last.n]), Some(last.at))
    }
}
