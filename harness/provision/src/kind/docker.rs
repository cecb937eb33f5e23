//! The Docker daemon, by the client of testcontainers.

use std::collections::HashMap;

use docker_credential::DockerCredential;
use futures::{StreamExt, TryStreamExt};
use oci_client::Reference;
use testcontainers::bollard;
use testcontainers::bollard::auth::DockerCredentials;
use testcontainers::bollard::errors::Error;
use testcontainers::bollard::models::{NetworkConnectRequest, SystemInfoCgroupVersionEnum};
use testcontainers::bollard::query_parameters::{
    CreateImageOptionsBuilder, InspectContainerOptions, ListContainersOptionsBuilder,
    RemoveContainerOptionsBuilder, WaitContainerOptions,
};
use testcontainers::core::client::docker_client_instance;

use super::endpoint;
use super::error::KindError;
use crate::budgets;
use crate::poll::until_ready;
use crate::registry::{Credentials, NoCredentials, credentials};

/// Label of `kind` for its nodes. The value is the name of the cluster.
const NODE_LABEL: &str = "io.x-k8s.kind.cluster";
/// Label of the harness for other containers of a cluster. The value is the name of the cluster.
pub(super) const LABEL: &str = "argo-conformance.cluster";
/// Network of the nodes of `kind`.
const NETWORK: &str = "kind";

/// A Docker daemon that answered.
#[derive(Clone)]
pub(super) struct Docker {
    client: bollard::Docker,
    /// Id that the daemon reports.
    pub(super) id: String,
    /// True if the daemon freezes containers during their start, as on cgroups v1.
    pub(super) freezes: bool,
}

/// True if a Docker daemon answers within 5 s.
pub async fn answers() -> bool {
    Docker::reach().await.is_ok()
}

impl Docker {
    /// Connects to the daemon and reads its id. The daemon is of this machine.
    pub(super) async fn reach() -> Result<Self, KindError> {
        let named = || endpoint::check(&std::env::vars_os().collect());
        let endpoint = tokio::task::spawn_blocking(named).await??;
        let action = &format!("ask the Docker daemon at {endpoint} for its id");
        let ask = async {
            let client = docker_client_instance().await.map_err(KindError::docker(action))?;
            let info = client.info().await.map_err(KindError::docker(action))?;
            let freezes = info.cgroup_version == Some(SystemInfoCgroupVersionEnum::_1);
            Ok(Self { client, id: info.id.unwrap_or_default(), freezes })
        };
        let in_time = tokio::time::timeout(budgets::DOCKER_ANSWER.time, ask).await;
        in_time.unwrap_or_else(|late| Err(KindError::docker(action)(late)))
    }

    /// True if the daemon has an image.
    pub(super) async fn has_image(&self, reference: &str) -> Result<bool, KindError> {
        match self.client.inspect_image(reference).await {
            Ok(_) => Ok(true),
            Err(error) if status(&error) == Some(404) => Ok(false),
            Err(error) => Err(KindError::docker(&format!("look for the image {reference}"))(error)),
        }
    }

    /// Pulls an image, with the credentials of `docker login` for its registry.
    pub(super) async fn pull(&self, reference: &str) -> Result<(), KindError> {
        let found = credentials(reference).await;
        let missing = found.as_ref().err().cloned().unwrap_or_default();
        let options = CreateImageOptionsBuilder::new().from_image(reference).build();
        let pull = self.client.create_image(Some(options), None, found.ok());
        let pulled: Result<Vec<_>, _> = pull.try_collect().await;
        let action = format!("pull the image {reference}{missing}");
        pulled.map(drop).map_err(KindError::docker(&action))
    }

    /// Connects a container to the network of `kind`. Returns the address of the container there.
    pub(super) async fn join_network(&self, container: &str) -> Result<String, KindError> {
        let action = format!("connect {container} to the network {NETWORK}");
        let failed = |error: Error| KindError::docker(&action)(error);
        let request =
            NetworkConnectRequest { container: container.to_owned(), endpoint_config: None };
        self.client.connect_network(NETWORK, request).await.map_err(failed)?;
        let none = None::<InspectContainerOptions>;
        let found = self.client.inspect_container(container, none).await.map_err(failed)?;
        let networks = found.network_settings.and_then(|settings| settings.networks);
        let address = networks.and_then(|networks| networks.get(NETWORK)?.ip_address.clone());
        address
            .filter(|address| !address.is_empty())
            .ok_or_else(|| KindError::Docker { action, message: "it has no address there".into() })
    }

    /// Waits for the end of a container. Returns the end, or the loss of the daemon, as a text.
    pub(super) async fn ended(&self, container: &str) -> String {
        let options = WaitContainerOptions { condition: "not-running".to_owned() };
        let mut waiting = Box::pin(self.client.wait_container(container, Some(options)));
        match waiting.next().await {
            Some(Ok(end)) => format!("the container {container} ended: {}", end.status_code),
            Some(Err(Error::DockerContainerWaitError { code, .. })) => {
                format!("the container {container} ended: {code}")
            }
            Some(Err(error)) => format!("the Docker daemon was lost: {error}"),
            None => "the Docker daemon was lost".to_owned(),
        }
    }

    /// Removes every container of a cluster with its volumes, and waits until none is left.
    pub(super) async fn remove(&self, cluster: &str) -> Result<(), KindError> {
        let ask = || async {
            match self.remove_once(cluster).await {
                Ok(0) => Ok(()),
                Ok(left) => Err(format!("{left} containers are left")),
                Err(error) => Err(error.to_string()),
            }
        };
        let what = format!("the removal of the containers of {cluster}");
        Ok(until_ready(&what, budgets::CONTAINERS_REMOVED.time, ask).await?)
    }

    /// Removes the containers that exist now. Returns the number of containers found.
    pub(super) async fn remove_once(&self, cluster: &str) -> Result<usize, Error> {
        let mut removed = 0;
        for label in [NODE_LABEL, LABEL] {
            let filter = HashMap::from([("label", vec![format!("{label}={cluster}")])]);
            let options = ListContainersOptionsBuilder::new().all(true).filters(&filter).build();
            for found in self.client.list_containers(Some(options)).await? {
                let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
                let id = found.id.unwrap_or_default();
                match self.client.remove_container(&id, Some(options)).await {
                    // The container is gone, or its removal is in progress.
                    Err(error) if matches!(status(&error), Some(404 | 409)) => {}
                    outcome => outcome?,
                }
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// The user's credentials for the registry of an image, in the form of the client.
async fn credentials(reference: &str) -> Result<DockerCredentials, NoCredentials> {
    let image: Reference = reference.parse().map_err(|_| NoCredentials::default())?;
    let found = Credentials::of(&std::env::vars_os().collect()).find(&image).await?;
    let serveraddress = Some(credentials::server(&image).to_owned());
    let (username, password, identitytoken) = match found {
        DockerCredential::UsernamePassword(user, password) => (Some(user), Some(password), None),
        DockerCredential::IdentityToken(token) => (None, None, Some(token)),
    };
    Ok(DockerCredentials {
        username,
        password,
        serveraddress,
        identitytoken,
        ..DockerCredentials::default()
    })
}

fn status(error: &Error) -> Option<u16> {
    match error {
        Error::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}
