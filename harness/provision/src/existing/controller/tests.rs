//! The search for a controller against an API server in memory.

mod fake;

use model::controller::{
    ControllerScope, ControllerSelector, FoundController, Leader, ObservedSettings,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::{ControllerError, ControllerSearch, find_controller};
use crate::existing::{TargetNamespaces, not_watched};
use fake::{FakeNamespace, Object};

const IMAGE: &str = "quay.io/argoproj/workflow-controller:v3.7.18";

/// A running pod of a Deployment with Argo's labels.
fn pod(deployment: &str, name: &str) -> Value {
    json!({
        "metadata": {
            "name": name,
            "labels": { "app": "workflow-controller", "pod-template-hash": "5d9f" },
            "ownerReferences": [{ "apiVersion": "apps/v1", "kind": "ReplicaSet", "uid": "1",
                "name": format!("{deployment}-5d9f") }],
        },
        "spec": { "containers": [
            { "name": "istio-proxy", "image": "istio/proxyv2:1" },
            { "name": "workflow-controller", "image": IMAGE },
        ] },
        "status": { "phase": "Running" },
    })
}

fn with(mut pod: Value, pointer: &str, value: Value) -> Value {
    let (place, field) = pointer.rsplit_once('/').expect("a pointer");
    pod.pointer_mut(place).expect("a place")[field] = value;
    pod
}

fn config_map(data: &Value) -> Object {
    let name = "workflow-controller-configmap";
    Object::There(json!({ "metadata": { "name": name }, "data": data }))
}

fn lease(name: &str, holder: &str) -> Object {
    Object::There(json!({ "metadata": { "name": name }, "spec": { "holderIdentity": holder } }))
}

fn namespace(pods: Vec<Value>) -> FakeNamespace {
    FakeNamespace {
        pods,
        elsewhere: None,
        config_map: config_map(&json!({})),
        lease: Object::Absent,
    }
}

async fn find(namespace: &FakeNamespace) -> Result<FoundController, ControllerError> {
    find_controller(&namespace.client(), "argo", &ControllerSearch::default()).await
}

#[tokio::test]
async fn a_sidecar_before_the_controller_and_leftover_pods_do_not_count() {
    let found = find(&namespace(vec![
        with(pod("wc", "evicted"), "/status/phase", json!("Failed")),
        with(pod("wc", "completed"), "/status/phase", json!("Succeeded")),
        with(pod("wc", "ending"), "/metadata/deletionTimestamp", json!("2026-01-01T00:00:00Z")),
        pod("wc", "live"),
        json!({ "metadata": { "name": "argo-server" },
            "spec": { "containers": [{ "name": "s", "image": "argocli:v3.7.18" }] } }),
    ]))
    .await
    .expect("a controller");
    assert_eq!(found.pods, ["live"]);
    assert_eq!(found.leader, Leader::Known("live".to_owned()));
    assert_eq!(found.deployment, Some("wc".into()));
    assert_eq!((found.container.as_str(), found.image.raw()), ("workflow-controller", IMAGE));
    let versions = [found.version, found.executor_version];
    assert_eq!(versions, [Some("3.7.18".to_owned()), Some("3.7.18".to_owned())]);
    assert_eq!(found.scope, ControllerScope::Cluster);
}

#[rstest]
#[case::held(lease("workflow-controller", "b"), json!({}), Ok("b"))]
#[case::held_with_an_instance_id(
    lease("workflow-controller-prod-a", "a"), json!({ "instanceID": "prod-a" }), Ok("a")
)]
#[case::the_lease_of_another_instance(
    lease("workflow-controller", "b"), json!({ "instanceID": "prod-a" }),
    Err("there is no Lease workflow-controller-prod-a")
)]
#[case::held_by_a_dead_pod(
    lease("workflow-controller", "old"), json!({}), Err("no live pod is the holder")
)]
#[case::forbidden(Object::Forbidden, json!({}), Err("cannot get workflow-controller"))]
#[case::absent(Object::Absent, json!({}), Err("there is no Lease workflow-controller"))]
#[tokio::test]
async fn the_holder_of_the_lease_leads_among_several_replicas(
    #[case] lease: Object,
    #[case] settings: Value,
    #[case] expected: Result<&str, &str>,
) {
    let pods = vec![pod("wc", "b"), pod("wc", "a")];
    let config_map = config_map(&settings);
    let found = find(&FakeNamespace { pods, config_map, lease, ..namespace(vec![]) })
        .await
        .expect("a controller");
    assert_eq!(found.pods, ["a", "b"]);
    match (found.leader, expected) {
        (Leader::Known(name), Ok(expected)) => assert_eq!(name, expected),
        (Leader::Unknown(why), Err(expected)) => assert!(why.contains(expected), "{why:?}"),
        (leader, expected) => panic!("{leader:?} instead of {expected:?}"),
    }
}

