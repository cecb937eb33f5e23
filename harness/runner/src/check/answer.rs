//! Requests of a check to the API server, each with a limit.

use kube::{Client, Error};
use provision::api_error::words;
use serde_json::Value;

use crate::budgets::CHECK_ANSWER;

/// A refusal of the API server, or a missing answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Code of the answer; `None` without an answer.
    code: Option<u16>,
    /// The message of the API server, or the causes.
    pub(super) words: String,
}

impl Refusal {
    /// The refusal in an error of the client.
    pub(super) fn of(error: &Error) -> Self {
        let code = match error {
            Error::Api(status) => Some(status.code),
            _ => None,
        };
        Self { code, words: words(error) }
    }

    /// Whether the object is missing, or the kind is unknown.
    pub(super) fn is_absence(&self) -> bool {
        self.code == Some(404)
    }
}

/// The answer to a request, as JSON.
pub(super) async fn json(
    client: &Client,
    request: Result<http::Request<Vec<u8>>, kube::core::request::Error>,
) -> Result<Value, Refusal> {
    let request = request.map_err(|error| Refusal { code: None, words: error.to_string() })?;
    in_time(client.request::<Value>(request)).await
}

/// The answer within the limit.
pub(super) async fn in_time<T>(
    request: impl Future<Output = Result<T, Error>>,
) -> Result<T, Refusal> {
    let Ok(answer) = tokio::time::timeout(CHECK_ANSWER.time, request).await else {
        let words = format!("no answer within {} s", CHECK_ANSWER.time.as_secs());
        return Err(Refusal { code: None, words });
    };
    answer.map_err(|error| Refusal::of(&error))
}
