//! Takes down what a case made, in reverse order, and says what was left over.
//!
//! It comes after the verdict and cannot change it. A finalizer that is still there is written down
//! before it is taken away.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::{Api, ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams};
use kube::api::{Patch, PatchParams};
use provision::installation::Installation;
use serde_json::json;

/// How long taking down a case may take.
const BUDGET: Duration = Duration::from_secs(30);

/// Takes down the case of a namespace. What was left over, and what could not be removed, in words.
pub async fn case(installation: &Installation, namespace: &str) -> Vec<String> {
    let mut left = Vec::new();
    match tokio::time::timeout(BUDGET, take_down(installation, namespace, &mut left)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => left.push(format!("teardown: {error}")),
        Err(_) => left.push(format!("teardown did not end within {}s", BUDGET.as_secs())),
    }
    left
}

async fn take_down(
    installation: &Installation,
    namespace: &str,
    left: &mut Vec<String>,
) -> Result<(), kube::Error> {
    let client = &installation.client;
    for (kind, what) in [("Workflow", "workflow"), ("WorkflowArtifactGCTask", "GC task")] {
        let resource =
            ApiResource::from_gvk(&GroupVersionKind::gvk("argoproj.io", "v1alpha1", kind));
        let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), namespace, &resource);
        for object in api.list(&ListParams::default()).await?.items {
            let name = object.metadata.name.clone().unwrap_or_default();
            for finalizer in object.metadata.finalizers.iter().flatten() {
                left.push(format!("{what} {name} had the finalizer {finalizer}"));
            }
            let none = Patch::Merge(json!({ "metadata": { "finalizers": null } }));
            api.patch(&name, &PatchParams::default(), &none).await?;
            let _ = api.delete(&name, &DeleteParams::default()).await;
        }
    }
    let pods: Api<Pod> = Api::namespaced(client.clone(), namespace);
    let now = DeleteParams::default().grace_period(0);
    pods.delete_collection(&now, &ListParams::default()).await?;
    match installation.store.delete_all(&format!("{namespace}/")).await {
        Ok(0) => {}
        Ok(n) => left.push(format!("{n} objects were in the store")),
        Err(error) => left.push(error.to_string()),
    }
    let namespaces: Api<Namespace> = Api::all(client.clone());
    namespaces.delete(namespace, &DeleteParams::default()).await.map(drop)
}