#[tokio::test]
async fn replicas_without_an_election_have_no_leader() {
    let env = json!([{ "name": "LEADER_ELECTION_DISABLE", "value": "true" }]);
    let off = |name| with(pod("wc", name), "/spec/containers/1/env", env.clone());
    let mut namespace = namespace(vec![off("a"), off("b")]);
    namespace.lease = lease("workflow-controller", "a");
    let found = find(&namespace).await.expect("a controller");
    assert!(matches!(found.leader, Leader::Unknown(_)), "{:?}", found.leader);
}

#[tokio::test]
async fn settings_without_the_right_to_read_them_are_unobserved() {
    let mut namespace = namespace(vec![pod("wc", "a")]);
    namespace.config_map = Object::Forbidden;
    let found = find(&namespace).await.expect("a controller");
    let ObservedSettings::Unobserved(why) = &found.settings else { panic!("{found:?}") };
    assert!(why.contains("cannot get workflow-controller-configmap"), "{why:?}");
    let search = ControllerSearch { instance_id: Some("a".to_owned()), ..Default::default() };
    let found = find_controller(&namespace.client(), "argo", &search).await.expect("a controller");
    assert_eq!(found.instance_id.as_deref(), Some("a"));
}

#[tokio::test]
async fn an_instance_id_that_the_controller_does_not_have_is_refused() {
    let mut namespace = namespace(vec![pod("wc", "a")]);
    namespace.config_map = config_map(&json!({ "config": "instanceID: prod-a\n" }));
    let search = ControllerSearch { instance_id: Some("b".to_owned()), ..Default::default() };
    let found = find_controller(&namespace.client(), "argo", &search).await;
    let message = found.expect_err("a refusal").to_string();
    assert_eq!(
        message,
        "invalid --instance-id b: the workflow controller has the instance ID prod-a"
    );
}

#[tokio::test]
async fn a_chart_with_its_own_names_and_arguments() {
    let args = json!([
        "--configmap",
        "release-configmap",
        "--namespaced",
        "--executor-image",
        "quay.io/argoproj/argoexec:v3.7.1-nonroot"
    ]);
    let pod = json!({
        "metadata": { "name": "p", "labels": {
            "app.kubernetes.io/component": "workflow-controller", "pod-template-hash": "1",
        }, "ownerReferences": [{ "apiVersion": "apps/v1", "kind": "ReplicaSet", "uid": "1",
            "name": "argo-argo-workflows-workflow-controller-1" }] },
        "spec": { "containers": [{ "name": "controller", "image": "mirror/argo:v3.7.18",
            "args": args }] },
    });
    let settings = json!({ "metadata": { "name": "release-configmap" },
        "data": { "config": "parallelism: 4\n" } });
    let mut namespace = namespace(vec![pod]);
    namespace.config_map = Object::There(settings);
    let found = find(&namespace).await.expect("a controller");
    assert_eq!(found.container, "controller");
    assert_eq!(found.deployment, Some("argo-argo-workflows-workflow-controller".into()));
    assert_eq!(found.executor_version.as_deref(), Some("3.7.1"));
    assert_eq!(found.scope, ControllerScope::Namespace("argo".to_owned()));
    assert_eq!(found.settings.observed().and_then(|settings| settings.parallelism), Some(4));
}

