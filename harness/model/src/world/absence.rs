//! Whether a truth rests on an absence: on something that was not seen.

use super::World;
use super::meaning::Shape;
use crate::fact::Fact;
use crate::truth::Truth;

impl World {
    /// Whether the fact, being true now, is so because something was not seen. A stale world shows
    /// such a truth too.
    pub fn rests_on_absence(&self, fact: &Fact) -> bool {
        match Shape::of(fact) {
            Shape::Leaf(_) => fact.is_absence(),
            Shape::All(facts) => facts.iter().any(|fact| self.rests_on_absence(fact)),
            Shape::Any(facts) => {
                let mut so = facts.iter().filter(|fact| self.holds(fact) == Truth::True);
                so.all(|fact| self.rests_on_absence(fact))
            }
        }
    }
}
