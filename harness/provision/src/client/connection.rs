//! The connection to a Kubernetes API, and its errors with the server, the context and the file.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use http::Uri;

use super::failure::{Failure, Plugin};
use super::proxy::without_password;

/// The source of a connection, for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A context of a kubeconfig.
    Context {
        /// Name of the context.
        name: String,
        /// Path of the kubeconfig.
        file: PathBuf,
    },
    /// The service account of this pod.
    Pod,
    /// The harness started the cluster.
    Own,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Context { name, file } => write!(f, " (context {name} of {})", file.display()),
            Self::Pod => f.write_str(" (service account of this pod)"),
            Self::Own => Ok(()),
        }
    }
}

/// The way to a Kubernetes API.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) server: Uri,
    pub(super) origin: Origin,
    pub(super) proxy: Option<Uri>,
    /// The exec plugin of the user of the context.
    pub(super) plugin: Option<Plugin>,
}

impl Connection {
    /// The error of this connection with a cause.
    pub(super) fn error(self: &Arc<Self>, cause: &(dyn Error + 'static)) -> ConnectionError {
        self.failed(Failure::of(cause, self.plugin.as_ref(), self.proxy.is_some()))
    }

    pub(super) fn failed(self: &Arc<Self>, failure: Failure) -> ConnectionError {
        ConnectionError { connection: Arc::clone(self), failure }
    }
}

/// Error of a connection. The text names server, context, file, and each cause once.
#[derive(Clone, Debug)]
pub struct ConnectionError {
    connection: Arc<Connection>,
    failure: Failure,
}

impl ConnectionError {
    /// The remedy. `None`: the cause tells of no remedy.
    pub fn hint(&self) -> Option<String> {
        self.failure.hint(&self.connection.server)
    }

    /// The causes alone. A history has neither the path of a kubeconfig nor the name of a context.
    pub fn causes(&self) -> &str {
        &self.failure.text
    }
}

impl fmt::Display for ConnectionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Connection { server, origin, proxy, .. } = &*self.connection;
        let server = server.to_string();
        write!(f, "failed to connect to {}{origin}", server.trim_end_matches('/'))?;
        if let Some(proxy) = proxy {
            write!(f, " through the proxy {}", without_password(proxy))?;
        }
        write!(f, ": {}", self.failure.text)
    }
}

impl Error for ConnectionError {}
