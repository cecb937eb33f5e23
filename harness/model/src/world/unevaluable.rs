//! Whether a fact can be evaluated at all.

use super::World;
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
        match fact {
            Fact::All(facts) | Fact::Any(facts) => {
                let reason = facts.iter().find_map(|fact| self.unevaluable(fact));
                reason.filter(|_| self.holds(fact) == Truth::Unknown)
            }
            Fact::NodesFulfilled | Fact::NodeTree(_) => self.nodes_unread.clone(),
            Fact::Node(node) => self.unclear(|| self.ambiguous(&node.name)),
            Fact::Output(output) => self.unclear(|| self.ambiguous(&output.node)),
            Fact::Attempts { of, .. } => self.unclear(|| self.ambiguous_attempts(of)),
            Fact::Starts(names) => {
                let reason = self.unclear(|| names.iter().find_map(|name| self.ambiguous(name)));
                reason.filter(|_| self.holds(fact) == Truth::Unknown)
            }
            Fact::Pod { node, .. }
            | Fact::PodsSeen { of: Some(node), .. }
            | Fact::PodsLeft { of: Some(node), .. } => self.ambiguous_pods(node),
            Fact::Cel(expression) => self.say(expression).err(),
            Fact::TaskResult(_) => {
                let name = self.unlabelled().filter(|_| self.holds(fact) == Truth::Unknown)?;
                Some(format!("task result {name} has no label that says whether it is complete"))
            }
            Fact::Phase(_)
            | Fact::Finalizer(..)
            | Fact::Condition(..)
            | Fact::Objects(_)
            | Fact::Object(_)
            | Fact::Requests(_)
            | Fact::RequestsAstray(_)
            | Fact::ReadAfterDeletion(_)
            | Fact::Workflow(_)
            | Fact::PodsSeen { of: None, .. }
            | Fact::PodsLeft { of: None, .. }
            | Fact::GcPodsSeen(_)
            | Fact::GcPodsLeft(_)
            | Fact::GcTasksLeft(_) => None,
        }
    }

    fn unclear(&self, name: impl FnOnce() -> Option<String>) -> Option<String> {
        self.nodes_unread.clone().or_else(name)
    }
}
