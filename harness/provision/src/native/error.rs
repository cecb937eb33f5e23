//! Why a native cluster did not come up.

use std::path::{Path, PathBuf};

use sandbox::{Sandbox, SandboxError};

use crate::certificates::CertificateError;
use crate::client::ClientError;
use crate::image::ImageError;
use crate::pace::NotReady;
use crate::store::StoreError;

use super::stored::StoredError;

/// Why a native cluster did not come up.
#[derive(Debug, thiserror::Error)]
pub enum NativeError {
    /// The sandbox.
    #[error("start the sandbox")]
    Sandbox(#[from] SandboxError),
    /// No slot for it.
    #[error("take a slot for the sandbox")]
    Slot(#[from] sandbox::slot::SlotError),
    /// A certificate.
    #[error("make the cluster's certificates")]
    Certificate(#[from] CertificateError),
    /// A file of the cluster, or one that goes into it.
    #[error("write, copy or remove {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// An image.
    #[error("make an image")]
    Image(#[from] ImageError),
    /// An image that containerd refused.
    #[error("import the image {reference}: {output}")]
    Import {
        /// Its reference.
        reference: String,
        /// What `ctr` said.
        output: String,
    },
    /// The API client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The store.
    #[error("set up the object store")]
    Store(#[from] StoreError),
    /// Something did not come up in time; with it the servers that have ended.
    #[error("bring up the cluster; servers that ended: [{ended}]; their logs are in {logs}")]
    NotReady {
        /// Servers that ended.
        ended: String,
        /// Where the logs are.
        logs: String,
        /// What was waited for.
        #[source]
        cause: NotReady,
    },
    /// Kept definitions did not get into etcd.
    #[error("failed to put definitions into etcd")]
    Stored(#[source] StoredError),
    /// A task of ours panicked.
    #[error("a task of the harness ended early")]
    Task(#[from] tokio::task::JoinError),
}

/// What can keep a part of the cluster from coming up.
pub(super) enum Failure {
    NotReady(NotReady),
    Other(NativeError),
}

impl Failure {
    pub(super) fn sandbox(error: SandboxError) -> Self {
        Self::Other(error.into())
    }
}

pub(super) fn explain(failure: Failure, sandbox: &Sandbox, logs: &Path) -> NativeError {
    let ended = sandbox.ended();
    let ended: Vec<_> = ended.iter().map(|e| format!("{} ({})", e.name, e.how)).collect();
    match failure {
        Failure::Other(error) => error,
        Failure::NotReady(cause) => NativeError::NotReady {
            ended: ended.join(", "),
            logs: logs.display().to_string(),
            cause,
        },
    }
}
