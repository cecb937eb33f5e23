//! A controller that the run found: several replicas, sidecars, an instance ID.

use drive::health::Health;
use model::controller::ControllerSettings;
use model::history::Part;
use model::{FoundController, StepKind};
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::{FakeApi, Fault, controller};
use crate::bench::{Bench, NAMESPACE, WORKFLOW, plan};
use crate::health::{said, troubles};

const ID: &str = "prod-a";
const LABEL: &str = "workflows.argoproj.io/controller-instanceid";

/// A controller with two replicas and an instance ID.
fn found(leader: &Value) -> FoundController {
    let found = json!({
        "namespace": "argo", "deployment": "workflow-controller",
        "pods": ["workflow-controller-c1", "workflow-controller-c2"], "leader": leader,
        "container": "workflow-controller", "image": "c:v3.7.0", "version": "3.7.0",
        "executor_image": null, "executor_version": "3.7.0", "scope": "cluster",
        "instance_id": ID, "config_map": "c", "settings": { "unobserved": "you may not" },
    });
    serde_json::from_value(found).expect("a controller")
}

/// A replica with a sidecar that stands first. Numbers of restarts: of the sidecar, of the
/// controller.
fn replica(uid: &str, sidecar: u32, restarts: u32) -> Value {
    let mut pod = controller(uid, restarts, true);
    let proxy = json!({ "name": "istio-proxy", "restartCount": sidecar, "ready": true });
    let insert = |list: &mut Value, item| list.as_array_mut().expect("a list").insert(0, item);
    insert(&mut pod["spec"]["containers"], json!({ "name": "istio-proxy" }));
    insert(&mut pod["status"]["containerStatuses"], proxy);
    pod
}

fn leads(name: &str) -> Value {
    json!({ "known": format!("workflow-controller-{name}") })
}

fn nobody_leads() -> Value {
    json!({ "unknown": "you may not" })
}

#[rstest]
#[case::leader_restarted(leads("c2"), |api: &FakeApi| api.put(&replica("c2", 0, 1)),
    Some("it was restarted (1 times)"))]
#[case::leader_gone(leads("c2"), |api: &FakeApi| api.delete("pods", "argo", "workflow-controller-c2"),
    Some("its pod is gone"))]
#[case::sidecar_of_the_leader(leads("c2"), |api: &FakeApi| api.put(&replica("c2", 1, 0)), None)]
#[case::other_replica_restarted(leads("c2"), |api: &FakeApi| api.put(&replica("c1", 0, 1)), None)]
#[case::other_replica_gone(leads("c2"),
    |api: &FakeApi| api.delete("pods", "argo", "workflow-controller-c1"), None)]
#[case::one_more_replica(leads("c2"), |api: &FakeApi| api.put(&replica("c3", 0, 0)), None)]
#[case::one_of_all_restarted(nobody_leads(), |api: &FakeApi| api.put(&replica("c1", 0, 1)),
    Some("it was restarted (1 times)"))]
#[case::one_of_all_gone(nobody_leads(),
    |api: &FakeApi| api.delete("pods", "argo", "workflow-controller-c1"),
    Some("another pod took its place: c2 that of c1"))]
#[case::one_more_beside_all(nobody_leads(), |api: &FakeApi| api.put(&replica("c3", 0, 0)), None)]
#[case::leftover(nobody_leads(), |api: &FakeApi| {
    let mut evicted = replica("c3", 0, 9);
    evicted["status"]["phase"] = json!("Failed");
    api.put(&evicted);
}, None)]
#[tokio::test(start_paused = true)]
async fn the_replicas_that_count(
    #[case] leader: Value,
    #[case] trouble: fn(&FakeApi),
    #[case] expected: Option<&str>,
) {
    let api = FakeApi::new();
    api.put(&replica("c1", 0, 0));
    api.put(&replica("c2", 0, 0));
    let bench = Bench::found(found(&leader), api).await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(said(&mut events, 3).await[&Part::Controller].1, None);
    trouble(&bench.api);
    assert_eq!(said(&mut events, 3).await[&Part::Controller].1.as_deref(), expected);
}

