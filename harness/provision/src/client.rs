//! Clients of the Kubernetes API, with a count of their requests.

pub(crate) mod causes;
mod config;
mod connection;
mod failure;
pub(crate) mod proxy;
mod service;

use std::path::Path;
use std::sync::Arc;

pub use kube::Client;

use crate::requests::Requests;
pub use config::ConfigError;
use config::{ReadConfig, Way};
use connection::Connection;
pub use connection::{ConnectionError, Origin};
use failure::Plugin;
pub use proxy::ProxyError;
use service::Reporting;

/// Error of the creation of a client.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The kubeconfig does not describe a cluster.
    #[error("failed to use the kubeconfig{origin}")]
    Config {
        /// The context and the file.
        origin: Origin,
        /// The reason.
        #[source]
        cause: ConfigError,
    },
    /// The user of the kubeconfig has no valid credentials, or the client cannot be made.
    #[error(transparent)]
    Connection(#[from] ConnectionError),
}

impl ClientError {
    /// The remedy. `None`: the error tells of no remedy.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config { .. } => None,
            Self::Connection(error) => error.hint(),
        }
    }
}

/// A client of the cluster of a kubeconfig, without a proxy. The cluster is on this machine.
///
/// # Errors
/// The kubeconfig cannot be used.
pub fn direct(kubeconfig: &Path, requests: &Requests) -> Result<Client, ClientError> {
    made(kubeconfig, Way::Direct, Origin::Own, requests)
}

/// A client of the cluster of a kubeconfig, with the proxy of the kubeconfig or the environment.
/// Errors of the connection name `origin`.
///
/// # Errors
/// The kubeconfig cannot be used.
pub fn client(
    kubeconfig: &Path,
    origin: Origin,
    requests: &Requests,
) -> Result<Client, ClientError> {
    made(kubeconfig, Way::ByProxy, origin, requests)
}

/// URL of the API server of a kubeconfig. `None`: the kubeconfig cannot be used.
pub fn server(kubeconfig: &Path) -> Option<String> {
    let read = config::read(kubeconfig, Way::ByProxy).ok()?;
    Some(read.server.to_string().trim_end_matches('/').to_owned())
}

fn made(
    kubeconfig: &Path,
    way: Way,
    origin: Origin,
    requests: &Requests,
) -> Result<Client, ClientError> {
    let ReadConfig { config, server } = match config::read(kubeconfig, way) {
        Ok(read) => read,
        Err(cause) => return Err(ClientError::Config { origin, cause }),
    };
    let exec = config.auth_info.exec.as_ref();
    let plugin = exec.and_then(|exec| {
        let command = exec.command.clone()?;
        Some(Plugin { command, install_hint: exec.install_hint.clone() })
    });
    let connection =
        Arc::new(Connection { server, origin, proxy: config.proxy_url.clone(), plugin });
    let builder = kube::client::ClientBuilder::try_from(config);
    let builder = builder.map_err(|error| connection.error(&error))?;
    Ok(builder.with_layer(&Reporting { connection, requests: requests.clone() }).build())
}
