//! `eventually`: the fact must be true at some moment of the window, or from then on for a while.

use std::time::Duration;

use model::verdict::Doubt;
use model::world::Empty;
use model::{Claim, Modality, Truth};

use crate::decision::Decision;
use crate::health::{Health, MAX_SILENCE};
use crate::moment::{Mark, Moment, seconds};
use crate::truths::Truths;
use crate::window::Window;

/// What is known of an `eventually` that is not decided.
#[derive(Debug, Default)]
pub(crate) struct Eventually {
    /// The fact could be told at some moment of the window.
    known: bool,
    /// It was true, but of nothing.
    empty: Option<Empty>,
    /// Since when it is true, where it must stay so.
    since: Option<Mark>,
    /// When it was true and then no longer, where it must stay so.
    broken: Option<(Mark, Mark)>,
    /// When it first came true after the deadline.
    late: Option<u64>,
    /// A listing after the deadline, before it came true: it was not true until then.
    still_not: bool,
}

impl Eventually {
    /// Takes an event of the window, the opening one included, or after it.
    pub(crate) fn see(
        &mut self,
        claim: &Claim,
        window: &mut Window,
        truths: Truths,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let truth = self.believed(claim, truths.fact, moment);
        if window.is_over() {
            if self.since.is_none() {
                return self.after(truth, claim, window, moment);
            }
            // It came true in time, and may yet stay so.
            let decision = self.stay(truth, claim, window, moment);
            let broken = || self.since.is_none().then(|| self.conclude(claim, window));
            return decision.or_else(broken);
        }
        self.known |= truth != Truth::Unknown;
        let closing = truths.closing == Truth::True;
        match (truth, lasting(claim)) {
            (Truth::True, None) if closing => return Some(together(claim, window, moment)),
            (Truth::True, None) => return Some(pass(claim, window, moment)),
            (_, None) => {}
            (truth, Some(_)) => return self.stay(truth, claim, window, moment),
        }
        if !closing {
            return None;
        }
        window.close(moment, claim);
        self.after(truth, claim, window, moment)
    }

