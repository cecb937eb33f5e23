//! Clients of the Kubernetes API, with a count of their requests.

use std::path::Path;

pub use kube::Client;
use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig};
use tower::util::MapRequestLayer;

use crate::budgets;
use crate::requests::Requests;

/// Error of the creation of a client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The kubeconfig cannot be read.
    #[error("failed to read the kubeconfig")]
    Kubeconfig(#[source] Box<kube::config::KubeconfigError>),
    /// The configuration does not give a client.
    #[error("failed to make a client of the Kubernetes API")]
    Client(#[source] Box<kube::Error>),
}

/// A client of the cluster of a kubeconfig, without an HTTP proxy. The cluster is on this machine.
///
/// # Errors
/// The kubeconfig cannot be used.
pub async fn direct(kubeconfig: &Path, requests: &Requests) -> Result<Client, ClientError> {
    let mut config = config(kubeconfig).await?;
    config.proxy_url = None;
    counted(config, requests)
}

/// A client of the cluster of a kubeconfig, with the HTTP proxy of the kubeconfig or environment.
///
/// # Errors
/// The kubeconfig cannot be used.
pub async fn client(kubeconfig: &Path, requests: &Requests) -> Result<Client, ClientError> {
    counted(config(kubeconfig).await?, requests)
}

async fn config(kubeconfig: &Path) -> Result<Config, ClientError> {
    let failed = |error| ClientError::Kubeconfig(Box::new(error));
    let read = Kubeconfig::read_from(kubeconfig).map_err(failed)?;
    let options = KubeConfigOptions::default();
    let mut config = Config::from_custom_kubeconfig(read, &options).await.map_err(failed)?;
    config.connect_timeout = Some(budgets::API_CONNECTION.time);
    Ok(config)
}

fn counted(config: Config, requests: &Requests) -> Result<Client, ClientError> {
    let requests = requests.clone();
    let counting = MapRequestLayer::new(move |request: http::Request<kube::client::Body>| {
        requests.count(request.method(), request.uri());
        request
    });
    let builder = kube::client::ClientBuilder::try_from(config);
    let builder = builder.map_err(|error| ClientError::Client(Box::new(error)))?;
    Ok(builder.with_layer(&counting).build())
}
