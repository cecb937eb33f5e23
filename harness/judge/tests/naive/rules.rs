//! The answers that the evidence rules forbid, looked for in every finding.
//!
//! Nothing here evaluates a claim. Each question takes the judge's answer and the history, and
//! looks for something in the history that forbids the answer. It knows the times of probes, of
//! marks and of gaps, and when the fact of the claim was true.

use model::claim::{Claim, Modality};
use model::fact::Count;
use model::history::{EventKind, Kind, Part, StepOutcome};
use model::verdict::{Finding, Outcome};
use model::{Event, Truth};

/// A part without a probe for so long is unhealthy, in milliseconds.
const SILENCE: u64 = 10_000;
/// A window without an end lasts so long at least, in milliseconds.
const FLOOR: u64 = 3_000;
/// The parts that count for a claim about nodes of a workflow that uses no store.
const PARTS: [Part; 5] = [Part::Api, Part::Watches, Part::Controller, Part::Node, Part::Harness];

/// A history, and what is true of each fact of a claim at each of its events.
pub(crate) struct Asked<'a> {
    pub(crate) claim: &'a Claim,
    pub(crate) events: &'a [Event],
    /// The claim's fact.
    pub(crate) fact: Vec<Truth>,
    /// Its `after`; `None` if it has none.
    pub(crate) after: Option<Vec<Truth>>,
    /// Its `before` or `until`; `None` if it has none.
    pub(crate) closing: Option<Vec<Truth>>,
}

