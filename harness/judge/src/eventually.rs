//! `eventually`: the fact must be true at some moment of the window.

use model::verdict::Outcome;
use model::{Claim, Truth};

use crate::health::MAX_SILENCE;
use crate::moment::{Moment, seconds};
use crate::watch::Decision;
use crate::window::Window;

/// What is known of an `eventually` that is not decided.
#[derive(Debug, Default)]
pub(crate) struct Eventually {
    /// The fact could be told at some moment of the window.
    known: bool,
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
        window: &Window,
        moment: &Moment<'_>,
    ) -> Option<Decision> {
        let truth = window.holds(moment, &claim.fact);
        let Some(deadline) = window.deadline.filter(|_| window.is_over()) else {
            self.known |= truth != Truth::Unknown;
            return (truth == Truth::True).then(|| pass(claim, window, moment));
        };
        if truth == Truth::True && self.late.is_none() {
            if moment.straddles(deadline) {
                return Some(overlap(window, moment));
            }
            self.late = Some(moment.event.at);
        }
        if self.late.is_none() && moment.asked().is_some() {
            self.still_not = true;
        }
        window.is_closed(moment).then(|| self.conclude(claim, window))
    }

    /// Whether it came true after the deadline.
    pub(crate) fn is_late(&self) -> bool {
        self.late.is_some()
    }

    /// Decides when the deadline has passed and nothing more is told of the time before it.
    pub(crate) fn conclude(&self, claim: &Claim, window: &Window) -> Decision {
        let closest = window.closest.as_deref().unwrap_or_default();
        if !self.known {
            let because = if window.is_unlisted() {
                "never evaluated: the store was not asked in the window".to_owned()
            } else {
                format!("never evaluated: {closest}")
            };
            return Decision::unknown(because, window.evidence([]));
        }
        if let Some(because) = self.unlisted(window) {
            return Decision::unknown(because, window.evidence([]));
        }
        if let Some(trouble) = window.health.trouble() {
            let because = format!("not in time, but {}; {closest}", trouble.words);
            return Decision::unknown(because, window.evidence(trouble.n));
        }
        let late = self.late.map(|at| came_late(claim, window, at)).unwrap_or_default();
        Decision {
            outcome: Outcome::Fail,
            because: format!("at the deadline: {closest}{late}"),
            events: window.evidence([]),
            decided_at: window.deadline,
        }
    }

    /// Why the last listing says nothing about the deadline.
    fn unlisted(&self, window: &Window) -> Option<String> {
        let settled = !window.asks_store || window.false_anyway || self.still_not;
        let deadline = window.deadline.filter(|_| !settled)?;
        let asked = window.last_listing?;
        let stale = asked.saturating_add(MAX_SILENCE) < deadline;
        stale.then(|| {
            let (asked, deadline) = (seconds(asked), seconds(deadline));
            format!("the store was last asked at {asked}, too long before the deadline {deadline}")
        })
    }
}

/// What is added to a failure when the fact comes true after the deadline.
pub(crate) fn came_late(claim: &Claim, window: &Window, at: u64) -> String {
    format!("; came true only {} after step {}", window.since(at), claim.since)
}

fn pass(claim: &Claim, window: &Window, moment: &Moment<'_>) -> Decision {
    let mark = moment.mark();
    let state = moment.world.describe(&claim.fact);
    Decision {
        outcome: Outcome::Pass,
        because: format!("{} after step {}: {state}", window.since(mark.at), claim.since),
        events: window.evidence([mark.n]),
        decided_at: Some(mark.at),
    }
}

fn overlap(window: &Window, moment: &Moment<'_>) -> Decision {
    let because = format!(
        "the store shows it in an answer that overlaps the deadline: asked at {}, answered at {}",
        seconds(moment.asked().unwrap_or_default()),
        moment.mark().words(),
    );
    Decision::unknown(because, window.evidence([moment.event.n]))
}
