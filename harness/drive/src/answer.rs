//! Refusals of the API server and missing answers, in words.

use std::time::Duration;

pub(crate) use provision::api_error::words;

/// Gives up on an API server that accepts a request and does not answer.
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

/// Whether the API server answered that the object is absent.
pub(crate) fn is_absence(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 404)
}
