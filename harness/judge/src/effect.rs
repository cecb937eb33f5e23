//! Steps that must change the workflow, and whether they did.
//!
//! A verb proves itself by the fields that it writes. The controller changes all others by itself
//! meanwhile.

use model::history::{Action, StepOutcome};
use model::{EventKind, World};
use serde_json::{Value, json};

use crate::mark::Mark;
use crate::moment::Moment;

/// A step and what is known of its effect.
#[derive(Debug)]
pub(crate) struct Effect {
    step: String,
    /// The action of the step, and the fields that it writes as they were when the step began.
    before: Option<(Action, Option<Value>)>,
    /// The reason why the step had no effect.
    nothing: Option<String>,
}

impl Effect {
    pub(crate) fn new(step: &str) -> Self {
        Self { step: step.to_owned(), before: None, nothing: None }
    }

    /// Takes an event.
    pub(crate) fn see(&mut self, moment: &Moment<'_>) {
        if let EventKind::StepBegun { step, action } = &moment.event.kind
            && *step == self.step
        {
            self.before = Some((action.clone(), written(action, moment.world)));
        }
        if let EventKind::StepEnded { step, outcome: StepOutcome::Done(_) } = &moment.event.kind
            && *step == self.step
        {
            self.nothing = self.why_nothing(moment);
        }
    }

    fn why_nothing(&mut self, moment: &Moment<'_>) -> Option<String> {
        let (step, at) = (&self.step, Mark::of(moment.event).words());
        let Some((action, before)) = self.before.take() else {
            return Some(format!("step {step} ended at {at} without a beginning"));
        };
        let same = !moment.world.is_gone() && written(&action, moment.world) == before;
        let unread = moment.world.nodes_unread().filter(|_| action == Action::Resume);
        same.then(|| match unread {
            Some(reason) => format!("step {step} has no effect that is seen at {at}: {reason}"),
            None => format!(
                "step {step} changed nothing: at {at} the fields that `{action}` writes are as \
                 they were when the step began"
            ),
        })
    }

    /// The reason why no claim passes; `None` if the step had an effect, or did not end *done*.
    pub(crate) fn nothing(&self) -> Option<&str> {
        self.nothing.as_deref()
    }
}

/// The fields of the workflow that the step writes, as they are now. Null for a step that writes
/// none; `None` without a workflow.
fn written(action: &Action, world: &World) -> Option<Value> {
    let workflow = world.workflow()?;
    let (meta, spec, status) = (&workflow["metadata"], &workflow["spec"], &workflow["status"]);
    Some(match action {
        Action::Stop | Action::Terminate => spec["shutdown"].clone(),
        Action::Suspend => spec["suspend"].clone(),
        Action::Resume => json!([spec["suspend"], suspended(status)]),
        Action::Retry { .. } => {
            let completed = &meta["labels"][model::argo_api::label::COMPLETED];
            json!([completed, status["phase"], status["startedAt"], status["finishedAt"]])
        }
        Action::Delete => meta["deletionTimestamp"].clone(),
        Action::Submit { .. }
        | Action::Restore { .. }
        | Action::Await { .. }
        | Action::Resubmit { .. }
        | Action::Grant(_)
        | Action::Revoke(_)
        | Action::DeletePod { .. }
        | Action::LosePod { .. }
        | Action::Apply { .. }
        | Action::StoreFault(_)
        | Action::RestartController
        | Action::KillLeader
        | Action::FreezeLeader(_)
        | Action::LoseLease
        | Action::ScaleController(_)
        | Action::Upgrade
        | Action::Rollback => Value::Null,
    })
}

/// Id and phase of each node that waits to be resumed, or did.
fn suspended(status: &Value) -> Vec<Value> {
    let nodes = status["nodes"].as_object().into_iter().flatten();
    let waiting = nodes.filter(|(_, node)| node["type"] == "Suspend");
    waiting.map(|(id, node)| json!([id, node["phase"]])).collect()
}