/// The Lease of the election, held by a replica.
fn lease(holder: &str) -> Value {
    json!({ "kind": "Lease",
        "metadata": { "name": "workflow-controller-prod-a", "namespace": "argo" },
        "spec": { "holderIdentity": holder } })
}

/// Two replicas, of which `c2` holds the Lease.
async fn elected() -> Bench {
    let api = FakeApi::new();
    for replica in ["c1", "c2"].map(|uid| replica(uid, 0, 0)) {
        api.put(&replica);
    }
    api.put(&lease("workflow-controller-c2"));
    let bench = Bench::found(found(&leads("c2")), api).await;
    bench.api.until_asked("watch", "/pods", 1).await;
    bench
}

/// The pod of the first leader stays and is ready, as the pod of a controller that lost its Lease.
#[tokio::test(start_paused = true)]
async fn a_change_of_the_leader_is_trouble_once_and_is_followed() {
    let bench = elected().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let mut told = async || said(&mut events, 3).await[&Part::Controller].1.clone();
    assert_eq!(told().await, None);
    bench.api.put(&lease(""));
    assert_eq!(told().await.as_deref(), Some("no replica holds the Lease"));
    bench.api.put(&lease("workflow-controller-c1"));
    // The last answer is that of the new leader.
    assert_eq!(told().await, None);
    bench.api.put(&replica("c2", 0, 1));
    assert_eq!(told().await, None, "the first leader counts no more");
    bench.api.put(&replica("c1", 0, 1));
    assert_eq!(told().await.as_deref(), Some("it was restarted (1 times)"));
}

#[tokio::test(start_paused = true)]
async fn the_change_of_the_leader_is_in_the_history() {
    let bench = elected().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(said(&mut events, 3).await[&Part::Controller].1, None);
    bench.api.put(&lease("workflow-controller-c1"));
    let trouble = troubles(&mut events, 3).await;
    let of_controller = trouble.into_iter().filter(|(part, _)| *part == Part::Controller);
    let trouble: Vec<String> = of_controller.map(|(_, words)| words).collect();
    let expected = "another replica leads: workflow-controller-c1 in place of \
                    workflow-controller-c2";
    assert_eq!(trouble, [expected]);
}

/// The settings of the controller, as its `ConfigMap` has them.
fn settings(config: &str) -> Value {
    json!({ "kind": "ConfigMap", "metadata": { "name": "c", "namespace": "argo" },
        "data": { "config": config } })
}

const CHANGED: &str = "the settings in its ConfigMap c changed";

/// Argo takes a changed setting at once. The cases then measure another controller than the record
/// of the run names.
#[rstest]
#[case::the_same_again(Some(json!({ "unobserved": "why" })),
    |api: &FakeApi| api.put(&settings("parallelism: 2")), None)]
#[case::a_setting(Some(json!({ "unobserved": "why" })),
    |api: &FakeApi| api.put(&settings("parallelism: 1")), Some(CHANGED))]
#[case::a_setting_that_no_record_has(Some(json!({ "unobserved": "why" })),
    |api: &FakeApi| api.put(&settings("parallelism: 2\nlinks: []")), Some(CHANGED))]
#[case::gone(Some(json!({ "unobserved": "why" })),
    |api: &FakeApi| api.delete("configmaps", "argo", "c"), Some(CHANGED))]
