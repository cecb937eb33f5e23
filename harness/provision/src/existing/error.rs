//! The error of an existing cluster.

use kube::Error;

use crate::api_error::ApiError;

/// A question about an existing cluster has no answer.
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
}

/// Turns an error of the client into an [`ExistingError`] with the request.
pub(super) fn api(action: &str) -> impl FnOnce(Error) -> ExistingError {
    let action = action.to_owned();
    |cause| ExistingError::Api { action, cause: cause.into() }
}
