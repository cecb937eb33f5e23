//! Readiness probe: a workflow that shows that the controller works.

use std::time::Duration;

use kube::Client;
use model::argo_api::{API_VERSION, WORKFLOW};
use serde_json::{Value, json};

use crate::argo::install::NAMESPACE;
use crate::objects::{self, ObjectError, RUN};

/// Waits until the controller sets the phase of a probe workflow, and then deletes that workflow.
///
/// The Deployment of the controller is Available as soon as its process runs, because Argo's
/// manifests have no `readinessProbe`. A controller ends if it starts before the node can reach the
/// API server. Kubelet then starts the controller again, and a case in progress would see a
/// restart. On kind, the controller ended with "Failed to register watch for controller config map:
/// … connection refused".
///
/// # Errors
/// [`ObjectError::NotReady`] without a phase after `patience`. Other [`ObjectError`] if the API
/// server refuses a request.
pub async fn wait(client: &Client, run: &str, patience: Duration) -> Result<(), ObjectError> {
    let workflow = workflow(run);
    // A workflow of an earlier call may have a phase that an earlier controller set.
    objects::delete(client, &workflow).await?;
    objects::apply(client, &workflow).await?;
    let taken_up = |o: &Value| o["status"]["phase"].is_string();
    objects::until(client, &workflow, "taken up by the controller", patience, taken_up).await?;
    objects::delete(client, &workflow).await
}

/// A workflow that needs no pod.
fn workflow(run: &str) -> Value {
    json!({
        "apiVersion": API_VERSION,
        "kind": WORKFLOW.kind,
        "metadata": {
            "name": format!("readiness-probe-{run}"),
            "namespace": NAMESPACE,
            "labels": { RUN: run },
        },
        "spec": {
            "entrypoint": "wait",
            "templates": [{ "name": "wait", "suspend": {} }],
        },
    })
}
