//! Kubeconfigs with one context: the context that the user names, or the service account of this
//! pod.
//!
//! The harness never uses the current context of the user's kubeconfig.

use std::path::{Path, PathBuf};

use kube::config::Kubeconfig;
use serde_json::json;

/// Directory of the service account in a pod, with the token and the certificate authority.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Error of [`write()`].
#[derive(Debug, thiserror::Error)]
pub enum KubeconfigError {
    /// The user's kubeconfig cannot be read.
    #[error("failed to read the kubeconfig")]
    Read(#[source] Box<kube::config::KubeconfigError>),
    /// The kubeconfig has no context of that name.
    #[error("failed to find the context `{name}`: the kubeconfig has {}", .there.join(", "))]
    Context {
        /// The context that was asked for.
        name: String,
        /// Names of the contexts of the kubeconfig.
        there: Vec<String>,
    },
    /// The user named no context, and the process does not run in a pod.
    #[error("failed to find a cluster: no context is named, and this process is not in a pod")]
    NoContext,
    /// The kubeconfig cannot be written.
    #[error("failed to write {}", path.display())]
    Write {
        /// Path of the kubeconfig.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        cause: std::io::Error,
    },
}

impl KubeconfigError {
    /// The remedy. `None`: the error tells of no remedy.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoContext => Some("name a context with --context".to_owned()),
            Self::Read(_) | Self::Context { .. } | Self::Write { .. } => None,
        }
    }
}

/// Writes a kubeconfig with one context to `path`. The context comes from `file`. Default of
/// `file`: the user's kubeconfig. Without a name, the context is the service account of this pod.
///
/// # Errors
/// [`KubeconfigError`].
pub fn write(
    file: Option<&Path>,
    context: Option<&str>,
    path: &Path,
) -> Result<(), KubeconfigError> {
    let text = match context {
        Some(context) => of_context(file, context)?,
        None => of_pod()?,
    };
    let cause = |cause| KubeconfigError::Write { path: path.to_owned(), cause };
    std::fs::write(path, text).map_err(cause)
}

fn of_context(file: Option<&Path>, name: &str) -> Result<String, KubeconfigError> {
    let read = file.map_or_else(Kubeconfig::read, Kubeconfig::read_from);
    let mut config = read.map_err(|error| KubeconfigError::Read(Box::new(error)))?;
    config.contexts.sort_by_key(|context| context.name != name);
    let Some(found) = config.contexts.first().filter(|context| context.name == name) else {
        let there = config.contexts.into_iter().map(|context| context.name).collect();
        return Err(KubeconfigError::Context { name: name.to_owned(), there });
    };
    let meant = found.context.clone().unwrap_or_default();
    config.clusters.retain(|cluster| cluster.name == meant.cluster);
    config.auth_infos.retain(|user| Some(&user.name) == meant.user.as_ref());
    config.contexts.truncate(1);
    config.current_context = Some(name.to_owned());
    // The value has texts, lists, and maps with text keys. The serialization of such a value cannot
    // fail.
    Ok(serde_json::to_string(&config).unwrap_or_default())
}

fn of_pod() -> Result<String, KubeconfigError> {
    let variable = |name| std::env::var(name).map_err(|_| KubeconfigError::NoContext);
    let host = variable("KUBERNETES_SERVICE_HOST")?;
    let port = variable("KUBERNETES_SERVICE_PORT")?;
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "pod",
        "contexts": [{ "name": "pod", "context": { "cluster": "pod", "user": "pod" } }],
        "clusters": [{ "name": "pod", "cluster": {
            "server": format!("https://{host}:{port}"),
            "certificate-authority": format!("{ACCOUNT}/ca.crt") } }],
        "users": [{ "name": "pod", "user": { "tokenFile": format!("{ACCOUNT}/token") } }],
    });
    Ok(config.to_string())
}
