//! The meaning of facts on a world.

mod cel;
mod nodes;
mod pods;
mod requests;
mod store;
mod tasks;
mod workflow;

use serde_json::Value;

use super::World;
use super::empty::Empty;
use crate::fact::{Count, Fact};
use crate::history::Kind;
use crate::truth::Truth;

/// The meaning of a fact that is no `all` and no `any`.
///
/// No method has a default, so that the compiler lists everything that a new fact must say.
pub(super) trait Meaning {
    /// Whether it holds by what was told, whatever may have been missed.
    fn evaluate(&self, world: &World) -> Truth;

    /// The bound of a count over the whole past, and the number so far; `None` for any other fact.
    fn so_far(&self, world: &World) -> Option<SoFar>;

    /// The reason why it spoke of nothing so far, in a world that has seen the workflow.
    fn matched_nothing(&self, world: &World) -> Option<Empty>;

    /// The reason why an absence that holds now has not come about; `None` for a fact that is no
    /// absence.
    fn absent_from_the_start(&self, world: &World) -> Option<Empty>;

    /// Whether its truth is unknown before the controller has acted on the workflow.
    fn needs_action(&self) -> bool;

    /// The reason why it cannot be evaluated, where it is unknown.
    fn unevaluable(&self, world: &World) -> Option<String>;

    /// The state that it speaks of, in words.
    fn describe(&self, world: &World) -> String;
}

/// A count over the whole past.
#[derive(Clone, Copy, Debug)]
pub(super) struct SoFar {
    /// The bound of the fact.
    pub(super) bound: Count,
    /// The number so far; `None` if it is unknown.
    pub(super) number: Option<usize>,
}

impl SoFar {
    /// The truth of the fact if nothing was missed.
    fn evaluate(self) -> Truth {
        self.number.map_or(Truth::Unknown, |number| Truth::of(self.bound.admits(number)))
    }
}

/// A fact as its parts.
pub(super) enum Shape<'f> {
    /// A fact of a family.
    Leaf(&'f dyn Meaning),
    /// All of these.
    All(&'f [Fact]),
    /// At least one of these.
    Any(&'f [Fact]),
}

impl Shape<'_> {
    /// The parts of a fact.
    pub(super) fn of(fact: &Fact) -> Shape<'_> {
        match fact {
            Fact::Workflow(fact) => Shape::Leaf(fact),
            Fact::Nodes(fact) => Shape::Leaf(fact),
            Fact::Store(fact) => Shape::Leaf(fact),
            Fact::Requests(fact) => Shape::Leaf(fact),
            Fact::Pods(fact) => Shape::Leaf(fact),
            Fact::Tasks(fact) => Shape::Leaf(fact),
            Fact::Cel(expression) => Shape::Leaf(expression),
            Fact::All(facts) => Shape::All(facts),
            Fact::Any(facts) => Shape::Any(facts),
        }
    }
}

impl World {
    /// Whether the fact holds now.
    ///
    /// # Guarantees
    /// True and false need evidence. The absence of a finalizer, condition or object is unknown
    /// until the controller has written anything on the workflow.
    pub fn holds(&self, fact: &Fact) -> Truth {
        match Shape::of(fact) {
            Shape::Leaf(leaf) => match fact.kind() {
                Some(kind) => self.after_gaps(kind, leaf.so_far(self), leaf.evaluate(self)),
                None => leaf.evaluate(self),
            },
            Shape::All(facts) => {
                facts.iter().map(|fact| self.holds(fact)).fold(Truth::True, Truth::and)
            }
            Shape::Any(facts) => {
                facts.iter().map(|fact| self.holds(fact)).fold(Truth::False, Truth::or)
            }
        }
    }

    /// The state that a fact speaks of, in words: what the system looks like now.
    pub fn describe(&self, fact: &Fact) -> String {
        match Shape::of(fact) {
            Shape::Leaf(leaf) => leaf.describe(self),
            Shape::All(facts) | Shape::Any(facts) => {
                let parts: Vec<_> = facts.iter().map(|fact| self.describe(fact)).collect();
                parts.join("; ")
            }
        }
    }

    fn on_workflow(&self, test: impl FnOnce(&Value) -> bool) -> Truth {
        self.workflow.as_ref().map_or(Truth::Unknown, |w| Truth::of(test(w)))
    }

    fn when_acted(&self, test: impl FnOnce() -> bool) -> Truth {
        if self.acted { Truth::of(test()) } else { Truth::Unknown }
    }

    fn when_watched(&self, kind: Kind, test: impl FnOnce() -> bool) -> Truth {
        if self.watched.contains(&kind) { Truth::of(test()) } else { Truth::Unknown }
    }
}

fn is_one_of(phase: &Value, phases: &[String]) -> bool {
    phase.as_str().is_some_and(|p| phases.iter().any(|q| q == p))
}

/// Words for a subject that was never seen.
fn never_seen(seen: bool, what: &str) -> Option<Empty> {
    (!seen).then(|| Empty::Nothing(format!("{what} was ever seen")))
}
