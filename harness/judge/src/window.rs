//! The window of a claim.

use model::world::Empty;
use model::{Claim, Event, Modality, Truth, World};

use crate::health::{Health, LastWords, MAX_SILENCE};
use crate::moment::{Mark, Moment, seconds};
use crate::sight::holds;
use crate::truths::{Reads, Truths};

/// An open window.
#[derive(Debug)]
pub(crate) struct Window {
    /// The event that opened it.
    pub(crate) opened: Mark,
    /// Its last moment; none: it lasts to the end of the history.
    pub(crate) deadline: Option<u64>,
    /// What it was closed by before its deadline.
    pub(crate) closed_by: Option<Mark>,
    /// The environment through it, where a failure needs one that is known to be well.
    pub(crate) environment: Option<Health>,
    /// What we see with, where a pass needs that nothing can have been missed.
    pub(crate) observers: Option<Health>,
    /// Whether the claim speaks of objects.
    pub(crate) asks_store: bool,
    /// The state at the deadline, in words, once that has passed.
    pub(crate) closest: Option<String>,
    /// The event that shows that the deadline has passed.
    crossed: Option<u64>,
    /// Why it cannot be told at the deadline whether the fact holds, if that is known.
    pub(crate) untold: Option<Empty>,
    /// Whether the fact did not hold at the deadline, whatever the store holds.
    pub(crate) false_anyway: bool,
    /// When the last listing of the window was asked for.
    pub(crate) last_listing: Option<u64>,
    reads: Reads,
    truths: Option<Truths>,
}

impl Window {
    pub(crate) fn open(claim: &Claim, event: &Event, last: &LastWords) -> Self {
        let opened = Mark::of(event);
        let asks_store = claim.asks_store();
        let length = match &claim.modality {
            Modality::Eventually { within, .. } | Modality::Until { within, .. } => Some(*within),
            Modality::Always { within }
            | Modality::Never { within }
            | Modality::Happens { within, .. } => *within,
            Modality::LeadsTo { .. } => None,
        };
        let deadline = length.map(|length| {
            let length = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
            opened.at.saturating_add(length)
        });
        let with_store = asks_store || claim.asks_requests();
        let environment = || Health::of_everything(last, opened.at, deadline, with_store);
        let on_time = deadline.is_some()
            && matches!(
                claim.modality,
                Modality::Always { .. } | Modality::Never { .. } | Modality::Happens { .. }
            );
        let observers = || Health::of_observers(last, opened.at, deadline, with_store, on_time);
        let (environment, observers) = match &claim.modality {
            Modality::Eventually { lasting: None, .. } => (Some(environment()), None),
            Modality::Always { .. } | Modality::Never { .. } => (None, Some(observers())),
            Modality::Eventually { .. }
            | Modality::Until { .. }
            | Modality::LeadsTo { .. }
            | Modality::Happens { .. } => (Some(environment()), Some(observers())),
        };
        Self {
            opened,
            deadline,
            closed_by: None,
            environment,
            observers,
            asks_store,
            closest: None,
            crossed: None,
            untold: None,
            false_anyway: false,
            last_listing: None,
            reads: Reads::of(claim),
            truths: None,
        }
    }

    /// Looks at an event before it is taken: if it lies after the deadline, the window is over and
    /// `world` is what was there at its end.
    pub(crate) fn cross(&mut self, event: &Event, claim: &Claim, world: &World) {
        if self.closest.is_none() && self.deadline.is_some_and(|deadline| event.at > deadline) {
            self.end(event.n, claim, world);
        }
    }

    fn end(&mut self, n: u64, claim: &Claim, world: &World) {
        self.closest = Some(world.describe(&claim.fact));
        self.crossed = Some(n);
        let told = world.holds(&claim.fact) != Truth::Unknown;
        self.untold = if told { None } else { world.untold(&claim.fact) };
        self.false_anyway = holds(world, &claim.fact, false) == Truth::False;
    }

    /// Ends it at this moment, before its deadline.
    pub(crate) fn close(&mut self, moment: &Moment<'_>, claim: &Claim) {
        let mark = moment.mark();
        self.deadline = Some(mark.at);
        self.closed_by = Some(mark);
        for health in [&mut self.environment, &mut self.observers].into_iter().flatten() {
            health.end_at(mark.at);
        }
        self.end(mark.n, claim, moment.world);
    }

    /// Takes an event of the window, or after it. Returns what is true now.
    pub(crate) fn see(&mut self, moment: &Moment<'_>, claim: &Claim) -> Truths {
        for health in [&mut self.environment, &mut self.observers].into_iter().flatten() {
            health.see(moment.event);
        }
        let (opened, deadline) = (self.opened.at, self.deadline.unwrap_or(u64::MAX));
        let inside = |asked: &u64| (opened..=deadline).contains(asked);
        if let Some(asked) = moment.asked().filter(inside) {
            self.last_listing = Some(asked);
        }
        let known = self.truths.filter(|_| !self.reads.is_touched_by(&moment.event.what));
        let truths = known.unwrap_or_else(|| Truths::of(claim, moment, opened));
        self.truths = Some(truths);
        truths
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
        let mut healths = [&self.environment, &self.observers].into_iter().flatten();
        listed && healths.all(|health| health.is_closed(now))
    }

    /// Whether the claim speaks of objects and the store was not asked in the window.
    pub(crate) fn is_unlisted(&self) -> bool {
        self.asks_store && self.last_listing.is_none()
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
