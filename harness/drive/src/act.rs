//! Does one step of a plan.

mod argo;
mod controller;
mod pod;
mod rights;

use std::time::Duration;

use futures::FutureExt;
use kube::Resource;
use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch};
use kube::api::{PatchParams, PostParams};
use model::fact::WorkflowFact;
use model::history::{Kind, StepOutcome};
use model::step::{Step, StoreFault};
use model::{Act, Fact, Truth, World};
use provision::installation::Installation;
use provision::objects::{ObjectError, RUN};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answer::words;
use crate::case::replace_image;
use crate::pace;
use crate::recorder::{RecordError, Recorder};
use crate::watch::Watches;

/// The objects and services that a step uses.
pub(crate) struct Stage<'a> {
    pub(crate) installation: &'a Installation,
    pub(crate) watches: &'a Watches,
    pub(crate) recorder: &'a Recorder,
    pub(crate) namespace: &'a str,
    pub(crate) workflow: &'a str,
    /// The manifest of the workflow at its creation.
    pub(crate) manifest: &'a Value,
    /// The control of the proxy's faults, where the harness has a proxy before the object store.
    pub(crate) faults: Option<&'a proxy::Faults>,
}

/// Time limit of the watch to tell a step's effect. A later effect makes the step's outcome
/// unknown.
const CATCH_UP: Duration = Duration::from_secs(30);

/// Time limit of a step that does not wait. A longer step has an unknown outcome.
const ANSWER: Duration = Duration::from_mins(1);

/// Does a step.
///
/// # Errors
/// If the history can no longer be written. Every other failure is an outcome.
pub(crate) async fn act(stage: &Stage<'_>, step: &Step) -> Result<StepOutcome, RecordError> {
    if let Act::Await { fact, held, patience, touching, .. } = &step.act {
        let held = held.unwrap_or_default();
        return wait(stage, fact, held, *patience, *touching).await;
    }
    let ended = tokio::time::timeout(ANSWER, handle(stage, step)).await;
    ended.unwrap_or_else(|_| {
        let limit = ANSWER.as_secs();
        Ok(StepOutcome::Unknown(format!("it did not end within {limit}s")))
    })
}

/// Does a step that is not waiting.
async fn handle(stage: &Stage<'_>, step: &Step) -> Result<StepOutcome, RecordError> {
    let outcome = match &step.act {
        Act::StoreFault(fault) => return Ok(store_fault(stage, &step.name, fault).await),
        Act::Grant(right) => return Ok(rights::grant(stage, right).await),
        Act::Revoke(right) => return Ok(rights::revoke(stage, right).await),
        Act::DeletePod { node } => return pod::delete(stage, node).await,
        Act::LosePod { node } => return pod::lose(stage, node).await,
        Act::Apply { objects, .. } => return Ok(apply(stage, objects).await),
        Act::RestartController => return Ok(controller::restart(stage).await),
        Act::Submit => submit(stage).await,
        verb => argo::verb(stage, verb).await,
    };
    match outcome {
        StepOutcome::Done(said) => {
            let gone = |world: &World| world.holds(&GONE) == Truth::True;
            let there = version(workflows(stage), stage.workflow);
            caught_up(stage, Kind::Workflow, there, gone, said).await
        }
        other => Ok(other),
    }
}

/// Sets a fault of the object store. Done when the next request will meet the fault.
async fn store_fault(stage: &Stage<'_>, step: &str, fault: &StoreFault) -> StepOutcome {
    let Some(faults) = stage.faults else {
        let why = "nothing of ours is between the pods and the store";
        return StepOutcome::Refused(why.to_owned());
    };
    match faults.arm(step, fault).await {
        Ok(()) => StepOutcome::Done(fault.to_string()),
        Err(error) => StepOutcome::Unknown(error.to_string()),
    }
}

/// The API for the case's workflow.
pub(crate) fn workflows(stage: &Stage<'_>) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("argoproj.io", "v1alpha1", "Workflow");
    let resource = ApiResource::from_gvk(&kind);
    Api::namespaced_with(stage.installation.client.clone(), stage.namespace, &resource)
}

/// The outcome of a step with an API error. Refused: the API server certainly did nothing. An API
/// server with trouble of its own may have done the step all the same.
pub(crate) fn outcome_of(error: &kube::Error) -> StepOutcome {
    match error {
        kube::Error::Api(status) if (400..500).contains(&status.code) => {
            StepOutcome::Refused(words(error))
        }
        _ => StepOutcome::Unknown(words(error)),
    }
}

/// The outcome of a step that failed to apply an object.
pub(crate) fn outcome_of_apply(error: &ObjectError) -> StepOutcome {
    let ObjectError::Apply { object, cause } = error else {
        return StepOutcome::Refused(error.to_string());
    };
    match outcome_of(&cause.0) {
        StepOutcome::Refused(why) => StepOutcome::Refused(format!("{object}: {why}")),
        StepOutcome::Unknown(why) => StepOutcome::Unknown(format!("{object}: {why}")),
        other => other,
    }
}

