//! The age of the knowledge about the object store.
//!
//! [`World`] keeps the last listing. [`StoreFreshness`] keeps the time at which the harness asked
//! for that listing.

use model::{Event, EventKind, Fact, Truth, World};

/// The age of the last listing.
#[derive(Debug, Default)]
pub(crate) struct StoreFreshness {
    /// Milliseconds since the start at which the last listing was asked for.
    asked: Option<u64>,
    /// Milliseconds since the start of the last event about anything but the store's content.
    changed: Option<u64>,
}

impl StoreFreshness {
    pub(crate) fn apply(&mut self, event: &Event) {
        match event.kind {
            EventKind::Listed { asked_at: asked, .. } => self.asked = Some(asked),
            EventKind::Observed(_)
            | EventKind::StepBegun { .. }
            | EventKind::StepEnded { .. }
            | EventKind::Requested(_) => {
                self.changed = Some(event.at);
            }
            EventKind::Bookmark { .. }
            | EventKind::Gap { .. }
            | EventKind::Probed { .. }
            | EventKind::Unobserved(_)
            | EventKind::Controllers(_)
            | EventKind::Ended(_) => {}
        }
    }

    /// Whether the last listing was asked for at `moment` or later.
    pub(crate) fn is_fresh(&self, moment: u64) -> bool {
        self.asked.is_some_and(|asked| asked >= moment)
    }

    /// Milliseconds since the start at which the last listing was asked for.
    pub(crate) fn asked(&self) -> Option<u64> {
        self.asked
    }

    /// Whether nothing else has changed since the last listing was asked for.
    pub(crate) fn is_quiet(&self) -> bool {
        match (self.asked, self.changed) {
            (Some(asked), Some(changed)) => changed < asked,
            (asked, _) => asked.is_some(),
        }
    }
}

/// Whether the fact holds; a fact about objects is unknown unless the listing is fresh.
pub(crate) fn holds(world: &World, fact: &Fact, fresh: bool) -> Truth {
    match fact {
        Fact::All(facts) => {
            facts.iter().map(|f| holds(world, f, fresh)).fold(Truth::True, Truth::and)
        }
        Fact::Any(facts) => {
            facts.iter().map(|f| holds(world, f, fresh)).fold(Truth::False, Truth::or)
        }
        Fact::Workflow(_)
        | Fact::Nodes(_)
        | Fact::Store(_)
        | Fact::Requests(_)
        | Fact::Pods(_)
        | Fact::Tasks(_)
        | Fact::Cel(_) => {
            if fact.is_of_store() && !fresh {
                return Truth::Unknown;
            }
            world.holds(fact)
        }
    }
}
