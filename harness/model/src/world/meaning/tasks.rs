//! The meaning of facts about task results and artifact GC tasks.

use super::{Meaning, SoFar, never_seen};
use crate::fact::TaskFact;
use crate::history::Kind;
use crate::truth::Truth;
use crate::world::{Empty, World};

impl Meaning for TaskFact {
    fn evaluate(&self, world: &World) -> Truth {
        match self {
            // A task result without the label can be either.
            Self::Complete(complete) => {
                let is_so = world.task_results.values().any(|c| *c == Some(*complete));
                if !is_so && world.unlabelled().is_some() {
                    return Truth::Unknown;
                }
                world.when_watched(Kind::TaskResult, || is_so)
            }
            Self::GcLeft(count) => {
                world.when_watched(Kind::GcTask, || count.admits(world.gc_tasks.len()))
            }
        }
    }

    fn so_far(&self, _: &World) -> Option<SoFar> {
        match self {
            Self::Complete(_) | Self::GcLeft(_) => None,
        }
    }

    fn matched_nothing(&self, world: &World) -> Option<Empty> {
        match self {
            Self::Complete(_) => never_seen(world.ever.task_results, "no task result"),
            Self::GcLeft(_) => None,
        }
    }

    fn absent_from_the_start(&self, world: &World) -> Option<Empty> {
        match self {
            Self::GcLeft(count) if count.admits(0) => (!world.ever.gc_tasks)
                .then(|| Empty::Nothing("there never was an artifact GC task".to_owned())),
            Self::GcLeft(_) | Self::Complete(_) => None,
        }
    }

    fn needs_action(&self) -> bool {
        match self {
            Self::Complete(_) | Self::GcLeft(_) => false,
        }
    }

    fn unevaluable(&self, world: &World) -> Option<String> {
        match self {
            Self::Complete(_) => {
                let name = world.unlabelled()?;
                Some(format!("task result {name} has no label that says whether it is complete"))
            }
            Self::GcLeft(_) => None,
        }
    }

    fn describe(&self, world: &World) -> String {
        match self {
            Self::Complete(_) => world.describe_task_results(),
            Self::GcLeft(_) => world.describe_gc_tasks(),
        }
    }
}

impl World {
    /// Name of a task result that does not say whether it is complete.
    fn unlabelled(&self) -> Option<&str> {
        let result = self.task_results.iter().find(|(_, complete)| complete.is_none())?;
        Some(result.0)
    }
}
