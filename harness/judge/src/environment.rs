//! The health of the environment over a history: parts, intervals, silence.
//!
//! The rules of the [crate] ask it one question: was a part unhealthy at some time of an interval?
//! A part is healthy from a healthy probe on, for [`MAX_SILENCE`]. It is unhealthy
//!
//! - from the last healthy probe before an unhealthy one to the next healthy one;
//! - without a probe for longer than [`MAX_SILENCE`], until the next one;
//! - as an observer of a kind: from the last mark before a gap to the first mark after it.
//!
//! A declared outage exempts one part. See [`DeclaredOutage`]. An outage of the watches exempts
//! their gaps too, up to the opening of the claim's window.
//!
//! The silence of a part that the run may not observe is no trouble of a failure. The silence is
//! trouble of a pass by absence: nothing tells of the part.

use std::collections::BTreeMap;

use model::claim::Outage;
use model::history::{Kind, Part, StepOutcome, Unobserved};
use model::verdict::Doubt;
use model::{Event, EventKind};

use crate::mark::{Mark, seconds};
use crate::outage::DeclaredOutage;
use crate::scope::Scope;

/// Milliseconds for which a healthy probe of a part counts.
///
/// The driver probes each part once per second.
pub const MAX_SILENCE: u64 = 10_000;

/// Milliseconds without a mark after which a watch is unhealthy.
pub const WATCH_SILENCE: u64 = 90_000;

/// The step that creates the workflow.
const SUBMIT: &str = "submit";

/// The health of every part, up to the last event.
#[derive(Debug, Default)]
pub(crate) struct Environment {
    parts: BTreeMap<Part, Record>,
    watches: BTreeMap<Kind, Watched>,
    outages: Vec<DeclaredOutage>,
    /// The parts that the run does not observe in full, each with the first reason.
    unobserved: BTreeMap<Part, Unobserved>,
    /// The time of `submit` or `restore`.
    submitted: Option<u64>,
    now: u64,
}

/// One part.
#[derive(Debug, Default)]
struct Record {
    /// The last probe.
    last: Option<u64>,
    /// The last healthy probe.
    healthy: Option<u64>,
    spells: Vec<Spell>,
}

/// The watch of one kind.
#[derive(Debug, Default)]
struct Watched {
    /// Everything up to then is told.
    told: u64,
    gaps: Vec<Spell>,
}

/// An interval in which something is unhealthy; both ends excluded.
#[derive(Debug)]
struct Spell {
    from: u64,
    /// The first event that shows it.
    shown: u64,
    to: Option<u64>,
    trouble: Trouble,
    /// The part was silent: the spell has no probe.
    is_silence: bool,
}

/// The reason why the environment is not known to be healthy.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) words: String,
    pub(crate) doubt: Doubt,
    /// The event that shows it.
    pub(crate) n: Option<u64>,
}

impl Environment {
    pub(crate) fn new(outages: &[Outage]) -> Self {
        Self { outages: outages.iter().map(DeclaredOutage::new).collect(), ..Self::default() }
    }

    /// Takes the next event.
    pub(crate) fn apply(&mut self, event: &Event) {
        let mark = Mark::of(event);
        self.now = mark.at;
        match &event.kind {
            EventKind::Probed { part, error: trouble } => {
                self.probed(*part, mark, trouble.as_deref());
            }
            EventKind::Unobserved(unobserved) => {
                self.unobserved.entry(unobserved.part).or_insert_with(|| unobserved.clone());
            }
            EventKind::Bookmark { kind, asked_at: asked, .. } => {
                self.watches.entry(*kind).or_default().marked(*asked, mark);
            }
            EventKind::Gap { kind, reason } => {
                self.watches.entry(*kind).or_default().missed(*kind, mark, reason);
            }
            EventKind::StepBegun { step, action } => {
                if action.restores() {
                    self.submitted.get_or_insert(mark.at);
                }
                self.note_submit(step, mark.at);
                self.outages.iter_mut().for_each(|outage| outage.begin(step, mark.at));
            }
            EventKind::StepEnded { step, outcome } => {
                self.note_submit(step, mark.at);
                let done = matches!(outcome, StepOutcome::Done(_));
                self.outages.iter_mut().for_each(|outage| outage.end(step, mark.at, done));
            }
            EventKind::Observed(_)
            | EventKind::Listed { .. }
            | EventKind::Requested(_)
            | EventKind::Controllers(_)
            | EventKind::Ended(_) => {}
        }
    }

    fn note_submit(&mut self, step: &str, at: u64) {
        if step == SUBMIT {
            self.submitted.get_or_insert(at);
        }
    }

    /// The time of `submit` or `restore`; 0 before it.
    pub(crate) fn submitted(&self) -> u64 {
        self.submitted.unwrap_or(0)
    }

    fn probed(&mut self, part: Part, mark: Mark, trouble: Option<&str>) {
        self.parts.entry(part).or_default().probed(part, mark, trouble);
        if trouble.is_none() {
            self.outages.iter_mut().for_each(|outage| outage.heal(part, mark.at));
        }
    }

