//! What the API server said when it did not do what it was asked, in words.

/// An error of the Kubernetes client. Its words are those of the API server, where it said any: the
/// client's own repeat them three times.
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

/// What went wrong, as the API server said it.
pub fn words(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        kube::Error::Service(cause) => cause.to_string(),
        other => other.to_string(),
    }
}
