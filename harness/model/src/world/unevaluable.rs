//! Whether a fact can be evaluated at all.

use super::World;
use super::meaning::Shape;
use crate::fact::Fact;
use crate::truth::Truth;

impl World {
    /// The reason why the fact cannot be evaluated now. An expression fails on an object that is
    /// there, or several nodes have the name. The nodes are offloaded, or a task result has no
    /// label. `None` stands for a fact that can be evaluated, or that has no evidence yet.
    ///
    /// # Guarantees
    /// `Some` only where [`Self::holds`] is unknown. For `all` and `any` one of the parts has such
    /// a reason.
    pub fn unevaluable(&self, fact: &Fact) -> Option<String> {
        let reason = match Shape::of(fact) {
            Shape::Leaf(leaf) => leaf.unevaluable(self),
            Shape::All(facts) | Shape::Any(facts) => {
                facts.iter().find_map(|fact| self.unevaluable(fact))
            }
        };
        reason.filter(|_| self.holds(fact) == Truth::Unknown)
    }
}
