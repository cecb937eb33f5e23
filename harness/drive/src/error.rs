//! The error of a case that did not run to its end.

use crate::namespace::NamespaceError;
use crate::recorder::RecordError;

/// Trouble of the harness. The case did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The history cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The namespace could not be set up.
    #[error("failed to set up the namespace of the case")]
    Namespace(#[from] NamespaceError),
    /// The proxy that reports requests to the object store is gone.
    #[error(transparent)]
    Proxy(#[from] proxy::FollowError),
}
