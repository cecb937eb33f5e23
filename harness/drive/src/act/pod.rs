//! Does something to the pod that runs a node.

use k8s_openapi::api::core::v1::{Container, Pod};
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use model::World;
use model::history::{Kind, StepOutcome};
use serde_json::{Value, json};

use super::context::StepContext;
use super::effect::{caught_up, version};
use super::outcome::outcome_of;
use crate::recorder::RecordError;

/// Deletes the pod without grace. Done when the watch has told the deletion.
pub(super) async fn delete(
    context: &StepContext<'_>,
    node: &str,
) -> Result<StepOutcome, RecordError> {
    let name = match name(context, node) {
        Ok(name) => name,
        Err(refused) => return Ok(refused),
    };
    let pods = pods(context);
    if let Err(error) = pods.delete(&name, &DeleteParams::default().grace_period(0)).await {
        return Ok(outcome_of(&error));
    }
    let gone = |world: &World| !world.pods_of(node).contains(&name.as_str());
    let said = format!("deleted pod {name}");
    caught_up(context, Kind::Pod, version(pods, &name), gone, said).await
}

/// Sets the pod's phase to Failed while its containers run. Done when the watch has told the
/// change.
pub(super) async fn lose(
    context: &StepContext<'_>,
    node: &str,
) -> Result<StepOutcome, RecordError> {
    let name = match name(context, node) {
        Ok(name) => name,
        Err(refused) => return Ok(refused),
    };
    let pods = pods(context);
    let spec = match pods.get(&name).await {
        Ok(pod) => pod.spec.unwrap_or_default(),
        Err(error) => return Ok(outcome_of(&error)),
    };
    if let Some(machine) = spec.node_name {
        let why = format!("pod {name} is on {machine}, whose kubelet would say otherwise");
        return Ok(StepOutcome::Refused(why));
    }
    let status = json!({ "status": {
        "phase": "Failed",
        "containerStatuses": spec.containers.iter().map(running).collect::<Vec<_>>(),
    } });
    let merge = Patch::Merge(&status);
    let version = match pods.patch_status(&name, &PatchParams::default(), &merge).await {
        Ok(lost) => lost.metadata.resource_version,
        Err(error) => return Ok(outcome_of(&error)),
    };
    let gone = |world: &World| !world.pods_of(node).contains(&name.as_str());
    let said = format!("pod {name} is Failed, and its containers run");
    caught_up(context, Kind::Pod, std::future::ready(Ok(version)), gone, said).await
}

/// The status of a container that runs.
fn running(container: &Container) -> Value {
    json!({
        "name": container.name,
        "image": container.image,
        "imageID": "",
        "ready": true,
        "restartCount": 0,
        "state": { "running": {} },
    })
}

fn pods(context: &StepContext<'_>) -> Api<Pod> {
    Api::namespaced(context.installation.client.clone(), context.namespace)
}

/// Name of the node's pod if the node has exactly one.
fn name(context: &StepContext<'_>, node: &str) -> Result<String, StepOutcome> {
    let names: Vec<String> = context
        .recorder
        .world(|world| world.pods_of(node).into_iter().map(str::to_owned).collect());
    let [name] = names.as_slice() else {
        let why = format!("node {node} has {} pods: {names:?}", names.len());
        return Err(StepOutcome::Refused(why));
    };
    Ok(name.clone())
}
