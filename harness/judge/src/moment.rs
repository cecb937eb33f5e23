//! Moments of a history, and how they are written.

use model::{Event, What, World};

use crate::environment::Environment;
use crate::store_freshness::StoreFreshness;

/// An event's place in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The event's number.
    pub(crate) n: u64,
    /// Milliseconds since the start.
    pub(crate) at: u64,
}

/// An event that was just taken, and what is known with it.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) event: &'a Event,
    pub(crate) world: &'a World,
    pub(crate) freshness: &'a StoreFreshness,
    pub(crate) environment: &'a Environment,
}

impl Mark {
    pub(crate) fn of(event: &Event) -> Self {
        Self { n: event.n, at: event.at }
    }

    /// `12.3s (event 17)`
    pub(crate) fn words(self) -> String {
        format!("{} (event {})", seconds(self.at), self.n)
    }
}

impl Moment<'_> {
    pub(crate) fn mark(&self) -> Mark {
        Mark::of(self.event)
    }

    /// Milliseconds since the start at which the store was asked; `None` if the event is no
    /// listing.
    pub(crate) fn asked(&self) -> Option<u64> {
        if let What::Listed { asked, .. } = self.event.what { Some(asked) } else { None }
    }

    /// Whether this is the store's answer to a question asked at or before `limit`, given after it.
    pub(crate) fn straddles(&self, limit: u64) -> bool {
        self.event.at > limit && self.asked().is_some_and(|asked| asked <= limit)
    }
}

/// Milliseconds as seconds with one decimal, rounded down.
pub(crate) fn seconds(milliseconds: u64) -> String {
    format!("{}.{}s", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// A length in whole milliseconds.
pub(crate) fn milliseconds(length: std::time::Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}
