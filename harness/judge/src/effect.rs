//! Steps that must change the workflow, and whether they did.

use model::history::StepOutcome;
use model::{What, World};
use serde_json::Value;

use crate::moment::{Mark, Moment};

/// A step and what is known of its effect.
#[derive(Debug)]
pub(crate) struct Effect {
    step: String,
    /// The workflow when the step began.
    before: Option<Value>,
    /// Why it had none.
    nothing: Option<String>,
}

impl Effect {
    pub(crate) fn new(step: &str) -> Self {
        Self { step: step.to_owned(), before: None, nothing: None }
    }

    /// Takes an event.
    pub(crate) fn see(&mut self, moment: &Moment<'_>) {
        match &moment.event.what {
            What::StepBegun { step, .. } if *step == self.step => {
                self.before = moment.world.workflow().map(substance);
            }
            What::StepEnded { step, outcome: StepOutcome::Done(_) } if *step == self.step => {
                let before = self.before.take();
                if !moment.world.is_gone() && before == after(moment.world) {
                    let at = Mark::of(moment.event).words();
                    self.nothing = Some(format!(
                        "step {step} changed nothing: at {at} the workflow is as it was when the \
                         step began"
                    ));
                }
            }
            _ => {}
        }
    }

    /// Why the claims mean nothing.
    pub(crate) fn nothing(&self) -> Option<&str> {
        self.nothing.as_deref()
    }
}

fn after(world: &World) -> Option<Value> {
    world.workflow().map(substance)
}

/// The workflow without what changes by itself: its version, who wrote it, and our own touches.
fn substance(workflow: &Value) -> Value {
    let mut substance = workflow.clone();
    if let Some(metadata) = substance["metadata"].as_object_mut() {
        metadata.shift_remove("resourceVersion");
        metadata.shift_remove("managedFields");
        let annotations = metadata.get_mut("annotations").and_then(Value::as_object_mut);
        if let Some(annotations) = annotations {
            annotations.shift_remove("argo-conformance/touched");
        }
    }
    substance
}
