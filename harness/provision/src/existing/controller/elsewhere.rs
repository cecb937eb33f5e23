//! The other namespaces of a cluster that have a workflow controller, for a remedy.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;
use kube::Client;
use kube::api::{Api, ListParams};
use model::controller::{ControllerSelector, is_live};

/// Pods in one answer.
const PAGE: u32 = 500;
/// Largest number of answers. A larger cluster has more pods than a remedy is worth.
const PAGES: usize = 20;

/// The namespaces with a live pod of a controller, sorted, besides one. Empty if the client may not
/// list the pods of the cluster.
pub(super) async fn namespaces(
    client: &Client,
    besides: &str,
    selector: &ControllerSelector,
) -> Vec<String> {
    let pods: Api<Pod> = Api::all(client.clone());
    let mut found = BTreeSet::new();
    let mut params = ListParams::default().limit(PAGE);
    for _ in 0..PAGES {
        let Ok(page) = pods.list(&params).await else { break };
        for pod in page.items {
            let namespace = pod.metadata.namespace.clone().unwrap_or_default();
            let pod = serde_json::to_value(pod).unwrap_or_default();
            if is_live(&pod) && selector.container(&pod).is_some() {
                found.insert(namespace);
            }
        }
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => break,
        }
    }
    found.remove(besides);
    found.into_iter().collect()
}
