//! The number of replicas of the workflow controller.

use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams};
use model::argo_api::{CONTROLLER, controller_lease};
use model::controller::{container_of, has_ended};
use serde_json::json;

use super::controller_ready;
use super::install::{InstallError, NAMESPACE};
use super::pair::rolled_out;
use crate::api_error::ApiError;
use crate::objects::ObjectError;
use crate::poll::{NotReady, until_ready};

/// Error of [`scale`] and [`remove`].
#[derive(Debug, thiserror::Error)]
pub enum ScaleError {
    /// The API server refuses the removal.
    #[error("failed to remove the workflow controller")]
    Removal(#[source] ApiError),
    /// The API server refuses the number.
    #[error("failed to scale the workflow controller")]
    Refused(#[source] ApiError),
    /// The controller is not rolled out.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// A controller of before does not end, or none of the present ones leads.
    #[error(transparent)]
    Ending(#[from] NotReady),
    /// The controller processes no workflow.
    #[error(transparent)]
    Idle(#[from] ObjectError),
}

/// Sets the number of replicas. At the return so many pods exist, and one has processed a workflow.
/// One of them is the holder of the Lease, if there is a Lease.
///
/// # Errors
/// [`ScaleError`].
pub async fn scale(
    client: &Client,
    run: &str,
    count: u32,
    patience: Duration,
) -> Result<(), ScaleError> {
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
    let patch = Patch::Merge(json!({ "spec": { "replicas": count } }));
    let patched = deployments.patch(CONTROLLER, &PatchParams::default(), &patch).await;
    patched.map_err(|error| ScaleError::Refused(error.into()))?;
    rolled_out(client, patience).await?;
    until_ready("the workflow controller", patience, || led(client, count)).await?;
    controller_ready::wait(client, run, patience).await?;
    Ok(())
}

/// Removes the Deployment of the controller. At the return no pod of the controller exists.
///
/// # Errors
/// [`ScaleError`].
pub async fn remove(client: &Client, patience: Duration) -> Result<(), ScaleError> {
    let deployments: Api<Deployment> = Api::namespaced(client.clone(), NAMESPACE);
    let deleted = deployments.delete(CONTROLLER, &DeleteParams::background()).await;
    deleted.map_err(|error| ScaleError::Removal(error.into()))?;
    let pods: Api<Pod> = Api::namespaced(client.clone(), NAMESPACE);
    let is_controller =
        |pod: &&Pod| serde_json::to_value(pod).is_ok_and(|pod| container_of(&pod).is_some());
    let ask = || async {
        let found = pods.list(&ListParams::default()).await.map_err(|error| error.to_string())?;
        match found.items.iter().filter(is_controller).count() {
            0 => Ok(()),
            count => Err(format!("{count} controllers exist")),
        }
    };
    until_ready("the removal of the workflow controller", patience, ask).await?;
    Ok(())
}

/// Succeeds when so many pods of the controller exist, and none of the others holds the Lease.
async fn led(client: &Client, count: u32) -> Result<(), String> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), NAMESPACE);
    let leases: Api<Lease> = Api::namespaced(client.clone(), NAMESPACE);
    let listed = pods.list(&ListParams::default()).await.map_err(|error| error.to_string())?;
    let controllers = listed.items.iter().filter_map(|pod| {
        let pod = serde_json::to_value(pod).ok()?;
        let counts = container_of(&pod).is_some() && !has_ended(&pod);
        counts.then(|| pod["metadata"]["name"].as_str().unwrap_or_default().to_owned())
    });
    let names: Vec<String> = controllers.collect();
    if u32::try_from(names.len()).ok() != Some(count) {
        return Err(format!("{} controllers exist, and not {count}", names.len()));
    }
    let lease = leases.get_opt(&controller_lease(None)).await.map_err(|error| error.to_string())?;
    let holder = lease.and_then(|lease| lease.spec?.holder_identity).unwrap_or_default();
    if holder.is_empty() || names.contains(&holder) {
        Ok(())
    } else {
        Err(format!("{holder} holds the Lease"))
    }
}