#[case::no_right_any_more(Some(json!({ "unobserved": "why" })), |api: &FakeApi| {
    api.put(&settings("parallelism: 1"));
    api.fault("get", "/configmaps/", Fault::Refuse(403, "you may not"));
}, None)]
#[case::before_the_first_case(None, |_: &FakeApi| (), Some(CHANGED))]
#[tokio::test(start_paused = true)]
async fn a_change_of_the_settings_is_trouble_to_the_end_of_the_run(
    #[case] recorded: Option<Value>,
    #[case] change: fn(&FakeApi),
    #[case] expected: Option<&str>,
) {
    let api = FakeApi::new();
    api.put(&replica("c1", 0, 0));
    api.put(&settings("parallelism: 2"));
    let mut found = found(&leads("c1"));
    let three =
        || json!({ "observed": ControllerSettings { parallelism: Some(3), ..Default::default() } });
    found.settings = serde_json::from_value(recorded.unwrap_or_else(three)).expect("settings");
    let bench = Bench::found(found, api).await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let mut told = async || said(&mut events, 3).await[&Part::Controller].1.clone();
    let first = told().await;
    assert!(first.is_none() || first.as_deref() == expected, "{first:?}");
    change(&bench.api);
    assert_eq!(told().await.as_deref(), expected);
    bench.api.mend();
    bench.api.put(&settings("parallelism: 2"));
    assert_eq!(told().await.as_deref(), expected, "and stays");
}

async fn bench(is_found: bool) -> Bench {
    if is_found {
        Bench::found(found(&leads("c1")), FakeApi::new()).await
    } else {
        Bench::new().await
    }
}

/// Argo's own manifests give the rights on an installation of the harness.
#[rstest]
#[case::of_somebody_else(true)]
#[case::of_the_harness(false)]
#[tokio::test(start_paused = true)]
async fn a_right_that_argo_lacks_is_trouble_of_a_found_installation(#[case] is_found: bool) {
    let bench = bench(is_found).await;
    bench.api.until_asked("watch", "/workflows", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let message = "pods is forbidden: User \"argo\" cannot create resource \"pods\"";
    bench
        .api
        .put(&json!({ "kind": "Workflow", "metadata": { "name": WORKFLOW, "namespace": "ns" },
        "status": { "phase": "Error", "message": message } }));
    let trouble = said(&mut events, 3).await[&Part::Api].1.clone();
    let expected = is_found.then(|| format!("a node of the workflow says: {message}"));
    assert_eq!(trouble, expected);
}

/// The network of the pods is the harness's own on an installation of the harness.
#[rstest]
#[case::of_somebody_else(true)]
#[case::of_the_harness(false)]
#[tokio::test(start_paused = true)]
async fn an_executor_without_an_answer_is_trouble_of_a_found_installation(#[case] is_found: bool) {
    let bench = bench(is_found).await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let ended = json!({ "name": "main", "state": { "terminated": {} } });
    let runs = json!({ "name": "wait", "state": { "running": {} } });
    let pod = json!({ "kind": "Pod", "metadata": { "name": "p", "namespace": "ns" },
        "status": { "phase": "Running", "containerStatuses": [ended, runs] } });
    bench.api.put(&pod);
    let mut trouble = async || said(&mut events, 5).await[&Part::Api].1.clone();
    assert_eq!(trouble().await, None);
    let words = "container wait of pod p has no answer for more than 6s";
    assert_eq!(trouble().await.as_deref(), is_found.then_some(words));
    bench.api.delete("pods", "ns", "p");
    assert_eq!(trouble().await.as_deref(), is_found.then_some(words), "and stays");
}

#[tokio::test(start_paused = true)]
async fn objects_and_verbs_carry_the_instance_id() {
    let bench = Bench::found(found(&leads("c1")), FakeApi::new()).await;
    let template = json!({ "apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowTemplate",
        "metadata": { "name": "t" } });
    let plain = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "c" } });
    let objects = vec![template, plain];
    let apply = StepKind::Apply { objects, file: "more.yaml".to_owned() };
    bench.run(plan([apply, StepKind::Stop])).ended().await;
    let label = |kind: &str, name: &str| {
        let object = bench.api.object(kind, NAMESPACE, name).expect("an object");
        object["metadata"]["labels"][LABEL].as_str().map(str::to_owned)
    };
    assert_eq!(label("workflows", WORKFLOW).as_deref(), Some(ID));
    assert_eq!(label("workflowtemplates", "t").as_deref(), Some(ID));
    assert_eq!(label("configmaps", "c"), None);
    let ran = bench.argo.ran();
    assert!(ran.iter().all(|words| words.contains("--instanceid prod-a")), "{ran:?}");
    assert_eq!(ran.len(), 1);
}
