//! The meaning of facts about the workflow object.

use serde_json::Value;

use super::{Meaning, SoFar, is_one_of};
use crate::fact::{Presence, WorkflowFact};
use crate::truth::Truth;
use crate::world::{Empty, World};

impl Meaning for WorkflowFact {
    fn evaluate(&self, world: &World) -> Truth {
        match self {
            Self::Phase(phases) => world.on_workflow(|w| is_one_of(&w["status"]["phase"], phases)),
            Self::Finalizer(name, there) => {
                let seen = |w: &Value| !world.workflow_gone && has_finalizer(w, name);
                presence(world, seen, *there)
            }
            Self::Condition(kind, there) => presence(world, |w| has_condition(w, kind), *there),
            Self::Presence(presence) => world.on_workflow(|w| {
                let deleting = w["metadata"]["deletionTimestamp"].is_string();
                match presence {
                    Presence::Gone => world.workflow_gone,
                    Presence::Present => !world.workflow_gone,
                    Presence::Deleting => deleting && !world.workflow_gone,
                }
            }),
        }
    }

    fn so_far(&self, _: &World) -> Option<SoFar> {
        match self {
            Self::Phase(_) | Self::Finalizer(..) | Self::Condition(..) | Self::Presence(_) => None,
        }
    }

    fn matched_nothing(&self, _: &World) -> Option<Empty> {
        match self {
            Self::Phase(_) | Self::Finalizer(..) | Self::Condition(..) | Self::Presence(_) => None,
        }
    }

    fn absent_from_the_start(&self, world: &World) -> Option<Empty> {
        match self {
            Self::Finalizer(name, false) => (!world.finalizers.contains(name))
                .then(|| Empty::Nothing(format!("the workflow never had the finalizer {name}"))),
            Self::Phase(_) | Self::Finalizer(_, true) | Self::Condition(..) | Self::Presence(_) => {
                None
            }
        }
    }

    fn needs_action(&self) -> bool {
        match self {
            Self::Finalizer(_, there) | Self::Condition(_, there) => !there,
            Self::Phase(_) | Self::Presence(_) => false,
        }
    }

    fn unevaluable(&self, _: &World) -> Option<String> {
        match self {
            Self::Phase(_) | Self::Finalizer(..) | Self::Condition(..) | Self::Presence(_) => None,
        }
    }

    fn describe(&self, world: &World) -> String {
        match self {
            Self::Phase(_) => world.describe_phase(),
            Self::Finalizer(..) | Self::Condition(..) | Self::Presence(_) => {
                world.describe_workflow()
            }
        }
    }
}

/// Whether something is there, or absent, on the workflow.
fn presence(world: &World, seen: impl FnOnce(&Value) -> bool, there: bool) -> Truth {
    match world.workflow.as_ref().map(seen) {
        None => Truth::Unknown,
        Some(false) if !world.acted => Truth::Unknown,
        Some(found) => Truth::of(found == there),
    }
}

fn has_finalizer(workflow: &Value, name: &str) -> bool {
    let list = workflow["metadata"]["finalizers"].as_array();
    list.into_iter().flatten().any(|f| f == name)
}

fn has_condition(workflow: &Value, kind: &str) -> bool {
    let list = workflow["status"]["conditions"].as_array();
    list.into_iter().flatten().any(|c| c["type"] == kind && c["status"] == "True")
}