impl Asked<'_> {
    /// The rule that forbids the finding; `None` if none does.
    pub(crate) fn forbidden(&self, finding: &Finding) -> Option<String> {
        let decided = finding.decided_at;
        let forbidden = match finding.outcome {
            Outcome::Pass if self.rests_on_absence() => self.against_pass(),
            Outcome::Pass => None,
            Outcome::Fail => decided.and_then(|decided| self.against_fail(decided)),
            Outcome::Unknown(_) | Outcome::NotReached => return None,
        };
        forbidden.or_else(|| self.not_relisted(decided?))
    }

    /// Rule 5: a gap is before the deciding moment, and no relist shows the workflow up to it.
    fn not_relisted(&self, decided: u64) -> Option<String> {
        let gap = self.events.iter().rposition(|event| {
            matches!(event.kind, EventKind::Gap { kind: Kind::Workflow, .. }) && event.at < decided
        })?;
        let later = || self.events[gap..].iter().take_while(|event| event.at <= decided);
        let relisted = later()
            .any(|event| matches!(event.kind, EventKind::Bookmark { kind: Kind::Workflow, .. }));
        let shown = later().any(|event| matches!(event.kind, EventKind::Observed(_)));
        let at = self.events[gap].at;
        match (relisted, shown) {
            (true, true) => None,
            (false, _) => Some(format!("rule 5: no relist between the gap at {at} and {decided}")),
            (true, false) => Some(format!("rule 5: the workflow is lost since the gap at {at}")),
        }
    }

    /// Rule 4: what arrives after the end, and before the watch has passed it, may be of the
    /// window. The first truth of that kind that differs from `so`.
    fn late(&self, end: u64, so: Truth) -> Option<String> {
        if self.claim.only_while.is_some() || self.closes_early() {
            return None;
        }
        let passed = |event: &Event| match event.kind {
            EventKind::Bookmark { kind: Kind::Workflow, asked_at: asked, .. } => asked > end,
            _ => false,
        };
        let until = self.events.iter().position(passed);
        let late = self.events.iter().zip(&self.fact).take(until.unwrap_or(self.events.len()));
        let late = late
            .filter(|(event, _)| event.at > end && matches!(event.kind, EventKind::Observed(_)));
        let other = |truth: Truth| truth != so && truth != Truth::Unknown;
        let (event, _) = late.into_iter().find(|(_, truth)| other(**truth))?;
        Some(format!("rule 4: what was told at {} may be of a time up to {end}", event.at))
    }

    /// Whether something else than its length may end the window.
    fn closes_early(&self) -> bool {
        self.closing.as_ref().is_some_and(|closing| closing.contains(&Truth::True))
    }

    /// Rule 3 speaks of these. A fact of a node's phase is none of an absent thing.
    fn rests_on_absence(&self) -> bool {
        match &self.claim.modality {
            Modality::Eventually { lasting, .. } => lasting.is_some(),
            Modality::Happens { times, .. } => !matches!(times, Count::AtLeast(_)),
            Modality::Always { .. }
            | Modality::Never { .. }
            | Modality::Until { .. }
            | Modality::LeadsTo { .. } => true,
        }
    }

    /// Rules 1, 3, 4 and 10.
    fn against_pass(&self) -> Option<String> {
        let Some(opened) = self.opened() else { return Some("no window was open".to_owned()) };
        let from = self.events[opened].at;
        let last = self.events.last()?.at;
        let end = self.end(opened);
        if let Some(trouble) = self.unhealthy(from, end.unwrap_or(last), false) {
            return Some(format!("rule 3: {trouble} in the window from {from}"));
        }
        let controller = self.probes(Part::Controller).rfind(|(_, healthy)| *healthy);
        let controller = controller.map_or(0, |(at, _)| at);
        let known = if self.counts(Part::Controller) { controller } else { u64::MAX };
        let told = self.told();
        match end {
            Some(end) if self.counts(Part::Controller) && controller <= end => {
                Some(format!("rule 3: no healthy probe of the controller after {end}"))
            }
            Some(end) if told <= end => Some(format!("rule 4: told up to {told}, not {end}")),
            Some(end) => self.late_violation(end),
            None if known.min(told) < from + FLOOR => Some("rule 10: the floor".to_owned()),
            None => None,
        }
    }

    /// A violation that may be of the window.
    fn late_violation(&self, end: u64) -> Option<String> {
        match &self.claim.modality {
            Modality::Always { .. } => self.late(end, Truth::True),
            Modality::Never { .. } => self.late(end, Truth::False),
            Modality::Eventually { .. }
            | Modality::Until { .. }
            | Modality::LeadsTo { .. }
            | Modality::Happens { .. } => None,
        }
    }

    /// Rule 4: a failure because nothing came needs a watch that passed the end.
    fn against_nothing_came(&self, end: u64) -> Option<String> {
        let told = self.told();
        let late = match &self.claim.modality {
            Modality::Eventually { lasting: None, .. } => self.late(end, Truth::False),
            Modality::Eventually { lasting: Some(_), .. }
            | Modality::LeadsTo { .. }
            | Modality::Happens { times: Count::AtLeast(_), .. } => None,
            Modality::Always { .. }
            | Modality::Never { .. }
            | Modality::Until { .. }
            | Modality::Happens { .. } => return None,
        };
        let untold = || format!("rule 4: told up to {told}, not {end}");
        (told <= end && self.end_is_known()).then(untold).or(late)
    }

    /// Whether the window ends before the history: else nothing after its end can be told.
    fn end_is_known(&self) -> bool {
        !matches!(self.claim.modality, Modality::Happens { within: None, .. })
    }

    /// Rules 1, 2 and 4.
    fn against_fail(&self, decided: u64) -> Option<String> {
        let so = match self.claim.modality {
            Modality::Never { .. } => Truth::False,
            Modality::Eventually { .. }
            | Modality::Always { .. }
            | Modality::Until { .. }
            | Modality::LeadsTo { .. }
            | Modality::Happens { .. } => Truth::True,
        };
        let submitted =
            self.events.iter().find(|e| matches!(e.kind, EventKind::StepEnded { .. }))?.at;
        let before = self.events.iter().zip(&self.fact).filter(|(event, _)| event.at <= decided);
        let right = match &self.claim.modality {
            Modality::Happens { times, .. } => self.number_right(*times, decided),
            _ => before.filter(|(_, truth)| **truth == so).map(|(event, _)| event.at).next_back(),
        };
        let from = right.unwrap_or(submitted);
        if let Some(trouble) = self.unhealthy(from.min(decided), decided, true) {
            return Some(format!("rule 2: {trouble} between {from} and {decided}"));
        }
        self.against_nothing_came(decided)
    }

    /// The last moment up to this time at which the fact had come true an admitted number of times.
    fn number_right(&self, times: Count, decided: u64) -> Option<u64> {
        let (mut so, mut count, mut right) = (false, 0, None);
        let opened = self.opened()?;
        for index in 0..self.events.len() {
            let at = self.events[index].at;
            if at > decided {
                break;
            }
            let truth = if index < opened { Truth::False } else { self.fact[index] };
            count += usize::from(truth == Truth::True && !so);
            so = if truth == Truth::Unknown { so } else { truth == Truth::True };
            if times.admits(count) {
                right = Some(at);
            }
        }
        right
    }

    /// The event that opens the window.
    fn opened(&self) -> Option<usize> {
        let done = |event: &Event| match &event.kind {
            EventKind::StepEnded { outcome, .. } => matches!(outcome, StepOutcome::Done(_)),
            _ => false,
        };
        let since = self.events.iter().position(done)?;
        let open = |index: &usize| self.after.as_ref().is_none_or(|a| a[*index] == Truth::True);
        (since..self.events.len()).find(open)
    }

    /// The end of the window, if it has one.
    fn end(&self, opened: usize) -> Option<u64> {
        let from = self.events[opened].at;
        let length = match self.claim.modality {
            Modality::Eventually { lasting, .. } => lasting,
            Modality::Until { within, .. } => Some(within),
            Modality::Always { within }
            | Modality::Never { within }
            | Modality::Happens { within, .. } => within,
            Modality::LeadsTo { .. } => None,
        };
        let length = length.and_then(|length| u64::try_from(length.as_millis()).ok());
        let deadline = length.map(|length| from + length);
        let Some(closing) = &self.closing else { return deadline };
        let closes = |index: &usize| {
            let in_time = deadline.is_none_or(|deadline| self.events[*index].at <= deadline);
            closing[*index] == Truth::True && in_time
        };
        let ending = (opened..self.events.len()).find(closes).map(|index| self.events[index].at);
        ending.or(deadline)
    }

    /// Whether the health of the part counts for the claim.
    fn counts(&self, part: Part) -> bool {
        self.claim.regardless != Some(part)
    }

    fn probes(&self, part: Part) -> impl DoubleEndedIterator<Item = (u64, bool)> {
        self.events.iter().filter_map(move |event| match &event.kind {
            EventKind::Probed { part: of, error: trouble } if *of == part => {
                Some((event.at, trouble.is_none()))
            }
            _ => None,
        })
    }

    /// The time up to which the watch of workflows told everything.
    fn told(&self) -> u64 {
        let marks = self.events.iter().filter_map(|event| match event.kind {
            EventKind::Bookmark { kind: Kind::Workflow, asked_at: asked, .. } => Some(asked),
            _ => None,
        });
        marks.max().unwrap_or(0)
    }

    /// The part that was unhealthy after `from` and up to `to`, or at `from`. The silence of a part
    /// that the run may not observe forbids no failure.
    fn unhealthy(&self, from: u64, to: u64, failure: bool) -> Option<String> {
        for part in PARTS.into_iter().filter(|part| self.counts(*part)) {
            let probes: Vec<(u64, bool)> = self.probes(part).collect();
            let before = probes.iter().rfind(|(at, _)| *at <= from);
            let unhealthy = |(at, healthy): &(u64, bool)| !healthy && from < *at && *at <= to;
            if before.is_some_and(|(_, healthy)| !healthy && from < to)
                || probes.iter().any(unhealthy)
            {
                return Some(format!("the {} is unhealthy", part.name()));
            }
            let unobserved =
                |event: &Event| matches!(&event.kind, EventKind::Unobserved(un) if un.part == part);
            if failure && self.events.iter().any(unobserved) {
                continue;
            }
            let heard = std::iter::once(0).chain(probes.iter().map(|(at, _)| *at));
            let next = probes.iter().map(|(at, _)| *at).chain([u64::MAX]);
            let now = self.events.last().map_or(0, |event| event.at);
            let mut pairs = heard.zip(next);
            if pairs.any(|(heard, next)| {
                let (silent, over) = (heard + SILENCE, next.min(now));
                over > silent && silent < to && next > from
            }) {
                return Some(format!("the {} is silent", part.name()));
            }
        }
        let gap = |event: &Event| {
            let missed = matches!(event.kind, EventKind::Gap { kind: Kind::Workflow, .. });
            missed && from < event.at && event.at <= to
        };
        self.events.iter().any(gap).then(|| "the watch has a gap".to_owned())
    }
}