#[rstest]
#[case::own(json!(["--namespaced"]), "argo")]
#[case::managed(json!(["--namespaced", "--managed-namespace=team"]), "team")]
#[tokio::test]
async fn a_controller_of_one_namespace_refuses_the_others(
    #[case] args: Value,
    #[case] watched: &str,
) {
    let pod = with(pod("wc", "a"), "/spec/containers/1/args", args);
    let found = find(&namespace(vec![pod])).await.expect("a controller");
    let place = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        TargetNamespaces::new(names, "argo".to_owned()).expect("names")
    };
    assert!(not_watched(&found, &place(&[watched])).is_none());
    let error = not_watched(&found, &place(&[watched, "other"])).expect("a refusal");
    assert_eq!(
        error.to_string(),
        format!("the workflow controller argo/wc watches namespace {watched} alone, and not other")
    );
}

#[tokio::test]
async fn a_managed_namespace_alone_leaves_the_cluster() {
    let args = json!(["--managed-namespace", "team"]);
    let pod = with(pod("wc", "a"), "/spec/containers/1/args", args);
    let found = find(&namespace(vec![pod])).await.expect("a controller");
    assert_eq!(found.scope, ControllerScope::Cluster);
}

#[tokio::test]
async fn controllers_of_several_deployments_need_a_selector() {
    let pods = vec![pod("one", "a"), with(pod("two", "b"), "/metadata/labels/team", json!("x"))];
    let namespace = namespace(pods);
    let error = find(&namespace).await.expect_err("a refusal");
    assert!(
        error.to_string().ends_with("it has several workflow controllers: one, two"),
        "{error}"
    );
    let hint = error.hint().expect("a remedy");
    assert!(hint.contains("--controller-selector"), "{hint}");
    let selector: ControllerSelector = "team=x".parse().expect("a selector");
    let search = ControllerSearch { selector, ..Default::default() };
    let found = find_controller(&namespace.client(), "argo", &search).await.expect("a controller");
    assert_eq!(found.pods, ["b"]);
}

#[rstest]
#[case::nothing(Vec::new(), "")]
#[case::leftovers(
    vec![with(pod("wc", "evicted"), "/status/phase", json!("Failed"))],
    "; its pods have ended: evicted"
)]
#[tokio::test]
async fn a_namespace_without_a_controller_names_its_leftovers(
    #[case] pods: Vec<Value>,
    #[case] expected: &str,
) {
    let error = find(&namespace(pods)).await.expect_err("a refusal");
    assert!(matches!(error, ControllerError::Missing { .. }), "{error}");
    assert!(error.to_string().ends_with(&format!("of Argo{expected}")), "{error}");
    assert!(error.hint().expect("a remedy").contains("--argo-namespace"));
}

/// A running pod of a controller in a namespace.
fn pod_in(namespace: &str) -> Value {
    with(pod("wc", "wc-1"), "/metadata/namespace", json!(namespace))
}

#[rstest]
#[case::not_allowed(None, "or the labels of its pods with --controller-selector")]
#[case::nowhere(Some(vec![]), "or the labels of its pods with --controller-selector")]
#[case::one(Some(vec![pod_in("prod")]), "with --argo-namespace; prod has one")]
#[case::two(
    Some(vec![pod_in("b"), pod_in("a"), pod_in("a")]),
    "with --argo-namespace; a, b have one"
)]
#[case::ended(
    Some(vec![with(pod_in("prod"), "/status/phase", json!("Failed"))]),
    "or the labels of its pods with --controller-selector"
)]
#[case::another_program(
    Some(vec![json!({ "metadata": { "name": "p", "namespace": "x" },
        "spec": { "containers": [] }, "status": { "phase": "Running" } })]),
    "or the labels of its pods with --controller-selector"
)]
#[tokio::test]
async fn the_remedy_of_a_wrong_namespace_names_those_with_a_controller(
    #[case] elsewhere: Option<Vec<Value>>,
    #[case] expected: &str,
) {
    let error = find(&FakeNamespace { elsewhere, ..namespace(vec![]) }).await.expect_err("none");
    let hint = error.hint().expect("a remedy");
    assert!(hint.ends_with(expected), "{hint}");
}

#[tokio::test]
async fn the_remedy_of_a_controller_whose_pods_have_ended_is_its_start() {
    let ended = with(pod("wc", "evicted"), "/status/phase", json!("Failed"));
    let error = find(&namespace(vec![ended])).await.expect_err("none");
    let hint = error.hint().expect("a remedy");
    assert!(hint.starts_with("start the controller"), "{hint}");
}
