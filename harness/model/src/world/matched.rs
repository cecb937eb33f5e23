//! Whether a fact spoke of anything.
//!
//! A fact whose selector matched nothing can be true or false for an empty reason. No pod was seen
//! twice of a node that never had a pod. The judge asks here before it believes such a truth.

use serde_json::json;

use super::World;
use crate::expression::{Expression, Named, Subject};
use crate::fact::{Fact, Presence};
use crate::history::Kind;

/// The reason why a truth is about nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Empty {
    /// Nothing that the fact speaks of was ever seen.
    Nothing(String),
    /// The node that the fact speaks of never existed.
    NoNode(String),
    /// The subject of the fact was absent, but the controller had not acted yet.
    NotActed(String),
}

impl World {
    /// The reason why the fact spoke of nothing so far; `None` if it spoke of something.
    pub fn matched_nothing(&self, fact: &Fact) -> Option<Empty> {
        if self.workflow.is_none() {
            return Some(Empty::Nothing("the workflow was never seen".to_owned()));
        }
        let nothing = |seen: bool, what: &str| {
            (!seen).then(|| Empty::Nothing(format!("{what} was ever seen")))
        };
        match fact {
            Fact::Node(node) if !node.asks_existence() => self.no_node(&node.name),
            Fact::Output(output) => self.no_node(&output.node),
            Fact::Attempts { of, .. } if self.attempts_of(of).is_empty() => self.no_node(of),
            Fact::Starts(names) => names.iter().find_map(|name| self.no_node(name)),
            Fact::Pod { node, .. }
            | Fact::PodsSeen { of: Some(node), .. }
            | Fact::PodsLeft { of: Some(node), .. } => {
                let asked = self.asked(node);
                let seen = self.pods.values().any(|pod| pod.runs(&asked));
                nothing(seen || self.needs_no_pod(node), &format!("no pod of node {node}"))
            }
            Fact::PodsSeen { of: None, .. } | Fact::PodsLeft { of: None, .. } => {
                let seen = self.pods.values().any(|pod| !pod.collects_garbage);
                nothing(seen, "no pod of the workflow")
            }
            Fact::Requests(_) | Fact::RequestsAstray(_) | Fact::ReadAfterDeletion(_) => {
                let what = "no request to the store for a key below the case's prefix";
                nothing(self.has_requests(), what)
            }
            Fact::Cel(expression) => match expression.subject() {
                Subject::OtherWorkflow => self.none_of(Kind::Workflow, "no other workflow"),
                Subject::Pod => self.none_of(Kind::Pod, "no pod"),
                Subject::TaskResult => self.none_of(Kind::TaskResult, "no task result"),
                Subject::GcTask => self.none_of(Kind::GcTask, "no artifact GC task"),
                Subject::Workflow | Subject::Objects => None,
            },
            Fact::TaskResult(_) => nothing(self.ever.task_results, "no task result"),
            Fact::All(facts) => facts.iter().find_map(|f| self.matched_nothing(f)),
            Fact::Any(facts) => {
                let mut empty = facts.iter().map(|f| self.matched_nothing(f));
                let first = empty.next().flatten();
                first.filter(|_| empty.all(|e| e.is_some()))
            }
            _ => None,
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
        let was = |seen: bool, what: String| (!seen).then_some(Empty::Nothing(what));
        match fact {
            Fact::Finalizer(name, false) => was(
                self.finalizers.contains(name),
                format!("the workflow never had the finalizer {name}"),
            ),
            Fact::Objects(count) if count.admits(0) => {
                was(!self.ever.keys.is_empty(), NO_OBJECT.to_owned())
            }
            Fact::Object(object) if !object.there => {
                let mut keys = self.ever.keys.iter();
                let key = &object.key;
                was(
                    keys.any(|ever| object.is_meant(ever)),
                    format!("no object {key} ever lay under the case's prefix"),
                )
            }
            Fact::Cel(expression) if is_absence(expression) => {
                let all = json!(self.ever.keys);
                let holds_of_all = expression.says(&all, &Named::new()) == Ok(true);
                was(!holds_of_all, format!("{NO_OBJECT} of which `{expression}` is not true"))
            }
            Fact::GcTasksLeft(count) if count.admits(0) => {
                was(self.ever.gc_tasks, "there never was an artifact GC task".to_owned())
            }
            Fact::GcPodsLeft(count) if count.admits(0) => was(
                self.pods.values().any(|pod| pod.collects_garbage),
                "there never was an artifact GC pod".to_owned(),
            ),
            Fact::All(facts) => facts.iter().find_map(|f| self.absent_from_the_start(f)),
            Fact::Any(facts) => {
                let true_now = |f: &&Fact| self.holds(f) == crate::Truth::True;
                let mut empty =
                    facts.iter().filter(true_now).map(|f| self.absent_from_the_start(f));
                let first = empty.next().flatten();
                first.filter(|_| empty.all(|e| e.is_some()))
            }
            _ => None,
        }
    }

    /// The reason why the fact is unknown for lack of its subject; `None` if there is no such
    /// reason.
    pub fn untold(&self, fact: &Fact) -> Option<Empty> {
        let absence = matches!(fact, Fact::Cel(expression) if is_absence(expression))
            || matches!(
                fact,
                Fact::Finalizer(_, false) | Fact::Condition(_, false) | Fact::Object(_)
            )
            || matches!(fact, Fact::Objects(count) if count.admits(0));
        if absence && self.workflow.is_some() && !self.acted {
            let what = format!("{fact}, but the controller had not acted on the workflow yet");
            return Some(Empty::NotActed(what));
        }
        match fact {
            Fact::All(facts) | Fact::Any(facts) => facts.iter().find_map(|f| self.untold(f)),
            Fact::Workflow(Presence::Gone) => None,
            leaf => self.matched_nothing(leaf),
        }
    }

    fn none_of(&self, kind: Kind, what: &str) -> Option<Empty> {
        let seen = self.ever.kinds.contains(&kind);
        (!seen).then(|| Empty::Nothing(format!("{what} was ever seen")))
    }

    /// `None` too where it cannot be known.
    fn no_node(&self, name: &str) -> Option<Empty> {
        let there = self.nodes_unread.is_some() || self.has_node(name) || self.is_left_out(name);
        (!there).then(|| {
            Empty::NoNode(format!("node {name} never existed; there are: {}", self.tree_words()))
        })
    }
}

const NO_OBJECT: &str = "no object ever lay under the case's prefix";

/// Whether an expression about objects is true where there are none.
fn is_absence(expression: &Expression) -> bool {
    expression.subject() == Subject::Objects
        && expression.says(&json!([]), &Named::new()) == Ok(true)
}
