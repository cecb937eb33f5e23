//! The window of a claim.

use model::{Claim, Event, Fact, Modality, Truth, World};

use crate::health::{Health, LastWords, MAX_SILENCE};
use crate::moment::{Mark, Moment, seconds};
use crate::sight::{asks_store, holds};

/// An open window.
#[derive(Debug)]
pub(crate) struct Window {
    /// The event that opened it.
    pub(crate) opened: Mark,
    /// Its last moment; none: it lasts to the end of the history.
    pub(crate) deadline: Option<u64>,
    /// The environment through it.
    pub(crate) health: Health,
    /// Whether the claim speaks of objects.
    pub(crate) asks_store: bool,
    /// The state at the deadline, in words, once that has passed.
    pub(crate) closest: Option<String>,
    /// The event that shows that the deadline has passed.
    crossed: Option<u64>,
    /// Whether the fact did not hold at the deadline, whatever the store holds.
    pub(crate) false_anyway: bool,
    /// When the last listing of the window was asked for.
    pub(crate) last_listing: Option<u64>,
}

impl Window {
    pub(crate) fn open(claim: &Claim, event: &Event, last: &LastWords) -> Self {
        let opened = Mark::of(event);
        let asks_store =
            asks_store(&claim.fact) || claim.only_while.as_ref().is_some_and(asks_store);
        let length = match claim.modality {
            Modality::Eventually { within } => Some(within),
            Modality::Always { within } | Modality::Never { within } => within,
        };
        let deadline = length.map(|length| {
            let length = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
            opened.at.saturating_add(length)
        });
        let health = match (claim.modality, deadline) {
            (Modality::Eventually { .. }, Some(deadline)) => {
                Health::of_everything(last, opened.at, deadline, asks_store)
            }
            _ => Health::of_observers(last, opened.at, deadline, asks_store),
        };
        Self {
            opened,
            deadline,
            health,
            asks_store,
            closest: None,
            crossed: None,
            false_anyway: false,
            last_listing: None,
        }
    }

    /// Looks at an event before it is taken: if it lies after the deadline, the window is over and
    /// `world` is what was there at its end.
    pub(crate) fn cross(&mut self, event: &Event, claim: &Claim, world: &World) {
        if self.closest.is_none() && self.deadline.is_some_and(|deadline| event.at > deadline) {
            self.closest = Some(world.describe(&claim.fact));
            self.crossed = Some(event.n);
            self.false_anyway = holds(world, &claim.fact, false) == Truth::False;
        }
    }

    /// Takes an event of the window, or after it.
    pub(crate) fn see(&mut self, moment: &Moment<'_>) {
        self.health.see(moment.event);
        let (opened, deadline) = (self.opened.at, self.deadline.unwrap_or(u64::MAX));
        let inside = |asked: &u64| (opened..=deadline).contains(asked);
        if let Some(asked) = moment.asked().filter(inside) {
            self.last_listing = Some(asked);
        }
    }

    /// Whether the deadline has passed.
    pub(crate) fn is_over(&self) -> bool {
        self.closest.is_some()
    }

    /// Whether the deadline has passed and nothing more can be learnt of the time before it.
    pub(crate) fn is_closed(&self, moment: &Moment<'_>) -> bool {
        let Some(deadline) = self.deadline.filter(|_| self.is_over()) else {
            return false;
        };
        let now = moment.event.at;
        let listed = !self.asks_store
            || moment.sight.asked().is_some_and(|asked| asked > deadline)
            || now > deadline.saturating_add(MAX_SILENCE);
        listed && self.health.is_closed(now)
    }

    /// Whether the claim speaks of objects and the store was not asked in the window.
    pub(crate) fn is_unlisted(&self) -> bool {
        self.asks_store && self.last_listing.is_none()
    }

    /// Whether the fact holds now, as far as the window can tell.
    pub(crate) fn holds(&self, moment: &Moment<'_>, fact: &Fact) -> Truth {
        holds(moment.world, fact, moment.sight.is_fresh(self.opened.at))
    }

    /// The numbers of the opening event, of the first after the deadline, and of these.
    pub(crate) fn evidence(&self, events: impl IntoIterator<Item = u64>) -> Vec<u64> {
        let mut numbers = vec![self.opened.n];
        numbers.extend(self.crossed);
        numbers.extend(events);
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    /// `4.1s`: how long after its opening.
    pub(crate) fn since(&self, at: u64) -> String {
        seconds(at.saturating_sub(self.opened.at))
    }
}
