//! Errors of the provider `kind`.

use std::error::Error;
use std::path::PathBuf;

use sandbox::guard::GuardError;

use super::endpoint::EndpointError;
use crate::cache::CacheError;
use crate::client::ClientError;
use crate::image::ImageError;
use crate::objects::ObjectError;
use crate::poll::NotReady;

/// Error of the start or the removal of a kind cluster.
#[derive(Debug, thiserror::Error)]
pub enum KindError {
    /// The Docker daemon did not answer, or refused the request.
    #[error("failed to {action}: {message}")]
    Docker {
        /// The request, as a verb and object.
        action: String,
        /// Message of the daemon or the client.
        message: String,
    },
    /// No daemon of this machine is known.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The program `kind` failed.
    #[error("failed to run kind {what}: {status}\n{said}")]
    Kind {
        /// The subcommand: `create cluster`.
        what: &'static str,
        /// Exit status of the program.
        status: std::process::ExitStatus,
        /// The last lines of the output.
        said: String,
    },
    /// The program `kind` failed to run.
    #[error("failed to run kind")]
    Run(#[from] GuardError),
    /// A cluster to remove belongs to another Docker daemon.
    #[error("failed to remove the cluster {name}: another Docker daemon made it")]
    OtherDaemon {
        /// Name of the cluster.
        name: String,
        /// Directory of the record.
        record: PathBuf,
    },
    /// A file of the harness cannot be written or removed.
    #[error("failed to write or remove {}", path.display())]
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
    #[error("failed to make an image")]
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
    /// The remedy. `None`: the error tells of no remedy.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::OtherDaemon { record, .. } => Some(format!(
                "name that daemon with DOCKER_HOST; if that daemon is gone for good, remove {}",
                record.display()
            )),
            Self::Cache(error) => error.hint(),
            Self::Endpoint(error) => error.hint(),
            Self::Docker { .. }
            | Self::Kind { .. }
            | Self::Run(_)
            | Self::File { .. }
            | Self::Image(_)
            | Self::Client(_)
            | Self::NotReady(_)
            | Self::Object(_)
            | Self::Task(_) => None,
        }
    }

    /// Turns an error of Docker or testcontainers into a [`KindError`] with the request.
    pub(super) fn docker<E: Error>(action: &str) -> impl FnOnce(E) -> Self {
        let action = action.to_owned();
        move |error| Self::Docker { action, message: whole(&error) }
    }

    /// True if the operating system refuses this user the socket of the daemon.
    pub(super) fn is_permission(&self) -> bool {
        let denied = |message: &str| message.to_lowercase().contains("permission denied");
        matches!(self, Self::Docker { message, .. } if denied(message))
    }
}

/// Message of an error with its causes. The function omits a cause that the message names already.
fn whole(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message.extend([": ", &text]);
        }
        cause = error.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::KindError;

    /// A client that could not connect, as clients of HTTP tell it.
    #[derive(Debug, thiserror::Error)]
    #[error("client error (Connect)")]
    struct Client(#[source] Error);

    #[derive(Debug, thiserror::Error)]
    #[error("Error in the client: {0}")]
    struct Outer(#[source] Client);

    #[test]
    fn the_cause_of_the_system_is_in_the_message_once() {
        let denied = Error::new(ErrorKind::PermissionDenied, "Permission denied (os error 13)");
        let error = KindError::docker("ask")(Outer(Client(denied)));
        assert_eq!(
            error.to_string(),
            "failed to ask: Error in the client: client error (Connect): \
             Permission denied (os error 13)"
        );
        assert!(error.is_permission());
        let gone = Error::new(ErrorKind::NotFound, "No such file");
        assert!(!KindError::docker("ask")(Client(gone)).is_permission());
    }
}
