//! Errors of the Kubernetes client, with the message of the API server.

/// An error of the Kubernetes client. The text is the message of the API server, if it gave one.
/// The text of the client itself repeats that message three times.
#[derive(Debug)]
pub struct ApiError(pub Box<kube::Error>);

impl From<kube::Error> for ApiError {
    fn from(error: kube::Error) -> Self {
        Self(Box::new(error))
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&words(&self.0))
    }
}

impl std::error::Error for ApiError {}

/// Text of an error: the message of the API server, or the text of the client.
pub fn words(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        kube::Error::Service(cause) => cause.to_string(),
        other => other.to_string(),
    }
}
