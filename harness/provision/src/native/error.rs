//! Errors of the provider `native`.

use std::path::{Path, PathBuf};

use sandbox::{Sandbox, SandboxError};

use crate::certificates::CertificateError;
use crate::client::ClientError;
use crate::image::ImageError;
use crate::poll::NotReady;
use crate::store::StoreError;

use super::stored_definitions::StoredError;

/// Error of the start or the end of a native cluster.
#[derive(Debug, thiserror::Error)]
pub enum NativeError {
    /// The sandbox failed to start, to run a server, or to end.
    #[error("failed to run the sandbox")]
    Sandbox(#[from] SandboxError),
    /// The sandbox got no slot.
    #[error("failed to take a slot for the sandbox")]
    Slot(#[from] sandbox::slot::SlotError),
    /// A certificate failed to be made.
    #[error("failed to make the cluster's certificates")]
    Certificate(#[from] CertificateError),
    /// A file of the cluster, or an input of the cluster, cannot be used.
    #[error("failed to write, copy or remove {}", path.display())]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        cause: std::io::Error,
    },
    /// An image failed to be written.
    #[error("failed to make an image")]
    Image(#[from] ImageError),
    /// Containerd refused an image.
    #[error("failed to import the image {reference}: {output}")]
    Import {
        /// Reference of the image, or path of the archive.
        reference: String,
        /// Output of `ctr`.
        output: String,
    },
    /// The client of the API failed to be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// An operation on the object store failed.
    #[error("failed to set up the object store")]
    Store(#[from] StoreError),
    /// A part of the cluster did not become ready in time.
    #[error("failed to start the cluster; servers that ended: [{ended}]")]
    NotReady {
        /// Names of the servers that ended by themselves, and how each ended.
        ended: String,
        /// Directory of the logs.
        logs: String,
        /// The part that did not become ready.
        #[source]
        cause: NotReady,
    },
    /// Stored definitions failed to be written to etcd.
    #[error("failed to put definitions into etcd")]
    Stored(#[source] StoredError),
    /// A task of the harness panicked.
    #[error("a task of the harness ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl NativeError {
    /// The remedy. `None`: the error tells of no remedy. A cause may have one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotReady { logs, .. } => Some(format!("read the logs of the servers in {logs}")),
            Self::Sandbox(_)
            | Self::Slot(_)
            | Self::Certificate(_)
            | Self::File { .. }
            | Self::Image(_)
            | Self::Import { .. }
            | Self::Client(_)
            | Self::Store(_)
            | Self::Stored(_)
            | Self::Task(_) => None,
        }
    }
}

/// Reason why a part of the cluster did not start.
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
