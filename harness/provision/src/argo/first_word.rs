//! The controller's first word: it has taken up a workflow.

use std::time::Duration;

use kube::Client;
use serde_json::{Value, json};

use crate::argo::install::NAMESPACE;
use crate::objects::{self, ObjectError, RUN};

/// Waits until the controller has taken up a workflow of ours, and removes that workflow.
///
/// Its Deployment is Available as soon as its process runs, because Argo's manifests have no
/// readiness probe. A controller that starts before the node has made the way to the API server
/// dies then and is started again, and a case that began meanwhile would have seen it restarted
/// (seen on kind: "Failed to register watch for controller config map: … connection refused").
///
/// # Errors
/// [`ObjectError::NotReady`] if it has not taken it up in time.
pub async fn hear(client: &Client, run: &str, patience: Duration) -> Result<(), ObjectError> {
    let workflow = workflow(run);
    // One that an earlier call gave up would be an earlier controller's word.
    objects::delete(client, &workflow).await?;
    objects::apply(client, &workflow).await?;
    let taken_up = |o: &Value| o["status"]["phase"].is_string();
    objects::until(client, &workflow, "taken up by the controller", patience, taken_up).await?;
    objects::delete(client, &workflow).await
}

/// A workflow that needs no pod.
fn workflow(run: &str) -> Value {
    json!({
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": format!("first-word-{run}"),
            "namespace": NAMESPACE,
            "labels": { RUN: run },
        },
        "spec": {
            "entrypoint": "wait",
            "templates": [{ "name": "wait", "suspend": {} }],
        },
    })
}
