//! The order in which a history tells things.
//!
//! Events are in the order of their arrival. Their numbers have no holes, and their times do not
//! run backwards. The states of one object are in the order of its `resourceVersion`. Each step
//! begins, then ends, once, in the order of the plan. An answer comes after its question. A history
//! in another order was altered or badly recorded, and says nothing.

use std::collections::{BTreeMap, BTreeSet};

use model::history::{Change, Kind};
use model::{Event, EventKind};

use crate::mark::{Mark, seconds};

/// The order so far.
#[derive(Debug, Default)]
pub(crate) struct Order {
    last: Option<Mark>,
    /// The kinds of object that the claims read. Only their versions are compared.
    kinds: BTreeSet<Kind>,
    /// Last version of each object that is there, by kind and uid.
    versions: BTreeMap<(Kind, String), u64>,
    /// The plan's steps, in order.
    steps: Vec<String>,
    /// The place in the plan of the last step that began or ended, and whether it ended.
    step: Option<(usize, bool)>,
    disorder: Option<String>,
}

impl Order {
    pub(crate) fn of(kinds: BTreeSet<Kind>, steps: &[String]) -> Self {
        Self { kinds, steps: steps.to_vec(), ..Self::default() }
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        let mark = Mark::of(event);
        let wrong = self.place(mark).or_else(|| self.version(event, mark));
        let wrong = wrong.or_else(|| self.step(event, mark)).or_else(|| question(event, mark));
        if let Some(wrong) = wrong {
            self.disorder.get_or_insert(format!("the history is out of order: {wrong}"));
        }
        self.last = Some(mark);
    }

    /// The first breach of the order. A history with one says nothing.
    pub(crate) fn disorder(&self) -> Option<&str> {
        self.disorder.as_deref()
    }

    pub(crate) fn last(&self) -> Option<Mark> {
        self.last
    }

    fn place(&self, mark: Mark) -> Option<String> {
        let last = self.last?;
        if mark.at < last.at {
            return Some(format!("{} comes after {}", mark.words(), last.words()));
        }
        (mark.n != last.n + 1).then(|| format!("event {} comes after event {}", mark.n, last.n))
    }

    fn step(&mut self, event: &Event, mark: Mark) -> Option<String> {
        let (name, ended) = match &event.kind {
            EventKind::StepBegun { step, .. } => (step, false),
            EventKind::StepEnded { step, .. } => (step, true),
            EventKind::Observed(_)
            | EventKind::Bookmark { .. }
            | EventKind::Gap { .. }
            | EventKind::Listed { .. }
            | EventKind::Requested(_)
            | EventKind::Probed { .. }
            | EventKind::Unobserved(_)
            | EventKind::Controllers(_)
            | EventKind::Ended(_) => return None,
        };
        let place = (self.steps.iter().position(|step| step == name)?, ended);
        let before = self.step.replace(place).filter(|before| *before >= place)?;
        let happened = |(place, ended): (usize, bool)| {
            let verb = if ended { "ended" } else { "began" };
            format!("step {} {verb}", self.steps[place])
        };
        Some(format!("{} at {}, after {}", happened(place), mark.words(), happened(before)))
    }

    fn version(&mut self, event: &Event, mark: Mark) -> Option<String> {
        let EventKind::Observed(seen) = &event.kind else { return None };
        if !self.kinds.contains(&seen.kind) {
            return None;
        }
        let metadata = &seen.object["metadata"];
        let version: u64 = metadata["resourceVersion"].as_str()?.parse().ok()?;
        let uid = metadata["uid"].as_str()?;
        let key = (seen.kind, uid.to_owned());
        let before = if seen.change == Change::Deleted {
            self.versions.remove(&key)
        } else {
            self.versions.insert(key, version)
        };
        let before = before.filter(|before| *before > version)?;
        let name = metadata["name"].as_str().unwrap_or("an object");
        Some(format!("{name} has version {version} at {}, after {before}", mark.words()))
    }
}

/// The breach of an answer that comes before its question.
fn question(event: &Event, mark: Mark) -> Option<String> {
    let (what, asked) = match &event.kind {
        EventKind::Listed { asked_at: asked, .. } => ("a listing", *asked),
        EventKind::Bookmark { asked_at: asked, .. } => ("a mark of a watch", *asked),
        EventKind::Requested(request) => ("a request", request.asked_at),
        EventKind::Controllers(seen) => ("a list of controllers", seen.asked_at),
        EventKind::Observed(_)
        | EventKind::StepBegun { .. }
        | EventKind::StepEnded { .. }
        | EventKind::Gap { .. }
        | EventKind::Probed { .. }
        | EventKind::Unobserved(_)
        | EventKind::Ended(_) => return None,
    };
    let late = asked > mark.at;
    late.then(|| format!("{what} at {} was asked for at {}", mark.words(), seconds(asked)))
}
