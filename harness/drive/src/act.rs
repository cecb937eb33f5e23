//! Does one step of a plan.

mod argo;
mod context;
mod controller;
mod effect;
mod failover;
mod outcome;
mod pod;
mod replace;
mod restore;
mod rights;
mod scale;

use std::time::Duration;

use futures::FutureExt;
use kube::api::{DynamicObject, Patch, PatchParams, PostParams};
use model::fact::{Presence, WorkflowFact};
use model::history::{Kind, StepOutcome};
use model::step::{Change, Disturbance, Step, StoreFault};
use model::{Fact, StepKind, Truth, World};
use provision::objects::RUN;
use serde_json::{Value, json};

use model::image::replace_image;

use crate::budgets;
use crate::instance;
use crate::pauses;
use crate::recorder::RecordError;
use context::workflows;
pub(crate) use context::{Present, StepContext};
use effect::{caught_up, version};
use outcome::{outcome_of, outcome_of_apply};

/// Does a step.
///
/// # Errors
/// If the history can no longer be written. Every other failure is an outcome.
pub(crate) async fn act(
    context: &StepContext<'_>,
    step: &Step,
) -> Result<StepOutcome, RecordError> {
    if step.act.awaited().is_some() {
        return handle(context, step).await;
    }
    let limit = match (step.act.replacement(), step.act.disturbance()) {
        (Some(_), _) => budgets::REPLACEMENT.time,
        (None, Some(Disturbance::Freeze(time))) => budgets::FAILOVER.time + time,
        (None, Some(_)) => budgets::FAILOVER.time,
        (None, None) if step.act.restores() => budgets::REPLACEMENT.time,
        (None, None) => budgets::STEP.time,
    };
    let ended = tokio::time::timeout(limit, handle(context, step)).await;
    ended.unwrap_or_else(|_| {
        let limit = limit.as_secs();
        Ok(StepOutcome::Unknown(format!("it did not end within {limit}s")))
    })
}

/// Does a step, without a time limit besides that of a wait.
async fn handle(context: &StepContext<'_>, step: &Step) -> Result<StepOutcome, RecordError> {
    let outcome = match &step.act {
        StepKind::StoreFault(fault) => return Ok(store_fault(context, &step.name, fault).await),
        StepKind::Grant(right) => return Ok(rights::grant(context, right).await),
        StepKind::Revoke(right) => return Ok(rights::revoke(context, right).await),
        StepKind::DeletePod { node } => return pod::delete(context, node).await,
        StepKind::LosePod { node } => return pod::lose(context, node).await,
        StepKind::Apply { objects, .. } => return Ok(apply(context, objects).await),
        StepKind::RestartController => return Ok(controller::restart(context).await),
        StepKind::ScaleController(count) => return scale::scale(context, *count).await,
        StepKind::KillLeader => return failover::fail_over(context, Disturbance::Kill).await,
        StepKind::LoseLease => return failover::fail_over(context, Disturbance::LoseLease).await,
        StepKind::FreezeLeader(time) => {
            return failover::fail_over(context, Disturbance::Freeze(*time)).await;
        }
        StepKind::Upgrade => return replace::replace(context, Change::Upgrade).await,
        StepKind::Rollback => return replace::replace(context, Change::Rollback).await,
        StepKind::Submit { .. } => submit(context).await,
        StepKind::Restore { .. } => match restore::remove_controllers(context).await? {
            StepOutcome::Done(_) => submit(context).await,
            outcome => outcome,
        },
        StepKind::Retry { .. }
        | StepKind::Stop
        | StepKind::Terminate
        | StepKind::Suspend
        | StepKind::Resume
        | StepKind::Delete
        | StepKind::Resubmit { .. } => argo::verb(context, &step.act).await,
        StepKind::Await { fact, held, patience, touching, .. } => {
            let held = held.unwrap_or_default();
            return wait(context, fact, held, *patience, *touching).await;
        }
    };
    match outcome {
        StepOutcome::Done(said) => {
            let gone = |world: &World| world.holds(&GONE) == Truth::True;
            let there = version(workflows(context), context.workflow);
            caught_up(context, Kind::Workflow, there, gone, said).await
        }
        other => Ok(other),
    }
}

