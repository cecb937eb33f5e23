//! `never`, `always` and `always … until`: the claim must not be violated at any moment of the
//! window.

use model::verdict::Doubt;
use model::{Claim, Fact, Truth, World};

use crate::decision::Decision;
use crate::environment::{MAX_SILENCE, Trouble};
use crate::mark::{Mark, seconds};
use crate::moment::Moment;
use crate::ruling::{Ruling, Violation};
use crate::truths::Truths;
use crate::vacuity::{Vacuity, held_of_nothing};
use crate::window::Window;

/// The rule that every moment of the window must keep.
#[derive(Debug)]
pub(crate) enum Rule {
    /// The fact holds.
    Always,
    /// The fact does not hold.
    Never,
    /// The fact holds until another fact does, and that must come.
    Until(Fact),
}

/// The knowledge about a `never`, `always` or `until` that is not decided.
#[derive(Debug)]
pub(crate) struct Throughout {
    rule: Rule,
    /// The claim sets objects against something that is not in the store.
    mixed: bool,
    /// The fact could be told at some moment.
    fact_known: bool,
    /// The `while` was so at some moment.
    while_so: bool,
    /// The last moment at which the fact could be told while the `while` was so.
    evaluated: Option<Mark>,
    /// Whether the fact spoke of anything at such moments.
    vacuity: Vacuity,
    /// A violation seen by a listing that is older than the rest of it: since when.
    suspect: Option<Mark>,
    /// The reason why the order decides and is unknown, with the number of the event.
    overlap: Option<(String, u64)>,
}

impl Throughout {
    pub(crate) fn new(rule: Rule, claim: &Claim, window: &Window) -> Self {
        let pure = claim.facts().iter().all(|fact| fact.asks_only_store());
        Self {
            rule,
            mixed: window.asks_store && !pure,
            fact_known: false,
            while_so: false,
            evaluated: None,
            vacuity: Vacuity::default(),
            suspect: None,
            overlap: None,
        }
    }

    /// Takes an event of the window, the opening one included, or after it.
    pub(crate) fn see(
        &mut self,
        claim: &Claim,
        window: &mut Window,
        truths: Truths,
        moment: &Moment<'_>,
    ) -> Option<Ruling> {
        let violated = self.rule.violation(truths.fact).and(truths.active);
        let ruling = if window.is_over() {
            self.see_after(violated, claim, window, moment)
        } else if truths.closing == Truth::True {
            self.clear(moment);
            window.close(moment, claim);
            None
        } else {
            self.count(claim, truths, moment);
            self.see_inside(violated, claim, window, moment)
        };
        let conclude = || Ruling::Decided(self.conclude(claim, window, moment));
        ruling.or_else(|| window.is_closed(moment).then(conclude))
    }

    fn count(&mut self, claim: &Claim, truths: Truths, moment: &Moment<'_>) {
        let (known, active) = (truths.fact != Truth::Unknown, truths.active == Truth::True);
        self.fact_known |= known;
        self.while_so |= active;
        if !known || !active {
            return;
        }
        self.evaluated = Some(moment.mark());
        self.vacuity.ask(moment.world, &claim.fact);
    }

    fn see_inside(
        &mut self,
        violated: Truth,
        claim: &Claim,
        window: &Window,
        moment: &Moment<'_>,
    ) -> Option<Ruling> {
        match violated {
            Truth::True if !self.mixed => Some(fail(claim, window, moment.mark(), moment)),
            Truth::True if moment.asked().is_some() && moment.freshness.is_quiet() => {
                let since = self.suspect.unwrap_or_else(|| moment.mark());
                Some(fail(claim, window, since, moment))
            }
            Truth::True => self.suspect(claim, window, moment),
            Truth::False => {
                self.clear(moment);
                None
            }
            Truth::Unknown => None,
        }
    }

    fn see_after(
        &mut self,
        violated: Truth,
        claim: &Claim,
        window: &Window,
        moment: &Moment<'_>,
    ) -> Option<Ruling> {
        match violated {
            Truth::True if self.suspect.is_some() => self.suspect(claim, window, moment),
            Truth::True if window.deadline.is_some_and(|d| moment.straddles(d)) => {
                let words = "the store shows it in an answer that overlaps the deadline";
                self.note_overlap(words, moment.event.n);
                None
            }
            Truth::True if !window.is_after(moment) => {
                let words =
                    "it looks violated when the watches had not told everything up to the end";
                self.note_overlap(words, moment.event.n);
                None
            }
            Truth::False => {
                self.clear(moment);
                None
            }
            Truth::True | Truth::Unknown => None,
        }
    }

    /// Begins or confirms a suspicion: a listing asked after its beginning confirms it.
    fn suspect(&mut self, claim: &Claim, window: &Window, moment: &Moment<'_>) -> Option<Ruling> {
        let since = *self.suspect.get_or_insert_with(|| moment.mark());
        let confirmed = moment.asked().is_some_and(|asked| asked > since.at);
        confirmed.then(|| fail(claim, window, since, moment))
    }

    fn clear(&mut self, moment: &Moment<'_>) {
        let Some(since) = self.suspect.take() else {
            return;
        };
        let words = format!(
            "it looks violated at {}, by a listing older than that, and no longer at {}",
            since.words(),
            moment.mark().words(),
        );
        self.note_overlap(&words, since.n);
    }

