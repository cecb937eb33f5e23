//! The configuration of a client, by the kubeconfig with one context that the harness wrote.

use std::path::{Path, PathBuf};

use base64::Engine;
use http::Uri;
use kube::Config;
use kube::config::{AuthInfo, Cluster, ExecAuthCluster, Kubeconfig};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::causes;
use super::proxy::{self, ProxyError, ProxyVariables};
use crate::budgets;

/// Error of a kubeconfig that describes no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The kubeconfig cannot be read.
    #[error("failed to read the kubeconfig {}: {cause}", path.display())]
    Read {
        /// Path of the kubeconfig.
        path: PathBuf,
        /// Each cause once.
        cause: String,
    },
    /// The kubeconfig has no cluster for its context.
    #[error("invalid kubeconfig: the cluster `{0}` of the context is missing")]
    NoCluster(String),
    /// The URL of the server is missing or invalid.
    #[error("invalid kubeconfig: the key `server` of the cluster is not like https://HOST:PORT")]
    Server,
    /// The certificate authority cannot be read.
    #[error("failed to read the certificate authority of the cluster: {0}")]
    Authority(String),
    /// The proxy cannot be used.
    #[error(transparent)]
    Proxy(#[from] ProxyError),
}

/// The way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Without a proxy.
    Direct,
    /// By the proxy of the kubeconfig or the environment, if there is one.
    ByProxy,
}

/// The configuration, and the server as the kubeconfig names it.
pub(super) struct ReadConfig {
    pub(super) config: Config,
    pub(super) server: Uri,
}

/// Reads a kubeconfig. `Config::from_custom_kubeconfig` of kube would compare `NO_PROXY` with the
/// address of the proxy, and fails for an empty entry.
pub(super) fn read(path: &Path, way: Way) -> Result<ReadConfig, ConfigError> {
    let kubeconfig = Kubeconfig::read_from(path).map_err(|error| {
        let (path, cause) = (path.to_owned(), causes::text(&error));
        ConfigError::Read { path, cause }
    })?;
    let named = kubeconfig.current_context.as_ref();
    let context = kubeconfig.contexts.iter().find(|context| Some(&context.name) == named);
    let context = context.and_then(|context| context.context.clone()).unwrap_or_default();
    let clusters = kubeconfig.clusters.into_iter();
    let cluster =
        clusters.filter(|cluster| cluster.name == context.cluster).find_map(|c| c.cluster);
    let cluster = cluster.ok_or(ConfigError::NoCluster(context.cluster))?;
    // A context without its user is a connection without credentials, as it is for kubectl.
    let users = kubeconfig.auth_infos.into_iter();
    let user = users.filter(|user| Some(&user.name) == context.user.as_ref());
    let user = user.filter_map(|user| user.auth_info).next().unwrap_or_default();
    of(&cluster, user, way)
}

fn of(cluster: &Cluster, mut user: AuthInfo, way: Way) -> Result<ReadConfig, ConfigError> {
    let server: Option<Uri> = cluster.server.as_deref().and_then(|server| server.parse().ok());
    let server = server.filter(|server| server.authority().is_some() && server.scheme().is_some());
    let server = server.ok_or(ConfigError::Server)?;
    if let Some(exec) = user.exec.as_mut().filter(|exec| exec.provide_cluster_info) {
        let described = ExecAuthCluster::try_from(cluster);
        exec.cluster =
            Some(described.map_err(|error| ConfigError::Authority(causes::text(&error)))?);
    }
    let mut config = Config::new(server.clone());
    config.connect_timeout = Some(budgets::API_CONNECTION.time);
    config.root_cert = authority(cluster)?;
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify.unwrap_or(false);
    config.disable_compression = cluster.disable_compression.unwrap_or(false);
    config.tls_server_name.clone_from(&cluster.tls_server_name);
    config.auth_info = user;
    config.proxy_url = match (way, cluster.proxy_url.as_deref().filter(|url| !url.is_empty())) {
        (Way::Direct, _) => None,
        (Way::ByProxy, Some(named)) => Some(proxy::of_kubeconfig(named)?),
        (Way::ByProxy, None) => ProxyVariables::of_process().proxy(&server)?,
    };
    if config.proxy_url.is_some() {
        config.cluster_url = proxy::with_port(config.cluster_url);
    }
    Ok(ReadConfig { config, server })
}

/// The certificates of the authority, as DER. `None`: those of the machine count.
fn authority(cluster: &Cluster) -> Result<Option<Vec<Vec<u8>>>, ConfigError> {
    let failed = ConfigError::Authority;
    let pem = match (&cluster.certificate_authority_data, &cluster.certificate_authority) {
        (Some(data), _) => {
            let engine = base64::engine::general_purpose::STANDARD;
            engine.decode(data).map_err(|error| failed(error.to_string()))?
        }
        (None, Some(path)) => {
            std::fs::read(path).map_err(|error| failed(format!("{path}: {error}")))?
        }
        (None, None) => return Ok(None),
    };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|error| failed(error.to_string()))?;
    if certificates.is_empty() {
        return Err(failed("it has no certificate in PEM".to_owned()));
    }
    Ok(Some(certificates.into_iter().map(|certificate| certificate.to_vec()).collect()))
}
