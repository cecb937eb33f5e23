//! Moments of a history.

use model::{Event, EventKind, World};

use crate::environment::Environment;
use crate::mark::Mark;
use crate::store_freshness::StoreFreshness;

/// An event that was just taken, and what is known with it.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    pub(crate) event: &'a Event,
    pub(crate) world: &'a World,
    pub(crate) freshness: &'a StoreFreshness,
    pub(crate) environment: &'a Environment,
}

impl Moment<'_> {
    pub(crate) fn mark(&self) -> Mark {
        Mark::of(self.event)
    }

    /// Milliseconds since the start at which the store was asked; `None` if the event is no
    /// listing.
    pub(crate) fn asked(&self) -> Option<u64> {
        if let EventKind::Listed { asked_at: asked, .. } = self.event.kind {
            Some(asked)
        } else {
            None
        }
    }

    /// Whether this is the store's answer to a question asked at or before `limit`, given after it.
    pub(crate) fn straddles(&self, limit: u64) -> bool {
        self.event.at > limit && self.asked().is_some_and(|asked| asked <= limit)
    }
}