    fn note_overlap(&mut self, words: &str, n: u64) {
        self.overlap.get_or_insert((format!("the order cannot be told: {words}"), n));
    }

    /// Whether a suspicion is about to be confirmed or cleared.
    pub(crate) fn is_pending(&self, now: u64) -> bool {
        self.suspect.is_some_and(|since| now <= since.at.saturating_add(MAX_SILENCE))
    }

    /// Decides when the window is complete; this moment is its end if it has no deadline.
    pub(crate) fn conclude(&self, claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
        if let Some((reason, n)) = &self.overlap {
            return Decision::unknown(Doubt::Order, reason.clone(), window.evidence([*n]));
        }
        if let Some(since) = self.suspect {
            let reason = format!(
                "it looks violated at {}, but the store was not asked again after that",
                since.words(),
            );
            return Decision::unknown(Doubt::StoreNotAsked, reason, window.evidence([since.n]));
        }
        if let Some(unknown) = window.unevaluable() {
            return unknown;
        }
        let Some(last) = self.evaluated else {
            return self.unevaluated(claim, window, moment.world);
        };
        if let Some(empty) = self.vacuity.of_nothing() {
            return Decision::empty(empty, window.evidence([]));
        }
        if let Some(trouble) = against_pass(window, moment) {
            let reason = format!("no violation was seen, but {}", trouble.words);
            return Decision::unknown(trouble.doubt, reason, window.evidence(trouble.n));
        }
        if let (Rule::Until(until), None) = (&self.rule, window.closed_by) {
            return never_released(until, window, moment);
        }
        let end = window.deadline.unwrap_or(moment.event.at);
        let closest = window.closest.clone();
        let state = closest.unwrap_or_else(|| moment.world.describe(&claim.fact));
        let reason = format!(
            "no violation from {} to {}, last evaluated at {}; at the end: {state}",
            seconds(window.opened.at),
            seconds(end),
            last.words(),
        );
        Decision::pass(reason, window.evidence([last.n]), Some(end))
    }

    fn unevaluated(&self, claim: &Claim, window: &Window, world: &World) -> Decision {
        let events = window.evidence([]);
        let never = |doubt: Doubt, words: String| {
            Decision::unknown(doubt, format!("never evaluated: {words}"), events.clone())
        };
        match &claim.only_while {
            _ if window.is_unlisted() => {
                never(Doubt::StoreNotAsked, "the store was not asked in the window".to_owned())
            }
            Some(condition) if !self.while_so => {
                let words = format!("there was no moment at which {condition}");
                never(Doubt::NeverEvaluated, words)
            }
            condition => {
                if let Some(empty) = world.untold(&claim.fact).filter(|_| !self.fact_known) {
                    return Decision::empty(&empty, events);
                }
                let so = condition.as_ref().filter(|_| self.fact_known);
                let so = so.map(|c| format!(" while {c}")).unwrap_or_default();
                let could = if self.fact_known { "not" } else { "never" };
                let words = format!("it could {could} be told whether {}{so}", claim.fact);
                never(Doubt::NeverEvaluated, words)
            }
        }
    }
}

/// The reason why the absence of a violation does not pass.
fn against_pass(window: &Window, moment: &Moment<'_>) -> Option<Trouble> {
    match window.deadline {
        Some(end) => window.against_absence(moment.environment, end),
        None => window.against_absence_to_the_end(moment.environment, moment.event.at),
    }
}

/// The window is over, and its release did not come.
fn never_released(until: &Fact, window: &Window, moment: &Moment<'_>) -> Decision {
    let closest = window.closest.as_deref().unwrap_or_default();
    let end = window.deadline.unwrap_or(moment.event.at);
    if let Some(trouble) = window.against(moment.environment, None, end) {
        let reason = format!("it never came that {until}, but {}; {closest}", trouble.words);
        return Decision::unknown(trouble.doubt, reason, window.evidence(trouble.n));
    }
    if let Some(empty) = held_of_nothing(moment.world, until) {
        return Decision::empty(&empty, window.evidence([]));
    }
    let reason = format!("it never came that {until}; at the deadline: {closest}");
    Decision::fail(reason, window.evidence([]), window.deadline)
}

impl Rule {
    /// Whether the fact's truth violates the rule.
    fn violation(&self, truth: Truth) -> Truth {
        match self {
            Self::Always | Self::Until(_) => truth.not(),
            Self::Never => truth,
        }
    }
}

fn fail(claim: &Claim, window: &Window, since: Mark, moment: &Moment<'_>) -> Ruling {
    let mut reason = format!("at {}: {}", since.words(), moment.world.describe(&claim.fact));
    if let Some(condition) = &claim.only_while {
        reason = format!("{reason}; while {}", moment.world.describe(condition));
    }
    if since.n != moment.event.n {
        reason = format!("{reason}; confirmed at {}", moment.mark().words());
    }
    let at = moment.event.at;
    let decision = Decision::fail(reason, window.evidence([since.n, moment.event.n]), Some(at));
    Ruling::Violated(Violation { decision, right: window.right(), at })
}
