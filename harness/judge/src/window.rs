//! The window of a claim.

use model::history::{Kind, Part};
use model::world::Empty;
use model::{Claim, Event, EventKind, Modality, Truth, World};

use crate::decision::Decision;
use crate::environment::{Environment, MAX_SILENCE, Trouble};
use crate::mark::{Mark, seconds};
use crate::moment::Moment;
use crate::scope::Scope;
use crate::store_freshness::holds;
use crate::truths::{Reads, Truths};
use model::milliseconds;
use model::verdict::Doubt;

/// Milliseconds that a window without an end lasts at least.
pub const FLOOR: u64 = model::claim::FLOOR.as_secs() * 1_000;

/// An open window.
#[derive(Debug)]
pub(crate) struct Window {
    /// The event that opened it.
    pub(crate) opened: Mark,
    /// Its last moment; none: it lasts to the end of the history.
    pub(crate) deadline: Option<u64>,
    /// The event that closed it before its deadline.
    pub(crate) closed_by: Option<Mark>,
    /// The kind of that event's object.
    closing_kind: Option<Kind>,
    /// Whether the claim speaks of objects.
    pub(crate) asks_store: bool,
    /// The state at the deadline, in words, once that has passed.
    pub(crate) closest: Option<String>,
    /// The event that shows that the deadline has passed.
    crossed: Option<u64>,
    /// The reason why nothing tells at the deadline whether the fact holds, if the reason is known.
    pub(crate) untold: Option<Empty>,
    /// Whether the fact did not hold at the deadline, whatever the store holds.
    pub(crate) false_anyway: bool,
    /// Milliseconds since the start at which the last listing of the window was asked for.
    pub(crate) last_listing: Option<u64>,
    /// The last moment at which the claim's subject was right.
    right: Option<u64>,
    right_before: Option<u64>,
    /// The moment before this one. At the opening, the last right moment before it.
    pub(crate) previous: Option<u64>,
    failure: Scope,
    absence: Scope,
    /// The reason why a fact of the claim could not be evaluated at some moment of the window.
    unevaluable: Option<Trouble>,
    reads: Reads,
    truths: Option<Truths>,
}

impl Window {
    /// Opens it. `right` is the last moment before it at which the claim's subject was right.
    pub(crate) fn open(claim: &Claim, event: &Event, uses_store: bool, right: Option<u64>) -> Self {
        let opened = Mark::of(event);
        let deadline = length(claim).map(|length| opened.at.saturating_add(length));
        Self {
            opened,
            deadline,
            closed_by: None,
            closing_kind: None,
            asks_store: claim.asks_store(),
            closest: None,
            crossed: None,
            untold: None,
            false_anyway: false,
            last_listing: None,
            right,
            right_before: right,
            previous: right,
            failure: Scope::of_failure(claim, uses_store),
            absence: Scope::of_absence(claim, uses_store),
            unevaluable: None,
            reads: Reads::of(claim),
            truths: None,
        }
    }

