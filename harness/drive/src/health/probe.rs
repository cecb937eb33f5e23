//! One question about a part of the environment, and its answer.

use kube::Client;
use model::history::Part;

use crate::answer::{in_time, words};
use crate::budgets;
use crate::watch::Watches;

/// The result of a question about a part.
pub(super) enum Answer {
    /// The part is healthy.
    Healthy,
    /// The part has this trouble.
    Unhealthy(String),
    /// The health of the part is unknown. The API server has this trouble.
    Unknown(String),
}

impl Answer {
    pub(super) fn of(trouble: Option<String>) -> Self {
        trouble.map_or(Self::Healthy, Self::Unhealthy)
    }

    /// Records the answer in every history.
    pub(super) fn tell(&self, watches: &Watches, part: Part) {
        match self {
            Self::Healthy => watches.record_health(part, None),
            Self::Unhealthy(trouble) => watches.record_health(part, Some(trouble)),
            Self::Unknown(trouble) => watches.record_health(Part::Api, Some(trouble)),
        }
    }
}

/// The trouble of the API server. `None`: it is ready.
pub(super) async fn api_trouble(client: &Client) -> Option<String> {
    let request = http_get("/readyz");
    let answer = in_time(budgets::PROBE_ANSWER.time, client.request_text(request)).await;
    answer.err().map(|error| failing(&words(&error)))
}

/// The failing checks in an answer of the API server. Without a failing check, the whole answer.
fn failing(said: &str) -> String {
    let failing: Vec<&str> =
        said.lines().filter_map(|line| line.strip_prefix("[-]")).map(str::trim).collect();
    if failing.is_empty() { said.to_owned() } else { failing.join(", ") }
}

/// A request that reads a path.
pub(super) fn http_get(path: &str) -> http::Request<Vec<u8>> {
    let mut request = http::Request::new(Vec::new());
    *request.uri_mut() = path.parse().unwrap_or_default();
    request
}
