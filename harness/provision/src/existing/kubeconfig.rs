//! A kubeconfig with one way into a cluster: the context that was named, or that of the pod that
//! this runs in. Never a context that nobody named.

use std::path::{Path, PathBuf};

use kube::config::Kubeconfig;
use serde_json::json;

/// Where a pod finds its own token and the cluster's authority.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Why there is no kubeconfig.
#[derive(Debug, thiserror::Error)]
pub enum KubeconfigError {
    /// The user's cannot be read.
    #[error("read the kubeconfig")]
    Read(#[source] Box<kube::config::KubeconfigError>),
    /// It has no such context; those that it has.
    #[error("there is no context `{name}`; there are: {}", .there.join(", "))]
    Context {
        /// The context that was asked for.
        name: String,
        /// Those that there are.
        there: Vec<String>,
    },
    /// No context was named, and this does not run in a pod.
    #[error(
        "no context is named, and this does not run in a pod of a cluster\n\
         hint: name one with --context"
    )]
    NoContext,
    /// It cannot be written.
    #[error("write {}", path.display())]
    Write {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
}

/// Writes a kubeconfig whose only context is the one that was named, out of `file` or the user's
/// own; without a name, that of the pod that this runs in.
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
    // Text, lists and maps with text keys: there is nothing to fail.
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
