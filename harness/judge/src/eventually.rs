//! `eventually`: the fact must be true at some moment of the window, or from then on for a while.

use std::time::Duration;

use model::verdict::Doubt;
use model::world::Empty;
use model::{Claim, Truth};

use crate::decision::Decision;
use crate::environment::MAX_SILENCE;
use crate::mark::{Mark, seconds};
use crate::moment::Moment;
use crate::ruling::Ruling;
use crate::truths::Truths;
use crate::window::Window;
use model::milliseconds;

/// The knowledge about an `eventually` that is not decided.
#[derive(Debug, Default)]
pub(crate) struct Eventually {
    /// The time for which the fact must stay true.
    lasting: Option<Duration>,
    /// The fact could be told at some moment of the window.
    known: bool,
    /// The fact was true of nothing, and was not false since.
    empty: Option<Empty>,
    /// The moment from which on the fact is true, where it must stay true or rests on an absence.
    since: Option<Since>,
    /// The moments of the last time that the fact came true and did not stay so.
    broken: Option<(Mark, Mark)>,
    /// Milliseconds since the start at which the fact first came true after the deadline.
    late: Option<u64>,
    /// A listing after the deadline, before it came true: it was not true until then.
    still_not: bool,
    /// The last moment of the window at which it was true.
    right: Option<u64>,
}

/// The moment from which on the fact is true.
#[derive(Clone, Debug)]
struct Since {
    mark: Mark,
    /// The state then, and when it had stayed so for long enough.
    state: Option<(String, Mark)>,
}

impl Eventually {
    pub(crate) fn new(lasting: Option<Duration>) -> Self {
        Self { lasting, ..Self::default() }
    }

    /// Takes an event of the window, the opening one included, or after it.
    pub(crate) fn see(
        &mut self,
        claim: &Claim,
        window: &mut Window,
        truths: Truths,
        moment: &Moment<'_>,
    ) -> Option<Ruling> {
        let truth = self.believed(claim, truths.fact, moment);
        if window.is_over() {
            let decision = self.see_after(truth, claim, window, moment);
            return decision.map(Ruling::Decided);
        }
        self.known |= truth != Truth::Unknown;
        if truth == Truth::True {
            self.right = Some(moment.event.at);
        }
        let closing = truths.closing == Truth::True;
        let waits = self.since.is_some();
        let decision = match truth {
            Truth::True if closing && !waits => Some(together(claim, window, moment)),
            Truth::True if !self.must_stay(claim, moment) => Some(pass(claim, window, moment)),
            Truth::False | Truth::Unknown if !waits => None,
            Truth::True | Truth::False | Truth::Unknown => self.stay(truth, claim, window, moment),
        };
        if decision.is_some() || !closing {
            return decision.map(Ruling::Decided);
        }
        window.close(moment, claim);
        self.see_after(truth, claim, window, moment).map(Ruling::Decided)
    }

    fn see_after(
        &mut self,
        truth: Truth,
        claim: &Claim,
        window: &Window,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        if self.since.is_none() {
            return self.after(truth, claim, window, moment);
        }
        // It came true in time, and may yet stay so.
        let decision = self.stay(truth, claim, window, moment);
        let broken = || self.since.is_none() && window.is_closed(moment);
        decision.or_else(|| broken().then(|| self.conclude(claim, window, moment)))
    }

    /// After the deadline.
    fn after(
        &mut self,
        truth: Truth,
        claim: &Claim,
        window: &Window,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let deadline = window.deadline?;
        if truth == Truth::True && self.late.is_none() {
            if moment.straddles(deadline) || self.is_blind(window, moment) {
                return Some(overlap(window, moment));
            }
            if !window.is_after(moment) {
                return Some(told_late(window, moment));
            }
            self.late = Some(moment.event.at);
        }
        let told = |asked: u64| match window.closed_by {
            Some(mark) => mark == moment.mark() || asked >= deadline,
            None => true,
        };
        if self.late.is_none() && moment.asked().is_some_and(told) {
            self.still_not = true;
        }
        window.is_closed(moment).then(|| self.conclude(claim, window, moment))
    }

    /// Whether this is a listing after the window was closed, and no earlier one shows the
    /// opposite. The fact may then have become true before the end.
    fn is_blind(&self, window: &Window, moment: &Moment<'_>) -> bool {
        window.closed_by.is_some() && moment.asked().is_some() && !self.still_not
    }

    /// The truth, but that a truth about nothing is unknown.
    fn believed(&mut self, claim: &Claim, truth: Truth, moment: &Moment<'_>) -> Truth {
        if truth == Truth::False {
            // It speaks of something by now.
            self.empty = None;
        }
        if truth != Truth::True {
            return truth;
        }
        match moment.world.holds_of_nothing(&claim.fact) {
            None => Truth::True,
            Some(empty) => {
                self.empty = Some(empty);
                Truth::Unknown
            }
        }
    }