/// Sets a fault of the object store. Done when the next request will meet the fault.
async fn store_fault(context: &StepContext<'_>, step: &str, fault: &StoreFault) -> StepOutcome {
    let Some(faults) = context.faults else {
        let why = "nothing of ours is between the pods and the store";
        return StepOutcome::Refused(why.to_owned());
    };
    match faults.arm(step, fault).await {
        Ok(()) => StepOutcome::Done(fault.to_string()),
        Err(error) => StepOutcome::Unknown(error.to_string()),
    }
}

async fn submit(context: &StepContext<'_>) -> StepOutcome {
    let object: DynamicObject = match serde_json::from_value(context.manifest.clone()) {
        Ok(object) => object,
        Err(error) => return StepOutcome::Refused(format!("not a workflow: {error}")),
    };
    match workflows(context).create(&PostParams::default(), &object).await {
        Ok(made) => StepOutcome::Done(made.metadata.uid.unwrap_or_default()),
        Err(error) => outcome_of(&error),
    }
}

const GONE: Fact = Fact::Workflow(WorkflowFact::Presence(Presence::Gone));

/// Waits for a fact. Ends early if the environment is broken for good.
async fn wait(
    context: &StepContext<'_>,
    fact: &Fact,
    held: Duration,
    patience: Duration,
    touching: Option<Duration>,
) -> Result<StepOutcome, RecordError> {
    let met = until_held(context, fact, held).fuse();
    let touch = keep_touching(context, touching).fuse();
    let broken = context.installation.alarm.raised().fuse();
    let waited = tokio::time::timeout(patience, async {
        futures::pin_mut!(met, touch, broken);
        loop {
            // In this order, a fact that already holds ends the wait before a touch.
            futures::select_biased! {
                met = met => return met.map(|()| None),
                trouble = broken => return Ok(Some(trouble)),
                () = touch => {}
            }
        }
    });
    match waited.await {
        Ok(Ok(None)) => Ok(StepOutcome::Done(context.recorder.world(|world| world.describe(fact)))),
        Ok(Ok(Some(trouble))) => Ok(StepOutcome::Unknown(trouble)),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(StepOutcome::Unmet(context.recorder.world(|world| world.describe(fact)))),
    }
}

/// Waits until the fact has held for `held` without a break.
async fn until_held(
    context: &StepContext<'_>,
    fact: &Fact,
    held: Duration,
) -> Result<(), RecordError> {
    loop {
        context.recorder.until(|world| world.holds(fact) == Truth::True).await?;
        let broken = context.recorder.until(|world| world.holds(fact) != Truth::True);
        match tokio::time::timeout(held, broken).await {
            Err(_) => return Ok(()),
            Ok(broken) => broken?,
        }
    }
}

/// Touches the workflow again and again, and never returns. Returns at once without an interval.
async fn keep_touching(context: &StepContext<'_>, every: Option<Duration>) {
    let Some(every) = every else { return };
    let mut count = 0;
    loop {
        count += 1;
        let patch = json!({ "metadata": { "annotations": {
            "argo-conformance/touched": count.to_string() } } });
        let params = PatchParams::default();
        // The health of the API server shows a touch that fails.
        let _ = workflows(context).patch(context.workflow, &params, &Patch::Merge(&patch)).await;
        pauses::pause(every).await;
    }
}

async fn apply(context: &StepContext<'_>, objects: &[Value]) -> StepOutcome {
    let controller = context.present().versions.controller.parse().ok();
    for (done, object) in objects.iter().enumerate() {
        let mut object = object.clone();
        context.pods.apply(&mut object, controller.as_ref());
        object["metadata"]["namespace"] = json!(context.namespace);
        object["metadata"]["labels"][RUN] = json!(context.installation.run);
        instance::mark(context.installation, &mut object);
        replace_image(&mut object, &context.installation.shell_image);
        if let Err(error) = provision::objects::apply(&context.installation.client, &object).await {
            return match outcome_of_apply(&error) {
                StepOutcome::Refused(why) if done > 0 => {
                    let all = objects.len();
                    StepOutcome::Unknown(format!("applied {done} of {all} objects; {why}"))
                }
                outcome => outcome,
            };
        }
    }
    StepOutcome::Done(format!("applied {} objects", objects.len()))
}