    /// What comes after the deadline.
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
            self.late = Some(moment.event.at);
        }
        let told = |asked: u64| match window.closed_by {
            Some(mark) => mark == moment.mark() || asked >= deadline,
            None => true,
        };
        if self.late.is_none() && moment.asked().is_some_and(told) {
            self.still_not = true;
        }
        window.is_closed(moment).then(|| self.conclude(claim, window))
    }

    /// Whether a listing after the window was closed shows the fact, and none before tells since
    /// when: it may have been so before.
    fn is_blind(&self, window: &Window, moment: &Moment<'_>) -> bool {
        window.closed_by.is_some() && moment.asked().is_some() && !self.still_not
    }

    /// The truth, but that what is true of nothing is unknown.
    fn believed(&mut self, claim: &Claim, truth: Truth, moment: &Moment<'_>) -> Truth {
        if truth == Truth::False {
            // It speaks of something by now.
            self.empty = None;
        }
        if truth != Truth::True {
            return truth;
        }
        let world = moment.world;
        let fact = &claim.fact;
        let empty = world.absent_from_the_start(fact).or_else(|| world.matched_nothing(fact));
        match empty {
            None => Truth::True,
            Some(empty) => {
                self.empty = Some(empty);
                Truth::Unknown
            }
        }
    }

    /// Where the fact must stay true: from the moment at which it came true to the end of its
    /// length, both included.
    fn stay(
        &mut self,
        truth: Truth,
        claim: &Claim,
        window: &Window,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let mark = moment.mark();
        let Some(since) = self.since else {
            if truth == Truth::True {
                self.since = Some(mark);
            }
            return None;
        };
        let length = lasting(claim).unwrap_or_default();
        let end = since.at.saturating_add(u64::try_from(length.as_millis()).unwrap_or(u64::MAX));
        let asks_store = claim.fact.asks_store();
        let told = if asks_store { moment.asked() } else { Some(mark.at) };
        let words = mark.words();
        match truth {
            Truth::True if told.is_some_and(|told| told >= end) => {
                Some(stayed(since, end, claim, window, moment))
            }
            Truth::True => None,
            _ if !asks_store && mark.at > end => Some(stayed(since, end, claim, window, moment)),
            _ if mark.at > end => {
                let because = format!(
                    "true from {} on, and no longer at {words}: the store was not asked between",
                    since.words(),
                );
                Some(Decision::unknown(Doubt::Order, because, window.evidence([since.n, mark.n])))
            }
            Truth::Unknown => {
                let because =
                    format!("true at {}, and it cannot be told any more at {words}", since.words());
                let events = window.evidence([since.n, mark.n]);
                Some(Decision::unknown(Doubt::NeverEvaluated, because, events))
            }
            Truth::False => {
                self.broken = Some((since, mark));
                self.since = None;
                None
            }
        }
    }

    /// Whether it came true after the deadline.
    pub(crate) fn is_late(&self) -> bool {
        self.late.is_some()
    }

    /// Whether it came true in time and has yet to stay so.
    pub(crate) fn is_staying(&self) -> bool {
        self.since.is_some()
    }

    /// Decides when the deadline has passed and nothing more is told of the time before it.
    pub(crate) fn conclude(&self, claim: &Claim, window: &Window) -> Decision {
        let closest = window.closest.as_deref().unwrap_or_default();
        if let Some(empty) = &self.empty {
            return Decision::empty(empty, window.evidence([]));
        }
        if !self.known && window.is_unlisted() {
            let because = "never evaluated: the store was not asked in the window".to_owned();
            return Decision::unknown(Doubt::StoreNotAsked, because, window.evidence([]));
        }
        if let Some(empty) = &window.untold {
            return Decision::empty(empty, window.evidence([]));
        }
        if !self.known {
            let because = format!("never evaluated: {closest}");
            return Decision::unknown(Doubt::NeverEvaluated, because, window.evidence([]));
        }
        if let Some(because) = self.unlisted(window) {
            return Decision::unknown(Doubt::StoreNotAsked, because, window.evidence([]));
        }
        if let Some(trouble) = window.environment.as_ref().and_then(Health::trouble) {
            let because = format!("not in time, but {}; {closest}", trouble.words);
            return Decision::unknown(trouble.doubt, because, window.evidence(trouble.n));
        }
        let late = self.late.map(|at| came_late(claim, window, at)).unwrap_or_default();
        let because = match (&window.closed_by, &claim.before, &self.broken) {
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
        Decision::fail(because, window.evidence([]), window.deadline)
    }

    /// Why the last listing says nothing about the deadline.
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

fn stayed(since: Mark, end: u64, claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
    if let Some(trouble) = window.observers.as_ref().and_then(Health::trouble) {
        let because = format!("it looks as if it stayed so, but {}", trouble.words);
        return Decision::unknown(trouble.doubt, because, window.evidence(trouble.n));
    }
    let state = moment.world.describe(&claim.fact);
    let (from, step) = (window.since(since.at), &claim.since);
    let because = format!("{from} after step {step}, and to {} at least: {state}", seconds(end));
    let events = window.evidence([since.n, moment.event.n]);
    Decision::pass(because, events, Some(moment.event.at))
}

/// The fact and what it must come before came true in one and the same event.
fn together(claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
    let before = claim.before.as_ref().map(ToString::to_string).unwrap_or_default();
    let because =
        format!("the order cannot be told: at {} {before} as well", moment.mark().words());
    Decision::unknown(Doubt::Order, because, window.evidence([moment.event.n]))
}

fn lasting(claim: &Claim) -> Option<Duration> {
    match &claim.modality {
        Modality::Eventually { lasting, .. } => *lasting,
        _ => None,
    }
}

/// What is added to a failure when the fact comes true after the deadline.
pub(crate) fn came_late(claim: &Claim, window: &Window, at: u64) -> String {
    format!("; came true only {} after step {}", window.since(at), claim.since)
}

fn pass(claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
    let mark = moment.mark();
    let state = moment.world.describe(&claim.fact);
    let because = format!("{} after step {}: {state}", window.since(mark.at), claim.since);
    Decision::pass(because, window.evidence([mark.n]), Some(mark.at))
}

fn overlap(window: &Window, moment: &Moment<'_>) -> Decision {
    let because = format!(
        "the store shows it in an answer that overlaps the deadline: asked at {}, answered at {}",
        seconds(moment.asked().unwrap_or_default()),
        moment.mark().words(),
    );
    Decision::unknown(Doubt::Order, because, window.evidence([moment.event.n]))
}