    /// Looks at an event before it is taken. An event after the deadline ends the window. Then
    /// `world` is the state at the end of the window.
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
        self.closing_kind = kind_of(&moment.event.kind);
        self.end(mark.n, claim, moment.world);
    }

    /// Takes an event of the window, or after it. Returns what is true now.
    pub(crate) fn see(&mut self, moment: &Moment<'_>, claim: &Claim) -> Truths {
        let (opened, deadline) = (self.opened.at, self.deadline.unwrap_or(u64::MAX));
        let inside = |asked: &u64| (opened..=deadline).contains(asked);
        if let Some(asked) = moment.asked().filter(inside) {
            self.last_listing = Some(asked);
        }
        let known = self.truths.filter(|_| !self.reads.is_touched_by(&moment.event.kind));
        let truths = known.unwrap_or_else(|| {
            let truths = Truths::of(claim, moment, opened);
            // Nothing that can be told is unevaluable. Of an `after` no truth is kept.
            if !truths.are_known() || claim.after.is_some() {
                self.note_unevaluable(claim, moment);
            }
            truths
        });
        self.truths = Some(truths);
        truths
    }

    /// Unknown, if a fact of the claim could not be evaluated at some moment of the window.
    pub(crate) fn unevaluable(&self) -> Option<Decision> {
        let trouble = self.unevaluable.as_ref()?;
        let events = self.evidence(trouble.n);
        Some(Decision::unknown(trouble.doubt, trouble.words.clone(), events))
    }

    /// A moment at which a fact cannot be evaluated makes a claim over the whole window unknown.
    fn note_unevaluable(&mut self, claim: &Claim, moment: &Moment<'_>) {
        if self.is_over() || self.unevaluable.is_some() {
            return;
        }
        let mark = moment.mark();
        let reason = claim.facts().into_iter().find_map(|fact| moment.world.unevaluable(fact));
        self.unevaluable = reason.map(|reason| Trouble {
            words: format!("it could not be evaluated at {}: {reason}", mark.words()),
            doubt: Doubt::Unevaluable,
            n: Some(mark.n),
        });
    }

    /// Remembers this moment for the next one.
    pub(crate) fn seen(&mut self, claim: &Claim, moment: &Moment<'_>) {
        self.previous = Some(moment.event.at);
        let right = self.truths.is_some_and(|truths| truths.is_right(claim));
        if right && !self.is_over() {
            self.right = Some(moment.event.at);
        }
    }

    /// Whether the deadline has passed.
    pub(crate) fn is_over(&self) -> bool {
        self.closest.is_some()
    }

    /// Whether what this event tells happened after the window for certain. The time of its arrival
    /// does not decide: the watches must have told everything up to the end.
    pub(crate) fn is_after(&self, moment: &Moment<'_>) -> bool {
        let Some(deadline) = self.deadline else { return false };
        let Some(kind) = kind_of(&moment.event.kind) else { return true };
        let ordered = self.closed_by.is_some() && self.closing_kind == Some(kind);
        ordered || moment.environment.is_told(&self.failure, deadline)
    }

    /// Whether the deadline has passed and no later event can tell more of the time before it.
    pub(crate) fn is_closed(&self, moment: &Moment<'_>) -> bool {
        let Some(deadline) = self.deadline.filter(|_| self.is_over()) else {
            return false;
        };
        let now = moment.event.at;
        let listed = !self.asks_store
            || moment.freshness.asked().is_some_and(|asked| asked > deadline)
            || now > deadline.saturating_add(MAX_SILENCE);
        listed && self.is_known(moment.environment, deadline)
    }

    /// Whether no later event can tell more of the environment at this time.
    pub(crate) fn is_known(&self, environment: &Environment, at: u64) -> bool {
        environment.is_known(&self.failure, at) && environment.is_told_or_silent(&self.failure, at)
    }

    /// Whether no later probe can tell more of the parts at this time.
    pub(crate) fn is_probed(&self, environment: &Environment, at: u64) -> bool {
        environment.is_known(&self.failure, at)
    }

    /// Whether a window without an end may end now.
    pub(crate) fn may_end(&self, environment: &Environment) -> bool {
        environment.known_until(&self.absence) >= self.floor()
    }

    /// The moment before which a window without an end does not end.
    pub(crate) fn floor(&self) -> u64 {
        self.opened.at.saturating_add(FLOOR)
    }

    /// The reason why nothing up to `to` fails. A part was unhealthy after `right`, or a watch did
    /// not tell enough. `right` is the last moment at which the claim's subject was right. `None`
    /// stands for `submit`.
    pub(crate) fn against(
        &self,
        environment: &Environment,
        right: Option<u64>,
        to: u64,
    ) -> Option<Trouble> {
        let trouble = self.unevaluable.clone();
        let trouble = trouble.or_else(|| self.against_violation(environment, right, to));
        trouble.or_else(|| environment.untold(&self.failure, to))
    }

    /// Whether the watches told everything up to this time.
    pub(crate) fn is_told(&self, environment: &Environment, at: u64) -> bool {
        environment.is_told(&self.failure, at)
    }

    /// As [`Self::against`], of something that was seen: it needs no more of the watches.
    pub(crate) fn against_violation(
        &self,
        environment: &Environment,
        right: Option<u64>,
        to: u64,
    ) -> Option<Trouble> {
        let from = right.unwrap_or_else(|| environment.submitted());
        environment.trouble(&self.failure, (from.min(to), to), self.opened.at)
    }

    /// The last moment up to its end at which the claim's subject was right.
    pub(crate) fn right(&self) -> Option<u64> {
        self.right
    }

    /// The last moment before it at which the claim's subject was right.
    pub(crate) fn right_before(&self) -> Option<u64> {
        self.right_before
    }

    /// The reason why nothing passes by absence up to `to`. Reasons are an unhealthy observer,
    /// controller or node, and a watch that told too little. A missing healthy probe of the
    /// controller after `to` is a reason too.
    pub(crate) fn against_absence(&self, environment: &Environment, to: u64) -> Option<Trouble> {
        let from = self.opened.at;
        let trouble = self.unevaluable.clone();
        let trouble = trouble.or_else(|| environment.trouble(&self.absence, (from, to), from));
        let untold = || environment.untold(&self.absence, to);
        trouble.or_else(untold).or_else(|| self.not_probed_after(environment, to))
    }

    /// As [`Self::against_absence`], of a window that lasts to the end of the history.
    pub(crate) fn against_absence_to_the_end(
        &self,
        environment: &Environment,
        now: u64,
    ) -> Option<Trouble> {
        let opened = self.opened.at;
        let trouble = || environment.trouble(&self.absence, (opened, now), opened);
        let trouble = self.unevaluable.clone().or_else(trouble);
        trouble.or_else(|| {
            let until = environment.known_until(&self.absence);
            (!self.may_end(environment)).then(|| {
                let (from, to) = (seconds(self.opened.at), seconds(until.max(self.opened.at)));
                let floor = seconds(FLOOR);
                let words = format!("the window was observed from {from} to {to}, not for {floor}");
                Trouble { words, doubt: Doubt::HistoryTooShort, n: None }
            })
        })
    }

    fn not_probed_after(&self, environment: &Environment, to: u64) -> Option<Trouble> {
        let part = Part::Controller;
        let probed = environment.last_healthy(part).is_some_and(|at| at > to);
        (self.absence.has(part) && !probed).then(|| {
            let words =
                format!("no healthy probe of the {} came after {}", part.name(), seconds(to));
            Trouble { words, doubt: Doubt::Environment, n: None }
        })
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

/// Milliseconds that the window lasts; none: to the end of the history.
fn length(claim: &Claim) -> Option<u64> {
    let length = match &claim.modality {
        Modality::Eventually { within, .. } | Modality::Until { within, .. } => Some(*within),
        Modality::Always { within }
        | Modality::Never { within }
        | Modality::Happens { within, .. } => *within,
        Modality::LeadsTo { .. } => None,
    };
    length.map(milliseconds)
}

fn kind_of(what: &EventKind) -> Option<Kind> {
    match what {
        EventKind::Observed(seen) => Some(seen.kind),
        EventKind::StepBegun { .. }
        | EventKind::StepEnded { .. }
        | EventKind::Bookmark { .. }
        | EventKind::Gap { .. }
        | EventKind::Listed { .. }
        | EventKind::Requested(_)
        | EventKind::Probed { .. }
        | EventKind::Unobserved(_)
        | EventKind::Controllers(_)
        | EventKind::Ended(_) => None,
    }
}
