//! Recognizes the pods of a workflow controller, and the container of the controller in a pod.

use serde_json::Value;

use crate::argo_api::{CONTROLLER, label};

/// Labels that name the component of a pod. Argo's manifests set the first one. The Helm chart sets
/// the others.
const COMPONENT_LABELS: [&str; 3] =
    ["app", "app.kubernetes.io/component", "app.kubernetes.io/name"];
/// Names of the container in Argo's manifests and in the Helm chart.
const CONTAINER_NAMES: [&str; 2] = [CONTROLLER, "controller"];
/// Label of a pod with the hash of its `ReplicaSet`.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// The container of the workflow controller in a pod. `None`: the pod is no controller.
///
/// The program decides: a container that runs `workflow-controller` by its command, its arguments
/// or its image. In a pod with a label of the controller the name of the container decides next.
/// A sidecar may stand first.
pub fn container_of(pod: &Value) -> Option<&Value> {
    if !pod["metadata"]["labels"][label::WORKFLOW].is_null() {
        return None; // A pod of a workflow.
    }
    let containers = pod["spec"]["containers"].as_array()?;
    let by_program = containers.iter().find(|container| runs_controller(container));
    by_program.or_else(|| is_labelled(pod).then(|| by_name(containers)).flatten())
}

/// The container of the controller in a pod that a selector has chosen.
pub(super) fn container_of_chosen(pod: &Value) -> Option<&Value> {
    let containers = pod["spec"]["containers"].as_array()?;
    let by_program = containers.iter().find(|container| runs_controller(container));
    by_program.or_else(|| by_name(containers))
}

fn by_name(containers: &[Value]) -> Option<&Value> {
    let named = |name: &&str| containers.iter().find(|container| container["name"] == **name);
    CONTAINER_NAMES.iter().find_map(named).or(match containers {
        [only] => Some(only),
        _ => None,
    })
}

/// Whether a container runs the program `workflow-controller`. The command of Argo's manifests and
/// of the chart is the program. Without a command the entry point of the image is the program.
fn runs_controller(container: &Value) -> bool {
    let words = ["command", "args"].map(|field| &container[field]);
    let mut words = words.into_iter().filter_map(Value::as_array).flatten();
    let has_word = words.any(|word| word.as_str().is_some_and(|word| last_of(word) == CONTROLLER));
    has_word || container["image"].as_str().is_some_and(|image| repository(image) == CONTROLLER)
}

/// The last segment of a path.
fn last_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The last segment of an image's name, without tag and digest.
fn repository(image: &str) -> &str {
    let name = last_of(image.split('@').next().unwrap_or(image));
    name.split(':').next().unwrap_or(name)
}

/// Whether a label of the pod names the controller. The chart puts its own name before.
fn is_labelled(pod: &Value) -> bool {
    let labels = &pod["metadata"]["labels"];
    COMPONENT_LABELS.iter().filter_map(|name| labels[*name].as_str()).any(|value| {
        value == CONTROLLER || value.strip_suffix(CONTROLLER).is_some_and(|v| v.ends_with('-'))
    })
}

/// Whether a pod runs or will run. A pod that has ended, was evicted or is being deleted is a
/// leftover.
pub fn is_live(pod: &Value) -> bool {
    !has_ended(pod) && pod["metadata"]["deletionTimestamp"].is_null()
}

