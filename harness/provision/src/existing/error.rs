//! The error of an existing cluster.

use kube::Error;

use crate::api_error::ApiError;

/// Error of [`examine`](super::examine): cases cannot run in a place.
#[derive(Debug, thiserror::Error)]
pub enum ExistingError {
    /// The API server did not answer, or refused the request.
    #[error("failed to {action}")]
    Api {
        /// The request, as a verb and object: `look at namespace NAME`.
        action: String,
        /// Error of the API server or the client.
        #[source]
        cause: ApiError,
    },
    /// The manifests of the rights are not YAML after the names of the place are inserted. Line and
    /// message.
    #[error("failed to read the manifests of the rights: line {0}: {1}")]
    Manifest(usize, String),
    /// Prerequisites that the place lacks, one text each, with remedies.
    #[error("cases cannot run there:\n{}", .0.join("\n"))]
    Lacks(Vec<String>),
}

/// Turns an error of the client into an [`ExistingError`] with the request.
pub(super) fn api(action: &str) -> impl FnOnce(Error) -> ExistingError {
    let action = action.to_owned();
    |cause| ExistingError::Api { action, cause: cause.into() }
}
