//! Probes the health of the parts of the environment, and records the answers.
//!
//! A claim that runs out of time fails only if the environment was healthy for its whole window.
//! The answers are the evidence.

mod controller;
mod probe;

use k8s_openapi::api::core::v1::Node;
use kube::Client;
use kube::api::{Api, ListParams};
use model::history::Part;
use provision::installation::Installation;
use tokio_util::sync::CancellationToken;

use crate::answer::{in_time, words};
use crate::budgets;
use crate::pauses;
use crate::watch::Watches;
use controller::{Unobserved, keep_looking};
use probe::{Answer, api_trouble};

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

/// Asks about a part again and again, and records the answer in every history.
async fn keep_asking<F>(watches: &Watches, part: Part, ask: impl Fn() -> F)
where
    F: Future<Output = Answer>,
{
    loop {
        ask().await.tell(watches, part);
        pauses::pause(pauses::PROBE).await;
    }
}

async fn of_nodes(client: &Client) -> Answer {
    let nodes: Api<Node> = Api::all(client.clone());
    let params = ListParams::default().match_any();
    let items = match in_time(budgets::PROBE_ANSWER.time, nodes.list(&params)).await {
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
