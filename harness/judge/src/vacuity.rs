//! Whether a fact spoke of anything while it was evaluated.

use model::world::Empty;
use model::{Fact, Truth, World};

/// The knowledge whether a fact has spoken of anything.
#[derive(Debug, Default)]
pub(crate) struct Vacuity {
    of_something: bool,
    empty: Option<Empty>,
}

impl Vacuity {
    /// Asks, until the fact has spoken of something.
    pub(crate) fn ask(&mut self, world: &World, fact: &Fact) {
        if !self.of_something {
            self.empty = world.matched_nothing(fact);
            self.of_something = self.empty.is_none();
        }
    }

    /// The last reason why the fact spoke of nothing; `None` if it spoke of something once.
    pub(crate) fn of_nothing(&self) -> Option<&Empty> {
        self.empty.as_ref()
    }
}

/// The reason why the fact holds without having come about, if it does.
pub(crate) fn held_of_nothing(world: &World, fact: &Fact) -> Option<Empty> {
    let holds = world.holds(fact) == Truth::True;
    holds.then(|| world.holds_of_nothing(fact)).flatten()
}
