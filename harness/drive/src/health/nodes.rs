//! The health of the nodes that run the pods of cases.
//!
//! Other nodes of the cluster do not count. Each node of a case's pods is asked for by its name,
//! which needs the right to get nodes. A run without this right continues: the pods of a case tell
//! of their nodes too. `watch::pod_start` and `watch::troubles` have the rules.

use futures::StreamExt;
use k8s_openapi::api::core::v1::Node;
use kube::Client;
use kube::api::Api;
use model::history::Part;
use provision::existing::OptionalRight;
use provision::installation::Alarm;

use super::probe::{Answer, api_trouble};
use crate::answer::{in_time, is_absence, words};
use crate::budgets;
use crate::pauses;
use crate::watch::{NodeTroubles, Watches};

/// Largest number of concurrent requests.
const AT_ONCE: usize = 8;

/// Records the health of the nodes of each case's pods again and again.
///
/// The alarm of the provider is trouble of every case. A node whose kubelet has ended stays Ready
/// for another 40 s.
pub(super) async fn keep_asking(watches: &Watches, client: &Client, alarm: &Alarm) {
    loop {
        let asked = ask(watches, client).await;
        match (alarm.trouble(), asked) {
            (Some(trouble), _) => watches.record_health(Part::Node, Some(&trouble)),
            (None, Asked::Known(troubles)) => watches.record_nodes(&troubles),
            (None, Asked::Forbidden(message)) => {
                let state = OptionalRight::Nodes.unobserved();
                watches.record_unobserved(Part::Node, format!("{state}: {message}"));
                continue;
            }
            (None, Asked::Unknown(trouble)) => Answer::Unknown(trouble).tell(watches, Part::Node),
        }
        pauses::pause(pauses::PROBE).await;
    }
}

/// The result of a question about all nodes of the cases' pods.
enum Asked {
    /// The trouble of each node.
    Known(NodeTroubles),
    /// The API server forbids the question.
    Forbidden(String),
    /// The health of the nodes is unknown. The API server has this trouble.
    Unknown(String),
}

async fn ask(watches: &Watches, client: &Client) -> Asked {
    let nodes = watches.nodes();
    if !watches.observes(Part::Node) {
        // Only the pods of a case tell of its nodes.
        return Asked::Known(nodes.into_iter().map(|node| (node, None)).collect());
    }
    let mut answers = futures::stream::iter(nodes)
        .map(|name| async move { (ask_for(client, &name).await, name) })
        .buffer_unordered(AT_ONCE);
    let mut troubles = NodeTroubles::new();
    while let Some((answer, name)) = answers.next().await {
        match answer {
            NodeAnswer::Ready => troubles.insert(name, None),
            NodeAnswer::Trouble(trouble) => troubles.insert(name, Some(trouble)),
            NodeAnswer::Forbidden(message) => return Asked::Forbidden(message),
            NodeAnswer::Unknown(trouble) => return Asked::Unknown(trouble),
        };
    }
    Asked::Known(troubles)
}

/// The result of a question about one node.
enum NodeAnswer {
    Ready,
    Trouble(String),
    Forbidden(String),
    Unknown(String),
}

async fn ask_for(client: &Client, name: &str) -> NodeAnswer {
    let nodes: Api<Node> = Api::all(client.clone());
    match in_time(budgets::PROBE_ANSWER.time, nodes.get(name)).await {
        Ok(node) if is_ready(&node) => NodeAnswer::Ready,
        Ok(_) => NodeAnswer::Trouble(format!("node {name} is not Ready")),
        Err(error) if is_absence(&error) => NodeAnswer::Trouble(format!("node {name} is gone")),
        Err(kube::Error::Api(status)) if status.code == 403 => {
            NodeAnswer::Forbidden(status.message.clone())
        }
        Err(error) => match api_trouble(client).await {
            Some(trouble) => NodeAnswer::Unknown(trouble),
            None => NodeAnswer::Trouble(format!("node {name} is not told: {}", words(&error))),
        },
    }
}

fn is_ready(node: &Node) -> bool {
    let mut conditions = node.status.iter().flat_map(|status| status.conditions.iter().flatten());
    conditions.any(|condition| condition.type_ == "Ready" && condition.status == "True")
}
