//! Errors of the provider `kind`.

use std::path::PathBuf;

use sandbox::guard::GuardError;

use crate::cache::CacheError;
use crate::client::ClientError;
use crate::image::ImageError;
use crate::objects::ObjectError;
use crate::pace::NotReady;

/// Error of the start or the removal of a kind cluster.
#[derive(Debug, thiserror::Error)]
pub enum KindError {
    /// The Docker daemon did not answer, or refused the request.
    #[error("{action}: {message}")]
    Docker {
        /// The request, as a verb and object.
        action: String,
        /// Message of the daemon or the client.
        message: String,
    },
    /// The program `kind` failed.
    #[error("kind {what}: {status}\n{said}")]
    Kind {
        /// The subcommand: `create cluster`.
        what: &'static str,
        /// Exit status of the program.
        status: std::process::ExitStatus,
        /// The last lines of the output.
        said: String,
    },
    /// The program `kind` failed to run.
    #[error("run kind")]
    Run(#[from] GuardError),
    /// A cluster to remove belongs to another Docker daemon.
    #[error(
        "the cluster {name} was made by another Docker daemon than the one that answers\n\
         hint: name that one with DOCKER_HOST; or, if it is gone for good, remove {}",
        record.display()
    )]
    OtherDaemon {
        /// Name of the cluster.
        name: String,
        /// Directory of the record.
        record: PathBuf,
    },
    /// A file of the harness cannot be written or removed.
    #[error("write {}", path.display())]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        #[source]
        cause: std::io::Error,
    },
    /// An operation on the record of a cluster failed.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// An image failed to be written.
    #[error("make an image")]
    Image(#[from] ImageError),
    /// The client of the API failed to be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A part did not become ready, or was not removed, in time.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// An operation on an object of the cluster failed.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// A task of the harness panicked.
    #[error("a task of the harness ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl KindError {
    /// Turns an error of Docker or testcontainers into a [`KindError`] with the request.
    pub(super) fn docker<E: std::fmt::Display>(action: &str) -> impl FnOnce(E) -> Self {
        let action = action.to_owned();
        move |error| Self::Docker { action, message: error.to_string() }
    }
}