    /// The first reason against the health of the scope in the interval, both ends included. A gap
    /// in a declared outage of the watches is none before the window `opened`. Its relist is over
    /// then.
    pub(crate) fn trouble(
        &self,
        scope: &Scope,
        (from, to): (u64, u64),
        opened: u64,
    ) -> Option<Trouble> {
        let trouble_of = |part| {
            let excused = scope.excuses_unobserved() && self.unobserved.contains_key(&part);
            self.trouble_of(part, from, to, excused)
        };
        let parts = scope.parts().filter_map(trouble_of);
        let gaps = scope.kinds().filter_map(|kind| {
            let gaps = &self.watches.get(&kind)?.gaps;
            let counts = |gap: &&Spell| {
                let is_before = gap.to.is_some_and(|to| to <= opened);
                let is_excused = is_before && self.is_declared(Part::Watches, gap, from, to);
                gap.overlaps(from, to) && !is_excused
            };
            let gap = gaps.iter().find(counts)?;
            Some((gap.shown, gap.trouble.clone()))
        });
        let first = parts.chain(gaps).min_by_key(|(shown, _)| *shown);
        first.map(|(_, trouble)| trouble)
    }

    /// The parts of the scope that the run does not observe in full.
    pub(crate) fn unobserved(&self, scope: &Scope) -> Vec<Unobserved> {
        scope.parts().filter_map(|part| self.unobserved.get(&part).cloned()).collect()
    }

    /// The first unhealthy spell of any part outside a declared outage. A silence that has not
    /// ended does not count. No silence of a part that the run may not observe counts.
    pub(crate) fn first_trouble(&self) -> Option<Trouble> {
        let all = self.parts.iter().flat_map(|(part, record)| {
            let excused = self.unobserved.contains_key(part);
            let counts = move |spell: &&Spell| {
                !(excused && spell.is_silence || self.is_declared(*part, spell, 0, u64::MAX))
            };
            record.spells.iter().filter(counts)
        });
        all.min_by_key(|spell| spell.shown).map(|spell| self.explained(spell))
    }

    /// The reason of a spell. An unhealthy harness records no probe. The silence of a part then has
    /// the reason of the harness.
    fn explained(&self, spell: &Spell) -> Trouble {
        let harness = self.parts.get(&Part::Harness).filter(|_| spell.is_silence);
        let to = spell.to.unwrap_or(u64::MAX);
        let cause = harness.and_then(|record| {
            let now = record.silence(Part::Harness, self.now);
            let overlaps = |cause: &&Spell| cause.overlaps(spell.from, to);
            let found = record.spells.iter().chain(&now).find(overlaps);
            found.map(|cause| cause.trouble.clone())
        });
        cause.unwrap_or_else(|| spell.trouble.clone())
    }

    /// The first reason against the health of a part in the interval. No silence is a reason if
    /// silence is `excused`.
    fn trouble_of(&self, part: Part, from: u64, to: u64, excused: bool) -> Option<(u64, Trouble)> {
        let Some(record) = self.parts.get(&part) else {
            if excused {
                return None;
            }
            let words = format!("nothing was heard of the {}", part.name());
            return Some((0, Trouble { words, doubt: Doubt::Environment, n: None }));
        };
        let counts = |spell: &&Spell| {
            !(excused && spell.is_silence)
                && spell.overlaps(from, to)
                && !self.is_declared(part, spell, from, to)
        };
        let now = record.silence(part, self.now);
        let spell = record.spells.iter().chain(&now).find(counts)?;
        Some((spell.shown, self.explained(spell)))
    }

    /// Whether declared outages of the part cover what lies of the spell in the interval.
    fn is_declared(&self, part: Part, spell: &Spell, from: u64, to: u64) -> bool {
        let begins = spell.shown.max(from);
        let ends = spell.to.unwrap_or(u64::MAX).min(to);
        self.outages.iter().any(|outage| outage.covers(part, begins, ends))
    }

    /// Whether no later event can tell more of the scope's parts at this time. Each part was probed
    /// after it, or is silent for more than [`MAX_SILENCE`].
    pub(crate) fn is_known(&self, scope: &Scope, at: u64) -> bool {
        scope.parts().all(|part| {
            let record = self.parts.get(&part);
            let last = record.and_then(|record| record.last);
            last.is_some_and(|last| last > at)
                || self.now > last.unwrap_or(0).max(at).saturating_add(MAX_SILENCE)
        })
    }

    /// Whether the watches of the scope's kinds told everything up to this time.
    pub(crate) fn is_told(&self, scope: &Scope, at: u64) -> bool {
        scope.kinds().all(|kind| self.told(kind) > at)
    }

    /// Whether the watches of the scope's kinds told everything up to this time, or never will.
    pub(crate) fn is_told_or_silent(&self, scope: &Scope, at: u64) -> bool {
        self.is_told(scope, at) || self.now > at.saturating_add(WATCH_SILENCE)
    }

