//! Answers of the API server that are none: refusals and silence, in words.

use std::time::Duration;

/// Gives up on an API server that takes a request and does not answer it.
pub(crate) async fn in_time<T>(
    patience: Duration,
    request: impl Future<Output = Result<T, kube::Error>>,
) -> Result<T, kube::Error> {
    match tokio::time::timeout(patience, request).await {
        Ok(answer) => answer,
        Err(_) => {
            Err(kube::Error::Service(format!("no answer within {}s", patience.as_secs()).into()))
        }
    }
}

/// What went wrong, as the API server said it.
pub(crate) fn words(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => status.message.clone(),
        kube::Error::Service(cause) => cause.to_string(),
        other => other.to_string(),
    }
}

/// Whether the API server said that there is no such thing.
pub(crate) fn is_absence(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 404)
}
