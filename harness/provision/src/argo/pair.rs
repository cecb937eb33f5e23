//! A pair of installations: both Argos of a run that upgrades the first to the second.

use std::path::PathBuf;
use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, ListParams};
use model::argo_api::CONTROLLER;
use model::history::Versions;
use serde_json::{Value, json};

use super::controller_pod::is_controller;
use super::controller_ready;
use super::install::{self, Definition, InstallError, NAMESPACE};
use crate::objects::{self, ObjectError};
use crate::poll::{NotReady, until_ready};

/// One Argo of a pair, ready to be installed.
#[derive(Clone, Debug)]
pub struct Member {
    /// Versions by component, with the settings.
    pub versions: Versions,
    /// Path of its `argo` program.
    pub argo: PathBuf,
    /// Its custom resource definitions.
    pub definitions: Vec<Definition>,
    /// All its other objects.
    pub objects: Vec<Value>,
}

/// Both Argos of a pair. The images of both are on the nodes.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The Argo that the cluster started with.
    pub first: Member,
    /// The Argo to which a step `upgrade` goes.
    pub second: Member,
}

impl Member {
    /// Installs this Argo over another one, as `kubectl apply` does: definitions, then settings,
    /// then the Deployment. Objects that only the other Argo has stay.
    ///
    /// # Errors
    /// [`InstallError`] of the first object that the API server refuses.
    pub async fn apply(&self, client: &Client, patience: Duration) -> Result<(), InstallError> {
        install::define(client, &self.definitions).await?;
        install::served(client, &self.definitions, patience).await?;
        install::apply(client, &self.objects).await?;
        install::deploy(client, &self.objects).await
    }
}

impl Pair {
    /// Installs the first Argo again. At the return only its controllers exist, and one of them has
    /// processed a workflow.
    ///
    /// # Errors
    /// [`RestoreError`].
    pub async fn restore(
        &self,
        client: &Client,
        run: &str,
        patience: Duration,
    ) -> Result<(), RestoreError> {
        self.first.apply(client, patience).await?;
        rolled_out(client, patience).await?;
        let pods: Api<Pod> = Api::namespaced(client.clone(), NAMESPACE);
        let ask = || async {
            let found = pods.list(&ListParams::default()).await;
            let found = found.map_err(|error| error.to_string())?.items;
            let ending = found.iter().filter(|pod| pod.metadata.deletion_timestamp.is_some());
            match ending.filter(|pod| is_controller(pod)).count() {
                0 => Ok(()),
                count => Err(format!("{count} controllers have not ended")),
            }
        };
        until_ready("the first Argo of the pair", patience, ask).await?;
        controller_ready::wait(client, run, patience).await?;
        Ok(())
    }
}

/// Error of [`Pair::restore`].
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The API server refuses a manifest, or the controller is not rolled out.
    #[error(transparent)]
    Install(#[from] InstallError),
    /// A controller of the second Argo does not end.
    #[error(transparent)]
    Ending(#[from] NotReady),
    /// The controller processes no workflow.
    #[error(transparent)]
    Idle(#[from] ObjectError),
}

/// Waits until each replica of the controller's Deployment is new and Available.
///
/// # Errors
/// [`InstallError::Object`] with the last status.
pub async fn rolled_out(client: &Client, patience: Duration) -> Result<(), InstallError> {
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": CONTROLLER, "namespace": NAMESPACE },
    });
    objects::until(client, &deployment, "rolled out", patience, is_rolled_out).await?;
    Ok(())
}

/// Whether the status is of the present spec, and each replica is new and Available.
fn is_rolled_out(deployment: &Value) -> bool {
    let (status, replicas) = (&deployment["status"], deployment["spec"]["replicas"].as_i64());
    let is_present = status["observedGeneration"] == deployment["metadata"]["generation"];
    let counts = ["replicas", "updatedReplicas", "availableReplicas"];
    is_present && counts.iter().all(|count| status[count].as_i64() == replicas.or(Some(1)))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::is_rolled_out;

    #[rstest]
    #[case::all_new(2, 2, [1, 1, 1], true)]
    #[case::status_of_the_old_spec(2, 1, [1, 1, 1], false)]
    #[case::old_one_is_there(2, 2, [2, 1, 2], false)]
    #[case::none_is_new(2, 2, [1, 0, 1], false)]
    #[case::new_one_is_not_ready(2, 2, [1, 1, 0], false)]
    fn rollouts(
        #[case] generation: i64,
        #[case] observed: i64,
        #[case] counts: [i64; 3],
        #[case] over: bool,
    ) {
        let [all, updated, available] = counts;
        let deployment = json!({
            "metadata": { "generation": generation },
            "spec": { "replicas": 1 },
            "status": { "observedGeneration": observed, "replicas": all,
                "updatedReplicas": updated, "availableReplicas": available },
        });
        assert_eq!(is_rolled_out(&deployment), over);
    }
}
