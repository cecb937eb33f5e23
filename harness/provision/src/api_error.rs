//! Errors of the Kubernetes client, with the message of the API server or the causes.

use std::error::Error;

use crate::client::ConnectionError;
use crate::client::causes;

/// An error of the Kubernetes client. The text is the message of the API server, or each cause
/// once. The text of the client itself repeats the message three times, and names no cause.
#[derive(Debug)]
pub struct ApiError(pub Box<kube::Error>);

impl ApiError {
    /// The remedy. `None`: the error is not of a connection, or tells of no remedy.
    pub fn hint(&self) -> Option<String> {
        of_connection(&self.0)?.hint()
    }
}

impl From<kube::Error> for ApiError {
    fn from(error: kube::Error) -> Self {
        Self(Box::new(error))
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match of_connection(&self.0) {
            Some(error) => write!(f, "{error}"),
            None => f.write_str(&words(&self.0)),
        }
    }
}

impl Error for ApiError {}

/// Text of an error for a history: the message of the API server, or each cause once. The text
/// names neither the server of a connection nor its kubeconfig.
pub fn words(error: &kube::Error) -> String {
    match (of_connection(error), error) {
        (Some(connection), _) => connection.causes().to_owned(),
        (None, kube::Error::Api(status)) => status.message.clone(),
        (None, kube::Error::Service(cause)) => causes::text(&**cause),
        (None, other) => causes::text(other),
    }
}

fn of_connection(error: &kube::Error) -> Option<&ConnectionError> {
    match error {
        kube::Error::Service(cause) => cause.downcast_ref(),
        _ => None,
    }
}
