//! Places in a history, and times in words.

use model::Event;

/// An event's place in the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The event's number.
    pub(crate) n: u64,
    /// Milliseconds since the start.
    pub(crate) at: u64,
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

/// Milliseconds as seconds with one decimal, rounded down.
pub(crate) fn seconds(milliseconds: u64) -> String {
    format!("{}.{}s", milliseconds / 1000, milliseconds % 1000 / 100)
}
