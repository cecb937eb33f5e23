//! Probes the health of the parts of the environment, and records the answers.
//!
//! A claim that runs out of time fails only if the environment was healthy for its whole window.
//! The answers are the evidence.

mod controller;

use std::time::Duration;

use k8s_openapi::api::core::v1::Node;
use kube::Client;
use kube::api::{Api, ListParams};
use model::history::Part;
use provision::installation::Installation;
use tokio_util::sync::CancellationToken;

use crate::answer::{in_time, words};
use crate::pace;
use crate::watch::Watches;
use controller::{Unobserved, keep_looking};

/// Time limit of an answer of the API server. A later answer does not count.
const PATIENCE: Duration = Duration::from_secs(5);

/// Probes the environment and records the answers in every history, until the drop of the value.
pub struct Health {
    stop: CancellationToken,
    unobserved: Unobserved,
}

impl Health {
    /// Starts the probes. The present pod of the controller is the one that must stay.
    pub fn start(installation: &Installation, watches: &Watches) -> Self {
        let stop = CancellationToken::new();
        let (client, watches) = (installation.client.clone(), watches.clone());
        let alarm = installation.alarm.clone();
        watches.expect_controller();
        let (token, unobserved) = (stop.clone(), Unobserved::default());
        let (argo, unasked) = (installation.argo_namespace.clone(), unobserved.clone());
        // A task of its own: no probe delays the beat.
        let (beating, heart) = (watches.clone(), stop.clone());
        tokio::spawn(async move {
            let beats = keep_asking(&beating, Part::Harness, || async { Answer::Healthy });
            heart.run_until_cancelled(beats).await
        });
        tokio::spawn(async move {
            // Each part alone: a part that does not answer delays no other.
            let all = async {
                tokio::join!(
                    keep_asking(&watches, Part::Api, || async {
                        Answer::of(api_trouble(&client).await)
                    }),
                    keep_asking(&watches, Part::Node, || async {
                        // A node whose kubelet has ended stays Ready for another 40 s.
                        let answer = of_nodes(&client).await;
                        alarm.trouble().map_or(answer, Answer::Unhealthy)
                    }),
                    keep_looking(&watches, &client, &argo, unasked),
                    keep_asking(&watches, Part::Watches, || async {
                        Answer::of(watches.trouble())
                    }),
                )
            };
            tokio::select! {
                () = token.cancelled() => {}
                _ = all => {}
            }
        });
        Self { stop, unobserved }
    }

    /// The reason why the workflow controller cannot be asked whether it runs. The health of such a
    /// controller rests on its pod alone. `None` as long as no question has failed in that way.
    pub fn unobserved(&self) -> Option<&str> {
        self.unobserved.get().map(String::as_str)
    }
}

impl Drop for Health {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The result of a question about a part.
enum Answer {
    /// The part is healthy.
    Healthy,
    /// The part has this trouble.
    Unhealthy(String),
    /// The health of the part is unknown. The API server has this trouble.
    Untold(String),
}

impl Answer {
    fn of(trouble: Option<String>) -> Self {
        trouble.map_or(Self::Healthy, Self::Unhealthy)
    }

    /// Records the answer in every history.
    fn tell(&self, watches: &Watches, part: Part) {
        match self {
            Self::Healthy => watches.tell_health(part, None),
            Self::Unhealthy(trouble) => watches.tell_health(part, Some(trouble)),
            Self::Untold(trouble) => watches.tell_health(Part::Api, Some(trouble)),
        }
    }
}

/// Asks about a part again and again, and records the answer in every history.
async fn keep_asking<F>(watches: &Watches, part: Part, ask: impl Fn() -> F)
where
    F: Future<Output = Answer>,
{
    loop {
        ask().await.tell(watches, part);
        pace::pause(pace::PROBE).await;
    }
}

async fn api_trouble(client: &Client) -> Option<String> {
    let request = http_get("/readyz");
    let answer = in_time(PATIENCE, client.request_text(request)).await;
    answer.err().map(|error| failing(&words(&error)))
}

/// The failing checks in an answer of the API server. Without a failing check, the whole answer.
fn failing(said: &str) -> String {
    let failing: Vec<&str> =
        said.lines().filter_map(|line| line.strip_prefix("[-]")).map(str::trim).collect();
    if failing.is_empty() { said.to_owned() } else { failing.join(", ") }
}

fn http_get(path: &str) -> http::Request<Vec<u8>> {
    let mut request = http::Request::new(Vec::new());
    *request.uri_mut() = path.parse().unwrap_or_default();
    request
}

async fn of_nodes(client: &Client) -> Answer {
    let nodes: Api<Node> = Api::all(client.clone());
    let params = ListParams::default().match_any();
    let items = match in_time(PATIENCE, nodes.list(&params)).await {
        Ok(list) => list.items,
        Err(error) => {
            let api = api_trouble(client).await;
            return api.map_or_else(|| Answer::Unhealthy(words(&error)), Answer::Untold);
        }
    };
    let ready = |node: &Node| {
        let conditions = node.status.iter().flat_map(|s| s.conditions.iter().flatten());
        conditions.clone().any(|c| c.type_ == "Ready" && c.status == "True")
    };
    Answer::of(match items.iter().find(|node| !ready(node)) {
        Some(node) => {
            let name = node.metadata.name.as_deref().unwrap_or("?");
            Some(format!("node {name} is not Ready"))
        }
        None if items.is_empty() => Some("there is no node".to_owned()),
        None => None,
    })
}
