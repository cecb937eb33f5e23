//! `happens … times`: the fact becomes true so many times.

use model::fact::Count;
use model::verdict::Doubt;
use model::{Claim, Modality, Truth, World};

use crate::decision::Decision;
use crate::health::Health;
use crate::moment::{Moment, seconds};
use crate::spoken::Spoken;
use crate::truths::Truths;
use crate::window::Window;

/// What is known of a count that is not decided.
#[derive(Debug, Default)]
pub(crate) struct Happens {
    /// The fact was true at the last moment at which it could be told.
    so: bool,
    /// The events at which it became true, the first few.
    times: Vec<u64>,
    count: usize,
    /// It could be told at some moment.
    known: bool,
    /// Whether the fact spoke of anything at such moments.
    spoken: Spoken,
}

/// How many of the events are named.
const NAMED: usize = 5;

impl Happens {
    /// Takes an event of the window, the opening one included, or after it.
    pub(crate) fn see(
        &mut self,
        claim: &Claim,
        window: &mut Window,
        truths: Truths,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        if !window.is_over() {
            if truths.closing == Truth::True {
                window.close(moment, claim);
            } else if let Some(decision) = self.count(claim, window, truths.fact, moment) {
                return Some(decision);
            }
        }
        let now = moment.event.at;
        window.is_closed(moment).then(|| self.conclude(claim, window, now, moment.world))
    }

    fn count(
        &mut self,
        claim: &Claim,
        window: &Window,
        truth: Truth,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let became = truth == Truth::True && !self.so;
        if truth != Truth::Unknown {
            self.known = true;
            self.so = truth == Truth::True;
            self.spoken.ask(moment.world, &claim.fact);
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
        let because = format!("came true for the {}. time at {}: {state}", self.count, at.words());
        match times(claim) {
            Count::AtLeast(n) if self.count == n => {
                Some(Decision::pass(because, events, Some(at.at)))
            }
            Count::Exactly(n) | Count::AtMost(n) if self.count > n => {
                Some(Decision::fail(because, events, Some(at.at)))
            }
            _ => None,
        }
    }

    /// Decides when the window is complete; `now` is its end if it has no deadline.
    pub(crate) fn conclude(
        &self,
        claim: &Claim,
        window: &Window,
        now: u64,
        world: &World,
    ) -> Decision {
        let events = window.evidence(self.times.iter().copied());
        if let Some(empty) = self.spoken.of_nothing() {
            return Decision::empty(empty, events);
        }
        if !self.known {
            if let Some(empty) = world.untold(&claim.fact) {
                return Decision::empty(&empty, events);
            }
            let words = format!("it could never be told whether {}", claim.fact);
            let because = format!("never evaluated: {words}");
            return Decision::unknown(Doubt::NeverEvaluated, because, events);
        }
        let enough = times(claim).admits(self.count);
        let health = if enough { &window.observers } else { &window.environment };
        let counted = format!("came true {} times", self.count);
        if let Some(trouble) = health.as_ref().and_then(Health::trouble) {
            let because = format!("{counted}, but {}", trouble.words);
            return Decision::unknown(trouble.doubt, because, window.evidence(trouble.n));
        }
        let end = window.deadline.unwrap_or(now);
        let state = window.closest.clone().unwrap_or_else(|| world.describe(&claim.fact));
        let because = format!(
            "{counted} from {} to {}; at the end: {state}",
            seconds(window.opened.at),
            seconds(end)
        );
        if enough {
            Decision::pass(because, events, Some(end))
        } else {
            Decision::fail(because, events, Some(end))
        }
    }
}

fn times(claim: &Claim) -> Count {
    match &claim.modality {
        Modality::Happens { times, .. } => *times,
        _ => Count::AtLeast(0),
    }
}
