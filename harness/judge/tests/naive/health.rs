//! The rules of health, read as they stand: every question goes through the whole history.

use judge::{MAX_SILENCE, WATCH_SILENCE};
use model::Event;
use model::history::{EventKind, Kind, Part};

/// A history up to one of its events, and the part whose health does not count.
#[derive(Clone, Copy)]
pub(crate) struct Health<'a>(pub(crate) &'a [Event], pub(crate) Option<Part>);

impl Health<'_> {
    fn now(self) -> u64 {
        self.0.last().map_or(0, |event| event.at)
    }

    /// Time of each probe of a part, and whether it was healthy.
    fn probes(self, part: Part) -> Vec<(u64, bool)> {
        let probe = |event: &Event| match &event.kind {
            EventKind::Probed { part: p, error: trouble } if *p == part => {
                Some((event.at, trouble.is_none()))
            }
            _ => None,
        };
        self.0.iter().filter_map(probe).collect()
    }

    /// Whether the run may not observe the part.
    fn is_unobserved(self, part: Part) -> bool {
        let of_part =
            |event: &Event| matches!(&event.kind, EventKind::Unobserved(un) if un.part == part);
        self.0.iter().any(of_part)
    }

    /// Whether the part was unhealthy at some time of the interval. Its silence may not count.
    fn is_unhealthy(self, part: Part, from: u64, to: u64, silence_counts: bool) -> bool {
        let probes = self.probes(part);
        if probes.is_empty() {
            return silence_counts;
        }
        let unhealthy = (0..probes.len()).filter(|i| !probes[*i].1).any(|i| {
            let (at, _) = probes[i];
            let before = probes[..i].iter().rev().find(|p| p.1).map_or(0, |p| p.0);
            let after = probes[i..].iter().find(|p| p.1).map_or(u64::MAX, |p| p.0);
            (before < to || at <= to) && after > from
        });
        let mut times: Vec<u64> = std::iter::once(0).chain(probes.iter().map(|p| p.0)).collect();
        times.push(self.now());
        let last = times.len() - 2;
        let silent = times.windows(2).enumerate().any(|(i, pair)| {
            let due = pair[0] + MAX_SILENCE;
            let ended = if i == last { u64::MAX } else { pair[1] };
            pair[1] > due && due < to && ended > from
        });
        unhealthy || (silent && silence_counts)
    }

    /// Whether a watch missed something in the interval.
    fn has_gap(self, kind: Kind, from: u64, to: u64) -> bool {
        let is_gap =
            |event: &Event| matches!(event.kind, EventKind::Gap { kind: k, .. } if k == kind);
        (0..self.0.len()).filter(|i| is_gap(&self.0[*i])).any(|i| {
            let at = self.0[i].at;
            let before = Health(&self.0[..i], None).told(kind).min(at);
            let mark =
                |event: &&Event| {
                    matches!(event.kind, EventKind::Bookmark { kind: k, .. } if k == kind)
                };
            let after = self.0[i..].iter().find(mark).map_or(u64::MAX, |event| event.at);
            (before < to || at <= to) && after > from
        })
    }

    fn told(self, kind: Kind) -> u64 {
        let asked = |event: &Event| match event.kind {
            EventKind::Bookmark { kind: k, asked_at: asked, .. } if k == kind => Some(asked),
            _ => None,
        };
        self.0.iter().filter_map(asked).max().unwrap_or(0)
    }

    /// Whether the workflows' watch told everything up to this time. No claim here reads others.
    pub(crate) fn is_told(self, at: u64) -> bool {
        self.told(Kind::Workflow) > at
    }

    /// Whether no later event can tell more of the parts at this time.
    pub(crate) fn is_probed(self, at: u64) -> bool {
        self.parts().all(|part| {
            let last = self.probes(part).last().map(|p| p.0);
            last.is_some_and(|last| last > at)
                || self.now() > last.unwrap_or(0).max(at) + MAX_SILENCE
        })
    }

    /// Whether no later event can tell more of this time.
    pub(crate) fn is_known(self, at: u64) -> bool {
        self.is_probed(at) && (self.is_told(at) || self.now() > at + WATCH_SILENCE)
    }

    /// Whether nothing passes by absence: a part, or the watch, was unhealthy at some time of the
    /// interval.
    pub(crate) fn forbids_absence(self, from: u64, to: u64) -> bool {
        self.parts().any(|part| self.is_unhealthy(part, from, to, true))
            || self.has_gap(Kind::Workflow, from, to)
    }

    /// Whether nothing fails: the same, but for the silence of a part that the run may not observe.
    pub(crate) fn forbids_failure(self, from: u64, to: u64) -> bool {
        let is_unhealthy = |part| self.is_unhealthy(part, from, to, !self.is_unobserved(part));
        self.parts().any(is_unhealthy) || self.has_gap(Kind::Workflow, from, to)
    }

    /// The last healthy probe of the controller; the end of time if its health does not count.
    pub(crate) fn controller(self) -> u64 {
        if self.1 == Some(Part::Controller) {
            return u64::MAX;
        }
        let probes = self.probes(Part::Controller);
        probes.iter().rev().find(|p| p.1).map_or(0, |p| p.0)
    }

    /// The time up to which everything is told, and the controller was healthy.
    pub(crate) fn known_until(self) -> u64 {
        self.told(Kind::Workflow).min(self.controller())
    }

    /// The parts that count: no claim here speaks of the store, and no workflow uses it.
    fn parts(self) -> impl Iterator<Item = Part> {
        let counts = move |part: &Part| *part != Part::Store && Some(*part) != self.1;
        Part::ALL.into_iter().filter(counts)
    }
}
