//! Pods that wait for their node to start them.
//!
//! A node that has not the time to start containers is Ready all the same, and what waits for its
//! pods runs out of time through no fault of Argo's.

use std::collections::HashMap;
use std::time::Duration;

use model::history::Change;
use serde_json::Value;
use tokio::time::Instant;

/// How long a node may take to start what is its to start before it counts as ill.
///
/// Our patience: with six cases a core, no pod of a healthy node took more than 7.5 s.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reasons for which a container waits while nothing but its node holds it up. An image that is
/// not there or a configuration that is wrong has a reason of its own.
const IN_HAND: [&str; 2] = ["ContainerCreating", "PodInitializing"];

/// Pods that wait, and since when.
#[derive(Debug, Default)]
pub(super) struct Starting(HashMap<String, Instant>);

impl Starting {
    pub(super) fn see(&mut self, change: Change, pod: &Value) {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        if change != Change::Deleted && waits(pod) {
            self.0.entry(name.to_owned()).or_insert_with(Instant::now);
        } else {
            self.0.remove(name);
        }
    }

    /// What is wrong: the pod that waits longest, if it waits for too long.
    pub(super) fn trouble(&self) -> Option<String> {
        let (name, since) = self.0.iter().min_by_key(|(_, since)| **since)?;
        let waited = since.elapsed();
        (waited > PATIENCE).then(|| {
            let seconds = waited.as_secs();
            format!("it has not started a container of pod {name} for {seconds}s")
        })
    }
}

/// Whether a pod is on its node, and its next container is the node's to start.
fn waits(pod: &Value) -> bool {
    let status = &pod["status"];
    let lists = [&status["initContainerStatuses"], &status["containerStatuses"]];
    let containers = lists.into_iter().filter_map(Value::as_array).flatten();
    let held_up = |container: &Value| {
        let state = &container["state"];
        let reason = state["waiting"]["reason"].as_str();
        state["running"].is_object() || reason.is_some_and(|reason| !IN_HAND.contains(&reason))
    };
    pod["spec"]["nodeName"].is_string()
        && pod["metadata"]["deletionTimestamp"].is_null()
        && status["phase"] == "Pending"
        && !containers.into_iter().any(held_up)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use model::history::Change;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::Starting;

    fn pod(init: &Value, main: &Value) -> Value {
        json!({ "metadata": { "name": "p" }, "spec": { "nodeName": "one" }, "status": {
            "phase": "Pending",
            "initContainerStatuses": [{ "state": init }],
            "containerStatuses": [{ "state": main }],
        } })
    }

    fn waiting(reason: &str) -> Value {
        json!({ "waiting": { "reason": reason } })
    }

    fn patched(mut pod: Value, pointer: &str, value: Value) -> Value {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        pod.pointer_mut(parent).expect("the parent")[key] = value;
        pod
    }

    fn created() -> Value {
        pod(&waiting("PodInitializing"), &waiting("PodInitializing"))
    }

    #[rstest]
    #[case::nothing_of_it_yet(patched(created(), "/status", json!({ "phase": "Pending" })), true)]
    #[case::its_init_container(pod(&waiting("ContainerCreating"), &waiting("PodInitializing")), true)]
    #[case::its_container(
        pod(&json!({ "terminated": { "exitCode": 0 } }), &waiting("PodInitializing")), true)]
    #[case::one_runs(pod(&json!({ "running": {} }), &waiting("PodInitializing")), false)]
    #[case::no_image(pod(&waiting("ErrImageNeverPull"), &waiting("PodInitializing")), false)]
    #[case::no_secret(
        pod(&waiting("PodInitializing"), &waiting("CreateContainerConfigError")), false)]
    #[case::no_node(patched(created(), "/spec", json!({})), false)]
    #[case::over(patched(created(), "/status/phase", json!("Failed")), false)]
    #[case::being_deleted(
        patched(created(), "/metadata/deletionTimestamp", json!("2026-01-01T00:00:00Z")), false)]
    #[tokio::test(start_paused = true)]
    async fn a_node_that_does_not_start_a_pod_is_ill(#[case] pod: Value, #[case] ill: bool) {
        let mut starting = Starting::default();
        starting.see(Change::Added, &pod);
        tokio::time::advance(Duration::from_secs(7)).await;
        // Whatever else of it changes.
        starting.see(Change::Modified, &pod);
        assert_eq!(starting.trouble(), None);
        tokio::time::advance(Duration::from_secs(4)).await;
        let expected = ill.then(|| "it has not started a container of pod p for 11s".to_owned());
        assert_eq!(starting.trouble(), expected);
    }

    #[rstest]
    #[case::started(Change::Modified, pod(&json!({ "running": {} }), &waiting("PodInitializing")))]
    #[case::gone(Change::Deleted, created())]
    #[tokio::test(start_paused = true)]
    async fn a_pod_that_waits_no_longer_is_forgotten(#[case] change: Change, #[case] then: Value) {
        let mut starting = Starting::default();
        starting.see(Change::Added, &created());
        tokio::time::advance(Duration::from_secs(11)).await;
        assert!(starting.trouble().is_some());
        starting.see(change, &then);
        assert_eq!(starting.trouble(), None);
    }
}