    /// Takes an event of a fact that must stay true. The fact stays true from the moment at which
    /// it came true to the end of its length, both included. An absence has no length. It stays
    /// true until everything up to its moment is told.
    fn stay(
        &mut self,
        truth: Truth,
        claim: &Claim,
        window: &Window,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let mark = moment.mark();
        let Some(since) = self.since.clone() else {
            if truth == Truth::True {
                let state = (moment.world.describe(&claim.fact), mark);
                let state = self.lasting.is_none().then_some(state);
                self.since = Some(Since { mark, state });
            }
            return None;
        };
        let end = self.end_of(&since);
        if let Some(held) = &since.state {
            return self.confirm(&since, held, end, truth, claim, window, moment);
        }
        let asks_store = claim.fact.asks_store();
        let told = if asks_store { moment.asked() } else { Some(mark.at) };
        let words = mark.words();
        match truth {
            Truth::True if told.is_some_and(|told| told >= end) => {
                self.hold(&since, moment, claim);
                self.stay(truth, claim, window, moment)
            }
            Truth::True => None,
            Truth::False | Truth::Unknown if !asks_store && mark.at > end => {
                self.hold(&since, moment, claim);
                self.stay(truth, claim, window, moment)
            }
            Truth::False | Truth::Unknown if mark.at > end => {
                let reason = format!(
                    "true from {} on, and no longer at {words}: the store was not asked between",
                    since.mark.words(),
                );
                let events = window.evidence([since.mark.n, mark.n]);
                Some(Decision::unknown(Doubt::Order, reason, events))
            }
            Truth::Unknown => {
                let from = since.mark.words();
                let reason = format!("true at {from}, and it cannot be told any more at {words}");
                let events = window.evidence([since.mark.n, mark.n]);
                Some(Decision::unknown(Doubt::NeverEvaluated, reason, events))
            }
            Truth::False => {
                self.broken = Some((since.mark, mark));
                self.since = None;
                None
            }
        }
    }

    /// It stayed true for long enough, as far as is told.
    fn hold(&mut self, since: &Since, moment: &Moment<'_>, claim: &Claim) {
        let state = Some((moment.world.describe(&claim.fact), moment.mark()));
        self.since = Some(Since { mark: since.mark, state });
    }

    /// Waits until everything up to the end is told and the environment there is known.
    #[expect(clippy::too_many_arguments, reason = "each is another thing")]
    fn confirm(
        &mut self,
        since: &Since,
        held: &(String, Mark),
        end: u64,
        truth: Truth,
        claim: &Claim,
        window: &Window,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let mark = moment.mark();
        let may_be_false = truth != Truth::True && !window.is_told(moment.environment, end);
        if may_be_false && self.lasting.is_none() && !window.is_over() {
            self.since = None;
            return None;
        }
        if may_be_false {
            let from = since.mark.words();
            let reason = format!(
                "the order cannot be told. The fact was true from {from} on and no longer at {}. The \
                 watches had not told everything up to {}",
                mark.words(),
                seconds(end),
            );
            let events = window.evidence([since.mark.n, mark.n]);
            return Some(Decision::unknown(Doubt::Order, reason, events));
        }
        window
            .is_known(moment.environment, end)
            .then(|| self.stayed(since, held, end, claim, window, moment))
    }

    /// Passes, if the window has what an absence needs.
    fn stayed(
        &self,
        since: &Since,
        (state, held): &(String, Mark),
        end: u64,
        claim: &Claim,
        window: &Window,
        moment: &Moment<'_>,
    ) -> Decision {
        if let Some(trouble) = window.against_absence(moment.environment, end) {
            let reason = format!("it looks as if it became so, but {}", trouble.words);
            return Decision::unknown(trouble.doubt, reason, window.evidence(trouble.n));
        }
        let (from, step) = (window.since(since.mark.at), &claim.since);
        let reason = if self.lasting.is_some() {
            format!("{from} after step {step}, and to {} at least: {state}", seconds(end))
        } else {
            format!("{from} after step {step}: {state}")
        };
        Decision::pass(reason, window.evidence([since.mark.n, held.n]), Some(held.at))
    }

    /// The last moment at which the fact must be true.
    fn end_of(&self, since: &Since) -> u64 {
        since.mark.at.saturating_add(self.lasting.map_or(0, milliseconds))
    }