/// Whether each container of a pod has ended.
pub fn has_ended(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

/// Name of the Deployment of a pod: the name of the owning `ReplicaSet` without the hash of the
/// pod. `None`: no Deployment owns the pod.
pub fn deployment_of(pod: &Value) -> Option<&str> {
    let owners = pod["metadata"]["ownerReferences"].as_array()?;
    let set = owners.iter().find(|owner| owner["kind"] == "ReplicaSet")?["name"].as_str()?;
    let hash = pod["metadata"]["labels"][TEMPLATE_HASH].as_str()?;
    set.strip_suffix(hash)?.strip_suffix('-')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::{container_of, deployment_of, is_live};

    const IMAGE: &str = "quay.io/argoproj/workflow-controller:v3.7.18";

    fn pod(labels: &Value, containers: &Value) -> Value {
        json!({ "metadata": { "labels": labels }, "spec": { "containers": containers } })
    }

    #[rstest]
    #[case::by_image(json!({}), json!([{ "name": "main", "image": IMAGE }]), Some("main"))]
    #[case::by_image_with_digest(
        json!({}),
        json!([{ "name": "main", "image": "here:5000/workflow-controller@sha256:12" }]),
        Some("main")
    )]
    #[case::by_command(
        json!({}),
        json!([{ "name": "main", "image": "mirror/argo:1", "command": ["/bin/workflow-controller"] }]),
        Some("main")
    )]
    #[case::by_arguments(
        json!({}),
        json!([{ "name": "main", "image": "mirror/argo:1", "command": ["tini"],
                 "args": ["--", "workflow-controller", "--namespaced"] }]),
        Some("main")
    )]
    #[case::sidecar_first(
        json!({ "app": "workflow-controller" }),
        json!([{ "name": "istio-proxy", "image": "istio/proxyv2:1" },
               { "name": "workflow-controller", "image": IMAGE }]),
        Some("workflow-controller")
    )]
    #[case::chart(
        json!({ "app.kubernetes.io/component": "workflow-controller" }),
        json!([{ "name": "proxy", "image": "p:1" }, { "name": "controller", "image": "mirror/a:1" }]),
        Some("controller")
    )]
    #[case::name_of_the_chart(
        json!({ "app.kubernetes.io/name": "argo-workflows-workflow-controller" }),
        json!([{ "name": "c", "image": "mirror/a:1" }]),
        Some("c")
    )]
    #[case::nobody_tells_the_container(
        json!({ "app": "workflow-controller" }),
        json!([{ "name": "a", "image": "a:1" }, { "name": "b", "image": "b:1" }]),
        None
    )]
    #[case::another_label(
        json!({ "app": "myworkflow-controller" }), json!([{ "name": "c", "image": "a:1" }]), None
    )]
    #[case::server(
        json!({ "app": "argo-server" }),
        json!([{ "name": "argo-server", "image": "quay.io/argoproj/argocli:v3.7.18",
                 "args": ["server", "--configmap=workflow-controller-configmap"] }]),
        None
    )]
    #[case::pod_of_a_workflow(
        json!({ "workflows.argoproj.io/workflow": "w" }),
        json!([{ "name": "main", "image": IMAGE }]),
        None
    )]
    fn the_container_of_the_controller(
        #[case] labels: Value,
        #[case] containers: Value,
        #[case] expected: Option<&str>,
    ) {
        let pod = pod(&labels, &containers);
        let found = container_of(&pod).and_then(|container| container["name"].as_str());
        assert_eq!(found, expected);
    }

    #[rstest]
    #[case::running(json!({ "status": { "phase": "Running" } }), true)]
    #[case::pending(json!({ "status": { "phase": "Pending" } }), true)]
    #[case::completed(json!({ "status": { "phase": "Succeeded" } }), false)]
    #[case::evicted(json!({ "status": { "phase": "Failed", "reason": "Evicted" } }), false)]
    #[case::terminating(
        json!({ "metadata": { "deletionTimestamp": "t" }, "status": { "phase": "Running" } }), false
    )]
    fn a_live_pod(#[case] pod: Value, #[case] expected: bool) {
        assert_eq!(is_live(&pod), expected);
    }

    #[rstest]
    #[case::deployment("ReplicaSet", "argo-controller-5d9f", "5d9f", Some("argo-controller"))]
    #[case::replica_set_alone("ReplicaSet", "argo-controller", "5d9f", None)]
    #[case::stateful_set("StatefulSet", "argo-controller", "5d9f", None)]
    fn the_deployment_of_a_pod(
        #[case] kind: &str,
        #[case] owner: &str,
        #[case] hash: &str,
        #[case] expected: Option<&str>,
    ) {
        let pod = json!({ "metadata": {
            "labels": { "pod-template-hash": hash },
            "ownerReferences": [{ "kind": kind, "name": owner }],
        } });
        assert_eq!(deployment_of(&pod), expected);
    }
}