    /// The kind of the scope whose watch did not tell everything up to this time.
    pub(crate) fn untold(&self, scope: &Scope, at: u64) -> Option<Trouble> {
        let kind = scope.kinds().find(|kind| self.told(*kind) <= at)?;
        let (kind, told) = (plural(kind), seconds(self.told(kind)));
        let words = format!("the watch of {kind} told everything only up to {told}");
        Some(Trouble { words, doubt: Doubt::Gap, n: None })
    }

    fn told(&self, kind: Kind) -> u64 {
        self.watches.get(&kind).map_or(0, |watched| watched.told)
    }

    /// The last healthy probe of a part.
    pub(crate) fn last_healthy(&self, part: Part) -> Option<u64> {
        self.parts.get(&part)?.healthy
    }

    /// The time up to which the scope's watches told everything and the controller was healthy. No
    /// time brings a sign of a controller that the run does not observe and never heard of.
    pub(crate) fn known_until(&self, scope: &Scope) -> u64 {
        let told = scope.kinds().map(|kind| self.told(kind)).min().unwrap_or(self.now);
        let part = Part::Controller;
        let gives_no_sign = self.unobserved.contains_key(&part) && !self.parts.contains_key(&part);
        if scope.has(part) && !gives_no_sign {
            told.min(self.last_healthy(Part::Controller).unwrap_or(0))
        } else {
            told
        }
    }
}

impl Record {
    fn probed(&mut self, part: Part, mark: Mark, trouble: Option<&str>) {
        if let Some(mut silence) = self.silence(part, mark.at) {
            silence.to = Some(mark.at);
            silence.trouble = silent(part, self.last, Some(mark));
            self.spells.push(silence);
        }
        let open = self.spells.iter_mut().find(|spell| spell.to.is_none());
        match (trouble, open) {
            (None, Some(spell)) => spell.to = Some(mark.at),
            (Some(trouble), None) => self.spells.push(Spell {
                from: self.healthy.unwrap_or(0),
                shown: mark.at,
                to: None,
                trouble: in_trouble(part, mark, trouble),
                is_silence: false,
            }),
            (None, None) | (Some(_), Some(_)) => {}
        }
        self.last = Some(mark.at);
        if trouble.is_none() {
            self.healthy = Some(mark.at);
        }
    }

    /// The silence that lasts now, if it is too long.
    fn silence(&self, part: Part, now: u64) -> Option<Spell> {
        let due = self.last.unwrap_or(0).saturating_add(MAX_SILENCE);
        (now > due).then(|| Spell {
            from: due,
            shown: due + 1,
            to: None,
            trouble: silent(part, self.last, None),
            is_silence: true,
        })
    }
}

impl Watched {
    fn marked(&mut self, asked: u64, mark: Mark) {
        self.told = self.told.max(asked);
        let open = self.gaps.last_mut().filter(|gap| gap.to.is_none());
        if let Some(gap) = open {
            gap.to = Some(mark.at);
        }
    }

    fn missed(&mut self, kind: Kind, mark: Mark, reason: &str) {
        if self.gaps.last().is_some_and(|gap| gap.to.is_none()) {
            return;
        }
        let (kind, at) = (plural(kind), mark.words());
        let words = format!("the watch of {kind} has a gap at {at}: {reason}");
        let trouble = Trouble { words, doubt: Doubt::Gap, n: Some(mark.n) };
        let from = self.told.min(mark.at);
        self.gaps.push(Spell { from, shown: mark.at, to: None, trouble, is_silence: false });
    }
}

impl Spell {
    fn overlaps(&self, from: u64, to: u64) -> bool {
        let begins = self.from < to || self.shown <= to;
        begins && self.to.is_none_or(|end| end > from)
    }
}

fn silent(part: Part, last: Option<u64>, heard: Option<Mark>) -> Trouble {
    let name = part.name();
    let words = match (last, heard) {
        (Some(last), Some(mark)) => {
            format!(
                "nothing was heard of the {name} between {} and {}",
                seconds(last),
                mark.words()
            )
        }
        (None, Some(mark)) => format!("nothing was heard of the {name} before {}", mark.words()),
        (Some(last), None) => format!("nothing was heard of the {name} after {}", seconds(last)),
        (None, None) => format!("nothing was heard of the {name}"),
    };
    Trouble { words, doubt: Doubt::Environment, n: heard.map(|mark| mark.n) }
}

fn in_trouble(part: Part, mark: Mark, trouble: &str) -> Trouble {
    let was = if part == Part::Watches { "were" } else { "was" };
    let words = format!("the {} {was} unhealthy at {}: {trouble}", part.name(), mark.words());
    Trouble { words, doubt: Doubt::Environment, n: Some(mark.n) }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Workflow => "workflows",
        Kind::Pod => "pods",
        Kind::TaskResult => "task results",
        Kind::GcTask => "artifact GC tasks",
    }
}