    /// Whether the fact must stay true: for its length, or because its truth now is an absence.
    fn must_stay(&self, claim: &Claim, moment: &Moment<'_>) -> bool {
        self.lasting.is_some() || moment.world.rests_on_absence(&claim.fact)
    }

    /// The moment up to which it must stay true, once it is.
    pub(crate) fn stays_until(&self) -> Option<u64> {
        self.since.as_ref().map(|since| self.end_of(since))
    }

    pub(crate) fn is_late(&self) -> bool {
        self.late.is_some()
    }

    /// Whether it came true in time and has yet to stay so.
    pub(crate) fn is_staying(&self) -> bool {
        self.since.is_some()
    }

    /// Decides when the deadline has passed and nothing more is told of the time before it.
    pub(crate) fn conclude(&self, claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
        if let Some(unknown) = window.unevaluable() {
            return unknown;
        }
        let closest = window.closest.as_deref().unwrap_or_default();
        if let Some(empty) = &self.empty {
            return Decision::empty(empty, window.evidence([]));
        }
        if !self.known && window.is_unlisted() {
            let reason = "never evaluated: the store was not asked in the window".to_owned();
            return Decision::unknown(Doubt::StoreNotAsked, reason, window.evidence([]));
        }
        if let Some(empty) = &window.untold {
            return Decision::empty(empty, window.evidence([]));
        }
        if !self.known {
            let reason = format!("never evaluated: {closest}");
            return Decision::unknown(Doubt::NeverEvaluated, reason, window.evidence([]));
        }
        if let Some(reason) = self.unlisted(window) {
            return Decision::unknown(Doubt::StoreNotAsked, reason, window.evidence([]));
        }
        let end = window.deadline.unwrap_or(moment.event.at);
        let right = self.right.or(window.right_before());
        if let Some(trouble) = window.against(moment.environment, right, end) {
            let reason = format!("not in time, but {}; {closest}", trouble.words);
            return Decision::unknown(trouble.doubt, reason, window.evidence(trouble.n));
        }
        let late = self.late.map(|at| came_late(claim, window, at)).unwrap_or_default();
        let reason = match (&window.closed_by, &claim.before, &self.broken) {
            (Some(mark), Some(before), _) => {
                format!("at {} {before}, and before that: {closest}{late}", mark.words())
            }
            (_, _, Some((since, until))) => format!(
                "true at {}, but no longer at {}; at the deadline: {closest}",
                since.words(),
                until.words(),
            ),
            _ => format!("at the deadline: {closest}{late}"),
        };
        Decision::fail(reason, window.evidence([]), window.deadline)
    }

    /// The reason why the last listing says nothing about the deadline.
    fn unlisted(&self, window: &Window) -> Option<String> {
        let settled = !window.asks_store || window.false_anyway || self.still_not;
        let deadline = window.deadline.filter(|_| !settled)?;
        let asked = window.last_listing?;
        let patience = if window.closed_by.is_some() { 0 } else { MAX_SILENCE };
        let stale = asked.saturating_add(patience) < deadline;
        stale.then(|| {
            let (asked, deadline) = (seconds(asked), seconds(deadline));
            format!("the store was last asked at {asked}, too long before the deadline {deadline}")
        })
    }
}

/// The fact and its bound came true in one and the same event.
fn together(claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
    let before = claim.before.as_ref().map(ToString::to_string).unwrap_or_default();
    let reason = format!("the order cannot be told: at {} {before} as well", moment.mark().words());
    Decision::unknown(Doubt::Order, reason, window.evidence([moment.event.n]))
}

/// The end of a failure's text when the fact comes true after the deadline.
pub(crate) fn came_late(claim: &Claim, window: &Window, at: u64) -> String {
    format!("; came true only {} after step {}", window.since(at), claim.since)
}

fn pass(claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
    let mark = moment.mark();
    let state = moment.world.describe(&claim.fact);
    let reason = format!("{} after step {}: {state}", window.since(mark.at), claim.since);
    Decision::pass(reason, window.evidence([mark.n]), Some(mark.at))
}

fn overlap(window: &Window, moment: &Moment<'_>) -> Decision {
    let reason = format!(
        "the store shows it in an answer that overlaps the deadline: asked at {}, answered at {}",
        seconds(moment.asked().unwrap_or_default()),
        moment.mark().words(),
    );
    Decision::unknown(Doubt::Order, reason, window.evidence([moment.event.n]))
}

fn told_late(window: &Window, moment: &Moment<'_>) -> Decision {
    let reason = format!(
        "the order cannot be told. The fact came true at {}, when the watches had not told \
         everything up to the deadline",
        moment.mark().words(),
    );
    Decision::unknown(Doubt::Order, reason, window.evidence([moment.event.n]))
}
