//! `happens … times`: the fact becomes true so many times.

use model::fact::Count;
use model::verdict::Doubt;
use model::{Claim, Truth};

use crate::decision::Decision;
use crate::environment::Trouble;
use crate::mark::seconds;
use crate::moment::Moment;
use crate::ruling::{Ruling, Violation};
use crate::truths::Truths;
use crate::vacuity::{Vacuity, held_of_nothing};
use crate::window::Window;

/// The knowledge about a count that is not decided.
#[derive(Debug)]
pub(crate) struct Happens {
    /// The admitted number of times.
    admitted: Count,
    /// The fact was true at the last moment at which it could be told.
    so: bool,
    /// The events at which it became true, the first few.
    times: Vec<u64>,
    count: usize,
    /// It could be told at some moment.
    known: bool,
    /// Whether the fact spoke of anything at such moments.
    vacuity: Vacuity,
    /// The event after the window that may tell of a time in it.
    late: Option<u64>,
}

/// Most events that the evidence of a count names.
const NAMED: usize = 5;

impl Happens {
    pub(crate) fn new(admitted: Count) -> Self {
        Self {
            admitted,
            so: false,
            times: Vec::new(),
            count: 0,
            known: false,
            vacuity: Vacuity::default(),
            late: None,
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
        if !window.is_over() {
            if truths.closing == Truth::True {
                window.close(moment, claim);
            } else if let Some(ruling) = self.count(claim, window, truths.fact, moment) {
                return Some(ruling);
            }
        } else if !window.is_after(moment) && truths.fact == Truth::True && !self.so {
            self.late.get_or_insert(moment.event.n);
        }
        window.is_closed(moment).then(|| Ruling::Decided(self.conclude(claim, window, moment)))
    }

    fn count(
        &mut self,
        claim: &Claim,
        window: &Window,
        truth: Truth,
        moment: &Moment<'_>,
    ) -> Option<Ruling> {
        let became = truth == Truth::True && !self.so;
        if truth != Truth::Unknown {
            self.known = true;
            self.so = truth == Truth::True;
            self.vacuity.ask(moment.world, &claim.fact);
        }
        if !became {
            return None;
        }
        self.count += 1;
        if self.times.len() < NAMED {
            self.times.push(moment.event.n);
        }
        let state = moment.world.describe(&claim.fact);
        let at = moment.mark();
        let events = window.evidence(self.times.iter().copied().chain([at.n]));
        let reason = format!("came true for the {}. time at {}: {state}", self.count, at.words());
        match self.admitted {
            Count::AtLeast(n) if self.count == n => {
                Some(Ruling::Decided(Decision::pass(reason, events, Some(at.at))))
            }
            Count::Exactly(n) | Count::AtMost(n) if self.count > n => {
                let decision = Decision::fail(reason, events, Some(at.at));
                let right = window.previous;
                Some(Ruling::Violated(Violation { decision, right, at: at.at }))
            }
            Count::AtLeast(_) | Count::Exactly(_) | Count::AtMost(_) => None,
        }
    }

    /// Decides when the window is complete; this moment is its end if it has no deadline.
    pub(crate) fn conclude(&self, claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
        if let Some(unknown) = window.unevaluable() {
            return unknown;
        }
        let events = window.evidence(self.times.iter().copied());
        if let Some(empty) = self.vacuity.of_nothing() {
            return Decision::empty(empty, events);
        }
        if !self.known {
            let empty = moment.world.untold(&claim.fact);
            if let Some(empty) = empty.or_else(|| held_of_nothing(moment.world, &claim.fact)) {
                return Decision::empty(&empty, events);
            }
            let words = format!("it could never be told whether {}", claim.fact);
            let reason = format!("never evaluated: {words}");
            return Decision::unknown(Doubt::NeverEvaluated, reason, events);
        }
        if let Some(n) = self.late {
            return late(window, n);
        }
        let enough = self.admitted.admits(self.count);
        let counted = format!("came true {} times", self.count);
        if let Some(trouble) = against(enough, window, moment) {
            let reason = format!("{counted}, but {}", trouble.words);
            return Decision::unknown(trouble.doubt, reason, window.evidence(trouble.n));
        }
        let end = window.deadline.unwrap_or(moment.event.at);
        let closest = window.closest.clone();
        let state = closest.unwrap_or_else(|| moment.world.describe(&claim.fact));
        let reason = format!(
            "{counted} from {} to {}; at the end: {state}",
            seconds(window.opened.at),
            seconds(end)
        );
        if enough {
            Decision::pass(reason, events, Some(end))
        } else {
            Decision::fail(reason, events, Some(end))
        }
    }
}

/// The reason why an admitted number does not pass, or another one does not fail.
fn against(enough: bool, window: &Window, moment: &Moment<'_>) -> Option<Trouble> {
    let environment = moment.environment;
    match (enough, window.deadline) {
        (true, Some(end)) => window.against_absence(environment, end),
        (true, None) => window.against_absence_to_the_end(environment, moment.event.at),
        // Too few at the end: the number was right at no moment.
        (false, Some(end)) => window.against(environment, None, end),
        (false, None) => window.against_violation(environment, None, moment.event.at),
    }
}

/// It became true after the end of the window, and may have been true in it.
fn late(window: &Window, n: u64) -> Decision {
    let reason = "the order cannot be told: it came true when the watches had not told \
                   everything up to the end";
    Decision::unknown(Doubt::Order, reason.to_owned(), window.evidence([n]))
}
