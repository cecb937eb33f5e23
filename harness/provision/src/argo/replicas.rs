//! The number of replicas of the workflow controller.

use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams};
use model::argo_api::{CONTROLLER, controller_lease};
use serde_json::json;

use super::controller_pod::{Controller, is_controller};
use super::controller_ready;
use super::install::{InstallError, NAMESPACE};
use super::pair::rolled_out;
use crate::api_error::ApiError;
use crate::objects::ObjectError;
use crate::poll::{NotReady, until_ready};

/// Error of [`scale`], [`renew`] and [`remove`].
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

/// As [`scale`], with a new pod for each controller that has restarted. The kubelet delays a second
/// restart within 10 minutes, and doubles the delay each time. A new pod restarts at once.
///
/// # Errors
/// [`ScaleError`].
pub async fn renew(
    client: &Client,
    run: &str,
    count: u32,
    patience: Duration,
) -> Result<(), ScaleError> {
    let pods: Api<Pod> = Api::namespaced(client.clone(), NAMESPACE);
    let refused = |error: kube::Error| ScaleError::Removal(error.into());
    let listed = pods.list(&ListParams::default()).await.map_err(refused)?;
    for one in listed.items.iter().filter_map(Controller::of).filter(|one| one.restarted) {
        match pods.delete(&one.name, &DeleteParams::default()).await {
            Ok(_) => {}
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            Err(error) => return Err(refused(error)),
        }
    }
    scale(client, run, count, patience).await
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
    let ask = || async {
        let found = pods.list(&ListParams::default()).await.map_err(|error| error.to_string())?;
        match found.items.iter().filter(|pod| is_controller(pod)).count() {
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
    let controllers = listed.items.iter().filter_map(Controller::of);
    let names: Vec<String> = controllers.map(|one| one.name).collect();
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
