//! Whether a truth rests on an absence: on something that was not seen.

use super::World;
use crate::expression::Subject;
use crate::fact::{Count, Fact};
use crate::truth::Truth;

impl World {
    /// Whether the fact, being true now, is so because something was not seen. A stale world shows
    /// such a truth too.
    pub fn rests_on_absence(&self, fact: &Fact) -> bool {
        match fact {
            Fact::All(facts) => facts.iter().any(|fact| self.rests_on_absence(fact)),
            Fact::Any(facts) => {
                let mut so = facts.iter().filter(|fact| self.holds(fact) == Truth::True);
                so.all(|fact| self.rests_on_absence(fact))
            }
            leaf => leaf.is_absence(),
        }
    }
}

impl Fact {
    /// Whether its truth is the absence of an object, or an upper bound of a count. `all` and `any`
    /// are not.
    pub fn is_absence(&self) -> bool {
        match self {
            Self::Attempts { count, .. }
            | Self::Objects(count)
            | Self::RequestsAstray(count)
            | Self::PodsSeen { count, .. }
            | Self::PodsLeft { count, .. }
            | Self::GcPodsSeen(count)
            | Self::GcPodsLeft(count)
            | Self::GcTasksLeft(count) => count.has_upper_bound(),
            Self::Requests(requests) => requests.count.has_upper_bound(),
            Self::Object(object) => !object.there,
            Self::Finalizer(_, there) | Self::Condition(_, there) => !there,
            Self::Cel(expression) => expression.subject() == Subject::Objects,
            Self::Phase(_)
            | Self::NodesFulfilled
            | Self::Node(_)
            | Self::NodeTree(_)
            | Self::Starts(_)
            | Self::Output(_)
            | Self::ReadAfterDeletion(_)
            | Self::Workflow(_)
            | Self::Pod { .. }
            | Self::TaskResult(_)
            | Self::All(_)
            | Self::Any(_) => false,
        }
    }
}

impl Count {
    /// Whether more would be too many.
    fn has_upper_bound(self) -> bool {
        match self {
            Self::Exactly(_) | Self::AtMost(_) => true,
            Self::AtLeast(_) => false,
        }
    }
}