async fn submit(stage: &Stage<'_>) -> StepOutcome {
    let object: DynamicObject = match serde_json::from_value(stage.manifest.clone()) {
        Ok(object) => object,
        Err(error) => return StepOutcome::Refused(format!("not a workflow: {error}")),
    };
    match workflows(stage).create(&PostParams::default(), &object).await {
        Ok(made) => StepOutcome::Done(made.metadata.uid.unwrap_or_default()),
        Err(error) => outcome_of(&error),
    }
}

/// `resourceVersion` of an object. `None` if the object is absent.
async fn version<K>(api: Api<K>, name: &str) -> Result<Option<String>, kube::Error>
where
    K: Resource + Clone + DeserializeOwned + std::fmt::Debug,
{
    let found = api.get_opt(name).await?;
    Ok(found.and_then(|object| object.meta().resource_version.clone()))
}

/// Waits until the watch has told the step's effect on an object. The next step then sees the world
/// after this step.
async fn caught_up(
    stage: &Stage<'_>,
    kind: Kind,
    there: impl Future<Output = Result<Option<String>, kube::Error>>,
    gone: impl Fn(&World) -> bool,
    said: String,
) -> Result<StepOutcome, RecordError> {
    let told = async {
        let target = match there.await {
            Ok(version) => version.as_deref().map(number),
            Err(error) => {
                let why = format!("read the {kind:?}: {}", words(&error));
                return Ok(StepOutcome::Unknown(why));
            }
        };
        let told = stage.recorder.until(|world| match target {
            None => gone(world),
            Some(target) => world.version(kind).is_some_and(|v| number(v) >= target),
        });
        told.await.map(|()| StepOutcome::Done(said))
    };
    tokio::time::timeout(CATCH_UP, told).await.unwrap_or_else(|_| {
        let limit = CATCH_UP.as_secs();
        Ok(StepOutcome::Unknown(format!("the watch did not tell of it within {limit}s")))
    })
}

const GONE: Fact = Fact::Workflow(WorkflowFact::Presence(model::fact::Presence::Gone));

/// Resource versions are numbers of one etcd, and grow.
fn number(version: &str) -> u64 {
    version.parse().unwrap_or_default()
}

/// Waits for a fact. Ends early if the environment is broken for good.
async fn wait(
    stage: &Stage<'_>,
    fact: &Fact,
    held: Duration,
    patience: Duration,
    touching: Option<Duration>,
) -> Result<StepOutcome, RecordError> {
    let met = until_held(stage, fact, held).fuse();
    let touch = keep_touching(stage, touching).fuse();
    let broken = stage.installation.alarm.raised().fuse();
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
        Ok(Ok(None)) => Ok(StepOutcome::Done(stage.recorder.world(|world| world.describe(fact)))),
        Ok(Ok(Some(trouble))) => Ok(StepOutcome::Unknown(trouble)),
        Ok(Err(error)) => Err(error),
        Err(_) => Ok(StepOutcome::Unmet(stage.recorder.world(|world| world.describe(fact)))),
    }
}

/// Waits until the fact has held for `held` without a break.
async fn until_held(stage: &Stage<'_>, fact: &Fact, held: Duration) -> Result<(), RecordError> {
    loop {
        stage.recorder.until(|world| world.holds(fact) == Truth::True).await?;
        let broken = stage.recorder.until(|world| world.holds(fact) != Truth::True);
        match tokio::time::timeout(held, broken).await {
            Err(_) => return Ok(()),
            Ok(broken) => broken?,
        }
    }
}

/// Touches the workflow again and again, and never returns. Returns at once without an interval.
async fn keep_touching(stage: &Stage<'_>, every: Option<Duration>) {
    let Some(every) = every else { return };
    let mut count = 0;
    loop {
        count += 1;
        let patch = json!({ "metadata": { "annotations": {
            "argo-conformance/touched": count.to_string() } } });
        let params = PatchParams::default();
        // The health of the API server shows a touch that fails.
        let _ = workflows(stage).patch(stage.workflow, &params, &Patch::Merge(&patch)).await;
        pace::pause(every).await;
    }
}

async fn apply(stage: &Stage<'_>, objects: &[Value]) -> StepOutcome {
    for (done, object) in objects.iter().enumerate() {
        let mut object = object.clone();
        object["metadata"]["namespace"] = json!(stage.namespace);
        object["metadata"]["labels"][RUN] = json!(stage.installation.run);
        replace_image(&mut object, &stage.installation.shell_image);
        if let Err(error) = provision::objects::apply(&stage.installation.client, &object).await {
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
