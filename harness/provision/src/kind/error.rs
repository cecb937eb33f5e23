//! Why a kind cluster did not come up, or was not removed.

use std::path::PathBuf;

use sandbox::guard::GuardError;

use crate::cache::CacheError;
use crate::client::ClientError;
use crate::image::ImageError;
use crate::objects::ObjectError;
use crate::pace::NotReady;

/// Why a kind cluster did not come up, or was not removed.
#[derive(Debug, thiserror::Error)]
pub enum KindError {
    /// The daemon did not answer, or refused.
    #[error("{action}: {message}")]
    Docker {
        /// What it was asked for.
        action: String,
        /// What came back.
        message: String,
    },
    /// `kind` failed.
    #[error("kind {what}: {status}\n{said}")]
    Kind {
        /// Its verb.
        what: &'static str,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The last that it wrote.
        said: String,
    },
    /// `kind` could not be run.
    #[error("run kind")]
    Run(#[from] GuardError),
    /// A cluster that is to be removed belongs to another daemon.
    #[error(
        "the cluster {name} was made by another Docker daemon than the one that answers\n\
         hint: name that one with DOCKER_HOST; or, if it is gone for good, remove {}",
        record.display()
    )]
    OtherDaemon {
        /// The cluster.
        name: String,
        /// Its record.
        record: PathBuf,
    },
    /// A file of ours.
    #[error("write {}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The record.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// An image.
    #[error("make an image")]
    Image(#[from] ImageError),
    /// The API client.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Something did not come up, or did not go, in time.
    #[error(transparent)]
    NotReady(#[from] NotReady),
    /// Something in the cluster.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// A task of ours panicked.
    #[error("a task of the harness ended early")]
    Task(#[from] tokio::task::JoinError),
}

impl KindError {
    /// Turns what Docker or testcontainers say into an error.
    pub(super) fn docker<E: std::fmt::Display>(action: &str) -> impl FnOnce(E) -> Self {
        let action = action.to_owned();
        move |error| Self::Docker { action, message: error.to_string() }
    }
}
