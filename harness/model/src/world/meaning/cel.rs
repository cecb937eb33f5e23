//! The meaning of expressions.

use serde_json::json;

use super::{Meaning, SoFar, never_seen};
use crate::expression::{Expression, Named, Subject};
use crate::history::Kind;
use crate::truth::Truth;
use crate::world::empty::NO_OBJECT;
use crate::world::{Empty, World};

impl Meaning for Expression {
    fn evaluate(&self, world: &World) -> Truth {
        world.say(self).unwrap_or(Truth::Unknown)
    }

    fn so_far(&self, _: &World) -> Option<SoFar> {
        None
    }

    fn matched_nothing(&self, world: &World) -> Option<Empty> {
        let none_of = |kind, what| never_seen(world.ever.kinds.contains(&kind), what);
        match self.subject() {
            Subject::OtherWorkflow => none_of(Kind::Workflow, "no other workflow"),
            Subject::Pod => none_of(Kind::Pod, "no pod"),
            Subject::TaskResult => none_of(Kind::TaskResult, "no task result"),
            Subject::GcTask => none_of(Kind::GcTask, "no artifact GC task"),
            Subject::Workflow | Subject::Objects => None,
        }
    }

    fn absent_from_the_start(&self, world: &World) -> Option<Empty> {
        if !is_absence(self) {
            return None;
        }
        let holds_of_all = self.says(&json!(world.ever.keys), &Named::new()) == Ok(true);
        let never = || Empty::Nothing(format!("{NO_OBJECT} of which `{self}` is not true"));
        holds_of_all.then(never)
    }

    fn needs_action(&self) -> bool {
        is_absence(self)
    }

    fn unevaluable(&self, world: &World) -> Option<String> {
        world.say(self).err()
    }

    fn describe(&self, world: &World) -> String {
        match self.subject() {
            Subject::Workflow => world.describe_phase(),
            Subject::OtherWorkflow => world.describe_others(),
            Subject::Objects => world.describe_objects(),
            Subject::Pod => world.describe_pods_of(self),
            Subject::TaskResult => world.describe_task_results(),
            Subject::GcTask => world.describe_gc_tasks(),
        }
    }
}

/// Whether an expression about objects is true where there are none.
fn is_absence(expression: &Expression) -> bool {
    expression.subject() == Subject::Objects
        && expression.says(&json!([]), &Named::new()) == Ok(true)
}
