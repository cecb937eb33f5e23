//! Kubeconfigs with one context: the context that the user names, or the service account of this
//! pod.
//!
//! The harness never uses the current context of the user's kubeconfig.

mod files;

use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use kube::config::{ExecInteractiveMode, Kubeconfig};
use serde_json::json;

use crate::client::Origin;

/// Directory of the service account in a pod, with the token and the certificate authority.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Error of [`write()`].
#[derive(Debug, thiserror::Error)]
pub enum KubeconfigError {
    /// The named file, or each file of `KUBECONFIG`, is missing.
    #[error("failed to find a kubeconfig: {}", missing(.0))]
    Missing(Vec<PathBuf>),
    /// This process has no home directory, and no kubeconfig is named.
    #[error("failed to find a kubeconfig: this process has no home directory")]
    NoHome,
    /// A kubeconfig cannot be read.
    #[error("failed to read the kubeconfig {}", path.display())]
    Read {
        /// Path of the kubeconfig.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        cause: std::io::Error,
    },
    /// A file is no kubeconfig.
    #[error("invalid kubeconfig {}: {reason}", path.display())]
    Invalid {
        /// Path of the file.
        path: PathBuf,
        /// The reason, without a text of the file.
        reason: String,
    },
    /// The kubeconfig has no context of that name.
    #[error("failed to find the context `{name}` in {}: {}", listed(.files), known(.there))]
    Context {
        /// The context that was asked for.
        name: String,
        /// Names of the contexts of the kubeconfig.
        there: Vec<String>,
        /// The files that were read.
        files: Vec<PathBuf>,
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
            Self::Missing(_) | Self::NoHome => Some(
                "name a kubeconfig with --kubeconfig, or set KUBECONFIG; `sudo` drops KUBECONFIG"
                    .to_owned(),
            ),
            Self::Read { .. } | Self::Invalid { .. } | Self::Context { .. } => None,
            Self::Write { .. } => None,
        }
    }
}

fn listed(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    paths.join(" and ")
}

fn missing(paths: &[PathBuf]) -> String {
    let verb = if paths.len() == 1 { "is" } else { "are" };
    format!("{} {verb} missing", listed(paths))
}

fn known(contexts: &[String]) -> String {
    if contexts.is_empty() {
        return "it has no context".to_owned();
    }
    format!("it has {}", contexts.join(", "))
}

/// Writes a kubeconfig with one context to `path`, with mode 0600. The context comes from `file`.
/// Default of `file`: the user's kubeconfig. Without a name, the context is the service account of
/// this pod. Returns the source of the context.
///
/// # Errors
/// [`KubeconfigError`].
pub fn write(
    file: Option<&Path>,
    context: Option<&str>,
    path: &Path,
) -> Result<Origin, KubeconfigError> {
    let (text, origin) = match context {
        Some(context) => of_context(file, context)?,
        None => (of_pod()?, Origin::Pod),
    };
    let mut new = std::fs::OpenOptions::new();
    let opened = new.create(true).truncate(true).write(true).mode(0o600).open(path);
    opened
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|cause| KubeconfigError::Write { path: path.to_owned(), cause })?;
    Ok(origin)
}

fn of_context(file: Option<&Path>, name: &str) -> Result<(String, Origin), KubeconfigError> {
    let read = files::read(file)?;
    let file = read.file_of(name);
    let mut config = read.config;
    config.contexts.sort_by_key(|context| context.name != name);
    let Some(found) = config.contexts.first().filter(|context| context.name == name) else {
        let there = config.contexts.into_iter().map(|context| context.name).collect();
        let (name, files) = (name.to_owned(), read.files);
        return Err(KubeconfigError::Context { name, there, files });
    };
    let meant = found.context.clone().unwrap_or_default();
    config.clusters.retain(|cluster| cluster.name == meant.cluster);
    config.auth_infos.retain(|user| Some(&user.name) == meant.user.as_ref());
    config.contexts.truncate(1);
    config.current_context = Some(name.to_owned());
    if !std::io::stdin().is_terminal() {
        without_terminal(&mut config);
    }
    // The value has texts, lists, and maps with text keys. The serialization of such a value cannot
    // fail.
    let text = serde_json::to_string(&config).unwrap_or_default();
    Ok((text, Origin::Context { name: name.to_owned(), file }))
}

/// Makes an exec plugin that may ask the user ask nothing, as kubectl does without a terminal. The
/// standard error of such a plugin is then in the error.
fn without_terminal(config: &mut Kubeconfig) {
    let users = config.auth_infos.iter_mut().filter_map(|user| user.auth_info.as_mut());
    for exec in users.filter_map(|user| user.exec.as_mut()) {
        exec.interactive_mode = match exec.interactive_mode.take() {
            None | Some(ExecInteractiveMode::IfAvailable | ExecInteractiveMode::Never) => {
                Some(ExecInteractiveMode::Never)
            }
            Some(ExecInteractiveMode::Always) => Some(ExecInteractiveMode::Always),
        };
    }
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
