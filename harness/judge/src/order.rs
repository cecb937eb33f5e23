//! The order in which a history tells things.
//!
//! Events are in the order of their arrival, numbered without holes, at times that do not run
//! backwards; the states of one object are in the order of its `resourceVersion`. A history that is
//! otherwise was altered or badly recorded, and says nothing.

use std::collections::{BTreeMap, BTreeSet};

use model::history::{Change, Kind};
use model::{Event, What};

use crate::moment::Mark;

/// The order so far.
#[derive(Debug, Default)]
pub(crate) struct Order {
    last: Option<Mark>,
    /// The kinds of object whose versions are looked at: those that somebody reads.
    kinds: BTreeSet<Kind>,
    /// By kind and uid, of the objects that are there.
    versions: BTreeMap<(Kind, String), u64>,
    disorder: Option<String>,
}

impl Order {
    pub(crate) fn of(kinds: BTreeSet<Kind>) -> Self {
        Self { kinds, ..Self::default() }
    }

    pub(crate) fn apply(&mut self, event: &Event) {
        let mark = Mark::of(event);
        let wrong = self.place(mark).or_else(|| self.version(event, mark));
        if let Some(wrong) = wrong {
            self.disorder.get_or_insert(format!("the history is out of order: {wrong}"));
        }
        self.last = Some(mark);
    }

    /// Why the history says nothing.
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

    fn version(&mut self, event: &Event, mark: Mark) -> Option<String> {
        let What::Seen(seen) = &event.what else { return None };
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
