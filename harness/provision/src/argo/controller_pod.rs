//! Pods of the workflow controller.

use k8s_openapi::api::core::v1::Pod;
use model::controller::{container_of, has_ended};

/// A pod of the controller.
pub(super) struct Controller {
    pub(super) name: String,
    /// Whether the container of the controller has restarted.
    pub(super) restarted: bool,
}

impl Controller {
    /// The controller of a pod. `None`: the pod is of another program, or has ended.
    pub(super) fn of(pod: &Pod) -> Option<Self> {
        let pod = serde_json::to_value(pod).ok()?;
        let container = container_of(&pod).filter(|_| !has_ended(&pod))?;
        let statuses = pod["status"]["containerStatuses"].as_array().into_iter().flatten();
        let restarted = statuses
            .filter(|status| status["name"] == container["name"])
            .any(|status| status["restartCount"].as_i64().is_some_and(|count| count > 0));
        let name = pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
        Some(Self { name, restarted })
    }
}

/// Whether a pod is of the controller. The pod may have ended.
pub(super) fn is_controller(pod: &Pod) -> bool {
    serde_json::to_value(pod).is_ok_and(|pod| container_of(&pod).is_some())
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::Pod;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::Controller;

    fn pod(image: &str, restarts: &Value, phase: &str) -> Pod {
        let (main, other) = ("workflow-controller", "proxy");
        let counts = [(other, json!(5)), (main, restarts.clone())];
        let statuses = counts.map(|(name, count)| {
            json!({ "name": name, "restartCount": count, "image": "", "imageID": "", "ready": true })
        });
        let pod = json!({
            "metadata": { "name": "c-1" },
            "spec": { "containers": [
                { "name": other, "image": "proxy:1" }, { "name": main, "image": image } ] },
            "status": { "phase": phase, "containerStatuses": statuses },
        });
        serde_json::from_value(pod).expect("a pod")
    }

    #[rstest]
    #[case::it_restarted("quay.io/argoproj/workflow-controller:v3", json!(1), "Running", Some(true))]
    #[case::a_sidecar_did("quay.io/argoproj/workflow-controller:v3", json!(0), "Running", Some(false))]
    #[case::it_has_ended("quay.io/argoproj/workflow-controller:v3", json!(1), "Failed", None)]
    fn a_controller_has_restarted(
        #[case] image: &str,
        #[case] restarts: Value,
        #[case] phase: &str,
        #[case] expected: Option<bool>,
    ) {
        let restarted = Controller::of(&pod(image, &restarts, phase)).map(|one| one.restarted);
        assert_eq!(restarted, expected);
    }
}
