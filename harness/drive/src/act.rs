//! Does one step of a plan.

mod argo;
mod rights;

use std::time::Duration;

use futures::FutureExt;
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, Patch};
use kube::api::{PatchParams, PostParams};
use model::history::{Kind, StepOutcome};
use model::{Act, Fact, Truth};
use provision::installation::Installation;
use serde_json::{Value, json};

use crate::pace;
use crate::recorder::{RecordError, Recorder};

/// What a step works on.
pub(crate) struct Stage<'a> {
    pub(crate) installation: &'a Installation,
    pub(crate) recorder: &'a Recorder,
    pub(crate) namespace: &'a str,
    pub(crate) workflow: &'a str,
    /// The workflow as it is created.
    pub(crate) manifest: &'a Value,
}

/// How long the watch may lag behind what a step did before the step's outcome is unknown.
const CATCH_UP: Duration = Duration::from_secs(30);

/// Does a step.
///
/// # Errors
/// If the history cannot be written any more. Everything else is an outcome.
pub(crate) async fn act(stage: &Stage<'_>, act: &Act) -> Result<StepOutcome, RecordError> {
    let outcome = match act {
        Act::Await { fact, held, patience, touching, .. } => {
            let held = held.unwrap_or_default();
            return wait(stage, fact, held, *patience, *touching).await;
        }
        Act::Grant(right) => return Ok(rights::grant(stage, right).await),
        Act::Revoke(right) => return Ok(rights::revoke(stage, right).await),
        Act::DeletePod { node } => return Ok(delete_pod(stage, node).await),
        Act::Apply { objects, .. } => return Ok(apply(stage, objects).await),
        Act::Submit => submit(stage).await,
        verb => argo::verb(stage, verb.verb()).await,
    };
    match outcome {
        StepOutcome::Done(said) => caught_up(stage, said).await,
        other => Ok(other),
    }
}

/// The API for the case's workflow.
pub(crate) fn workflows(stage: &Stage<'_>) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("argoproj.io", "v1alpha1", "Workflow");
    let resource = ApiResource::from_gvk(&kind);
    Api::namespaced_with(stage.installation.client.clone(), stage.namespace, &resource)
}

/// What an API error means for a step: refused when the API server said no, else unknown.
pub(crate) fn outcome_of(error: &kube::Error) -> StepOutcome {
    match error {
        kube::Error::Api(status) => StepOutcome::Refused(status.message.clone()),
        other => StepOutcome::Unknown(other.to_string()),
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

/// Waits until the watch has told what the step did, so that whatever comes next sees the world
/// after the step and not before.
async fn caught_up(stage: &Stage<'_>, said: String) -> Result<StepOutcome, RecordError> {
    let version = match workflows(stage).get_opt(stage.workflow).await {
        Ok(found) => found.and_then(|w| w.metadata.resource_version),
        Err(error) => return Ok(StepOutcome::Unknown(format!("read the workflow: {error}"))),
    };
    let target = version.as_deref().map(number);
    let told = stage.recorder.until(|world| match target {
        None => world.holds(&GONE) == Truth::True,
        Some(target) => world.version(Kind::Workflow).is_some_and(|v| number(v) >= target),
    });
    if let Ok(told) = tokio::time::timeout(CATCH_UP, told).await {
        return told.map(|()| StepOutcome::Done(said));
    }
    let message = format!("the watch did not tell of it within {}s", CATCH_UP.as_secs());
    Ok(StepOutcome::Unknown(message))
}

const GONE: Fact = Fact::Workflow(model::fact::Presence::Gone);

/// Resource versions are numbers of one etcd, and grow.
fn number(version: &str) -> u64 {
    version.parse().unwrap_or_default()
}

async fn wait(
    stage: &Stage<'_>,
    fact: &Fact,
    held: Duration,
    patience: Duration,
    touching: Option<Duration>,
) -> Result<StepOutcome, RecordError> {
    let met = until_held(stage, fact, held).fuse();
    let touch = keep_touching(stage, touching).fuse();
    let waited = tokio::time::timeout(patience, async {
        futures::pin_mut!(met, touch);
        loop {
            futures::select! {
                met = met => return met,
                () = touch => {}
            }
        }
    });
    match waited.await {
        Ok(met) => {
            met.map(|()| StepOutcome::Done(stage.recorder.world(|world| world.describe(fact))))
        }
        Err(_) => Ok(StepOutcome::Unmet(stage.recorder.world(|world| world.describe(fact)))),
    }
}

/// Waits until the fact has held for so long without a break.
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

/// Touches the workflow again and again; never returns if it is to be touched at all.
async fn keep_touching(stage: &Stage<'_>, every: Option<Duration>) {
    let Some(every) = every else { return };
    let mut count = 0;
    loop {
        count += 1;
        let patch = json!({ "metadata": { "annotations": {
            "argo-conformance/touched": count.to_string() } } });
        let params = PatchParams::default();
        // A touch that fails is seen in the health of the API server.
        let _ = workflows(stage).patch(stage.workflow, &params, &Patch::Merge(&patch)).await;
        pace::pause(every).await;
    }
}

async fn delete_pod(stage: &Stage<'_>, node: &str) -> StepOutcome {
    let client = stage.installation.client.clone();
    let pods: Api<k8s_openapi::api::core::v1::Pod> = Api::namespaced(client, stage.namespace);
    let names: Vec<String> =
        stage.recorder.world(|world| world.pods_of(node).into_iter().map(str::to_owned).collect());
    let [name] = names.as_slice() else {
        return StepOutcome::Refused(format!("node {node} has {} pods: {names:?}", names.len()));
    };
    match pods.delete(name, &DeleteParams::default().grace_period(0)).await {
        Ok(_) => StepOutcome::Done(format!("deleted pod {name}")),
        Err(error) => outcome_of(&error),
    }
}

async fn apply(stage: &Stage<'_>, objects: &[Value]) -> StepOutcome {
    for object in objects {
        let mut object = object.clone();
        object["metadata"]["namespace"] = json!(stage.namespace);
        object["metadata"]["labels"]["argo-conformance/run"] = json!(stage.installation.run);
        if let Err(error) = provision::objects::apply(&stage.installation.client, &object).await {
            return StepOutcome::Unknown(format!("{error:?}"));
        }
    }
    StepOutcome::Done(format!("applied {} objects", objects.len()))
}
