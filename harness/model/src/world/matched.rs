//! Whether a fact spoke of anything.
//!
//! A fact whose selector matched nothing can be true or false for an empty reason. No pod was seen
//! twice of a node that never had a pod. The judge asks here before it believes such a truth.

use super::World;
use super::empty::Empty;
use super::meaning::Shape;
use crate::fact::{Fact, Presence, WorkflowFact};
use crate::truth::Truth;

impl World {
    /// The reason why the fact spoke of nothing so far; `None` if it spoke of something.
    pub fn matched_nothing(&self, fact: &Fact) -> Option<Empty> {
        if self.workflow.is_none() {
            return Some(Empty::Nothing("the workflow was never seen".to_owned()));
        }
        match Shape::of(fact) {
            Shape::Leaf(leaf) => leaf.matched_nothing(self),
            Shape::All(facts) => facts.iter().find_map(|fact| self.matched_nothing(fact)),
            Shape::Any(facts) => of_each(facts.iter().map(|fact| self.matched_nothing(fact))),
        }
    }

    /// The reason why a fact that holds now has not come about. The fact is about nothing, or about
    /// an absence from the start on.
    pub fn holds_of_nothing(&self, fact: &Fact) -> Option<Empty> {
        self.absent_from_the_start(fact).or_else(|| self.matched_nothing(fact))
    }

    /// The reason why an absence that holds now has not come about: the absent thing was never
    /// there. `None` for a fact that is no absence.
    pub fn absent_from_the_start(&self, fact: &Fact) -> Option<Empty> {
        match Shape::of(fact) {
            Shape::Leaf(leaf) => leaf.absent_from_the_start(self),
            Shape::All(facts) => facts.iter().find_map(|fact| self.absent_from_the_start(fact)),
            Shape::Any(facts) => {
                let true_now = facts.iter().filter(|fact| self.holds(fact) == Truth::True);
                of_each(true_now.map(|fact| self.absent_from_the_start(fact)))
            }
        }
    }

    /// The reason why the fact is unknown for lack of its subject; `None` if there is no such
    /// reason.
    pub fn untold(&self, fact: &Fact) -> Option<Empty> {
        let leaf = match Shape::of(fact) {
            Shape::Leaf(leaf) => leaf,
            Shape::All(facts) | Shape::Any(facts) => {
                return facts.iter().find_map(|fact| self.untold(fact));
            }
        };
        if leaf.needs_action() && self.workflow.is_some() && !self.acted {
            let what = format!("{fact}, but the controller had not acted on the workflow yet");
            return Some(Empty::NotActed(what));
        }
        let gone = matches!(fact, Fact::Workflow(WorkflowFact::Presence(Presence::Gone)));
        if gone { None } else { self.matched_nothing(fact) }
    }
}

/// The first reason, if each has one.
fn of_each(mut reasons: impl Iterator<Item = Option<Empty>>) -> Option<Empty> {
    let first = reasons.next().flatten();
    first.filter(|_| reasons.all(|reason| reason.is_some()))
}
