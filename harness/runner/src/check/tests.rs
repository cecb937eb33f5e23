//! The check on a Kubernetes API in memory, whole and with one thing broken.

use std::sync::Arc;

use model::PodSettings;
use provision::existing::{ControllerSearch, TargetNamespaces};
use provision::store::RepositoryRef;
use report::Judged;
use report::check::{CheckItem, CheckReport, Failure, Outcome, Topic};
use report::run::Untested;
use rstest::rstest;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Asked, Checked, check};
use crate::config::ProgramConfig;
use crate::console::{Console, Rows};
use crate::fake_api::{self as fake, FakeApi, NAMESPACE};
use crate::installation::artifact_place::GivenArtifacts;
use crate::installation::existing_request::ExistingRequest;
use crate::installation::reached_cluster::ReachedCluster;
use crate::session::Session;

/// Shows nothing.
struct Silent;

impl Console for Silent {
    fn note(&self, _: &str) {}
    fn result(&self, _: &str) {}
    fn verdict(&self, _: &Judged) {}
    fn untested(&self, _: &Untested) {}
    fn draw(&self, _: Rows) -> bool {
        false
    }
    fn restore(&self) {}
}

/// A session with a cache of its own.
struct Bench {
    api: FakeApi,
    session: Session,
    cache: TempDir,
}

impl Bench {
    fn new() -> Self {
        let cache = tempfile::tempdir().expect("a directory");
        let programs = ProgramConfig { cache: Some(cache.path().to_owned()), ..Default::default() };
        let session = Session::open(&programs, None, Arc::new(Silent)).expect("a session");
        Self { api: FakeApi::new(), session, cache }
    }

    /// Checks the installation without a listing of the bucket.
    async fn check(&self) -> CheckReport {
        let namespaces = vec![NAMESPACE.to_owned()];
        let request = ExistingRequest {
            place: TargetNamespaces::new(namespaces, "argo".to_owned()).expect("names"),
            artifacts: GivenArtifacts::configured(RepositoryRef::Default),
            search: ControllerSearch::default(),
        };
        let cluster = ReachedCluster::fake(self.api.client(), self.cache.path());
        let asked = Asked { version: None, pods: &PodSettings::default(), shell_image: "shell:1" };
        let checked = check(&self.session, &cluster, request, &asked).await;
        let Checked { report, ready } = checked.expect("a connection").expect("it is not stopped");
        if let Some(ready) = ready {
            ready.hold.give_back().await;
        }
        report
    }
}

/// The kinds of the failures, in order.
fn failures(report: &CheckReport) -> Vec<Failure> {
    let kinds = report.items.iter().filter_map(|item| match item.outcome {
        Outcome::Fail { failure } => Some(failure),
        Outcome::Ok | Outcome::Note => None,
    });
    kinds.collect()
}

fn item(report: &CheckReport, topic: Topic) -> &CheckItem {
    report.items.iter().find(|item| item.topic == topic).expect("an item of the topic")
}

#[tokio::test(start_paused = true)]
async fn an_installation_that_is_well_has_no_failure() {
    let bench = Bench::new();
    let report = bench.check().await;
    assert_eq!(failures(&report), [], "{:#?}", report.items);
    let topics: Vec<Topic> = report.items.iter().map(|item| item.topic).collect();
    assert!(topics.is_sorted(), "{topics:?}");
    for topic in [Topic::Connection, Topic::Controller, Topic::Admission, Topic::Canary] {
        assert!(topics.contains(&topic), "{topics:?}");
    }
    assert_eq!(item(&report, Topic::Connection).message, "connected as tester");
    let canary = item(&report, Topic::Canary);
    assert!(canary.message.contains("ns/conformance-canary/result.tgz"), "{canary:?}");
}

#[tokio::test(start_paused = true)]
async fn everything_it_makes_carries_the_run_and_goes() {
    let bench = Bench::new();
    let report = bench.check().await;
    for made in bench.api.made() {
        let run = &made["metadata"]["labels"]["argo-conformance/run"];
        assert_eq!(*run, report.run, "{made}");
    }
    assert_eq!(bench.api.left(), ["/api/v1/namespaces/ns/serviceaccounts/default"]);
}

/// A killed run leaves its objects, and its Lease expires.
#[tokio::test(start_paused = true)]
async fn the_objects_of_a_killed_run_go_before_the_check() {
    let bench = Bench::new();
    let labels = json!({ "argo-conformance/run": "run-1" });
    let secret = json!({ "metadata": { "labels": labels } });
    bench.api.put("/api/v1/namespaces/ns/secrets/s", &secret);
    let finalizers = json!(["workflows.argoproj.io/artifact-gc"]);
    let workflow = json!({ "metadata": { "labels": labels, "finalizers": finalizers } });
    bench.api.put("/apis/argoproj.io/v1alpha1/namespaces/ns/workflows/w", &workflow);
    let report = bench.check().await;
    assert_eq!(failures(&report), [], "{:#?}", report.items);
    assert_eq!(bench.api.left(), ["/api/v1/namespaces/ns/serviceaccounts/default"]);
}

/// Somebody who uses a prepared namespace for other workflows.
#[tokio::test(start_paused = true)]
async fn a_workflow_of_somebody_else_is_a_failure() {
    let bench = Bench::new();
    bench.api.put("/apis/argoproj.io/v1alpha1/namespaces/ns/workflows/w", &json!({}));
    let report = bench.check().await;
    assert_eq!(failures(&report), [Failure::NotEmpty], "{:#?}", report.items);
}

type Break = fn(&FakeApi);

fn message(message: &str) -> Value {
    json!({ "phase": "Error", "nodes": { "a": { "message": message } } })
}

fn pod(status: &Value) -> Value {
    json!({ "kind": "Pod", "metadata": { "name": "p" }, "status": status })
}

const SECURITY: &str = "pods \"p\" is forbidden: violates PodSecurity \"restricted:latest\": x";
const NO_FIELD: &str = "pods \"p\" is forbidden: failed quota: q: must specify limits.cpu";
const USED: &str = "pods \"p\" is forbidden: exceeded quota: q, requested: pods=1";
const RANGE: &str = "pods \"p\" is forbidden: maximum memory usage per Container is 1Mi";
const BUCKET: &str = "failed to put file: The specified bucket does not exist";
const KEY: &str = "failed to put file: The request signature we calculated does not match";
const ACCESS: &str = "failed to put file: Access Denied.";
const AUTHORITY: &str =
    "failed to put file: x509: certificate signed by unknown authority (IP 10.0.0.1)";
const FORBIDDEN: &str = "pods is forbidden: User \"argo\" cannot create resource \"pods\"";
const DENIED: &str = "admission webhook \"policy.example.com\" denied the request: no";

#[rstest]
#[case::not_prepared(|api: &FakeApi| api.put("/api/v1/namespaces/ns", &json!({})), Failure::NotPrepared)]
#[case::no_namespace(|api: &FakeApi| api.remove("/api/v1/namespaces/ns"), Failure::NotPrepared)]
#[case::no_right(|api: &FakeApi| api.forbid("workflows"), Failure::Rights)]
#[case::no_controller(|api: &FakeApi| api.remove(fake::CONTROLLER), Failure::Controller)]
#[case::hidden_controller(
    |api: &FakeApi| api.refuse("GET", "/namespaces/argo/pods", 403, "pods is forbidden"),
    Failure::Rights
)]
#[case::another_scope(|api: &FakeApi| api.controller(&["--namespaced"]), Failure::Scope)]
#[case::held(|api: &FakeApi| api.refuse("POST", "/leases", 409, "it exists"), Failure::InUse)]
#[case::no_lease(|api: &FakeApi| api.refuse("POST", "/leases", 500, "etcd is slow"), Failure::SetUp)]
#[case::no_role(|api: &FakeApi| api.refuse("PATCH", "/roles/", 403, "no"), Failure::SetUp)]
#[case::pod_security(|api: &FakeApi| api.workflow(message(SECURITY)), Failure::PodSecurity)]
#[case::quota_field(|api: &FakeApi| api.workflow(message(NO_FIELD)), Failure::QuotaField)]
#[case::quota_used(
    |api: &FakeApi| api.workflow(json!({ "phase": "Running", "nodes": { "a": { "message": USED } } })),
    Failure::QuotaUsed
)]
#[case::limit_range(|api: &FakeApi| api.workflow(message(RANGE)), Failure::LimitRange)]
#[case::denied_pod(|api: &FakeApi| api.workflow(message(DENIED)), Failure::Admission)]
#[case::forbidden_pod(|api: &FakeApi| api.workflow(message(FORBIDDEN)), Failure::ArgoRights)]
#[case::denied_workflow(|api: &FakeApi| api.refuse("POST", "/workflows", 403, DENIED), Failure::Admission)]
#[case::no_image(
    |api: &FakeApi| {
        api.workflow(json!({ "phase": "Running" }));
        api.pod(pod(&json!({ "phase": "Pending", "containerStatuses": [
            { "state": { "waiting": { "reason": "ErrImagePull", "message": "denied" } } }] })));
    },
    Failure::ImagePull
)]
#[case::no_node(
    |api: &FakeApi| {
        api.workflow(json!({ "phase": "Running" }));
        api.pod(pod(&json!({ "phase": "Pending", "conditions": [
            { "type": "PodScheduled", "status": "False", "reason": "Unschedulable" }] })));
    },
    Failure::Scheduling
)]
#[case::no_bucket(|api: &FakeApi| api.workflow(message(BUCKET)), Failure::StoreBucket)]
#[case::wrong_key(|api: &FakeApi| api.workflow(message(KEY)), Failure::StoreKeys)]
#[case::no_access(|api: &FakeApi| api.workflow(message(ACCESS)), Failure::StoreAccess)]
#[case::authority(|api: &FakeApi| api.workflow(message(AUTHORITY)), Failure::StoreCertificate)]
#[case::not_taken_up(|api: &FakeApi| api.workflow(json!({})), Failure::NotTakenUp)]
#[case::failed(|api: &FakeApi| api.workflow(message("exit code 64")), Failure::CanaryFailed)]
#[case::for_ever(|api: &FakeApi| api.workflow(json!({ "phase": "Running" })), Failure::CanarySlow)]
#[case::finalizer(FakeApi::keep_finalizers, Failure::NotDeleted)]
#[case::silent_watch(FakeApi::silence, Failure::WatchSilent)]
#[tokio::test(start_paused = true)]
async fn one_broken_thing_is_one_failure_with_a_remedy(
    #[case] break_it: Break,
    #[case] expected: Failure,
) {
    let bench = Bench::new();
    break_it(&bench.api);
    let report = bench.check().await;
    assert_eq!(failures(&report), [expected], "{:#?}", report.items);
    let remedy = report.failed().find_map(|item| item.remedy.clone()).expect("a remedy");
    assert!(remedy.starts_with(char::is_uppercase) && remedy.ends_with('.'), "{remedy}");
    let workflows = bench.api.left().into_iter().filter(|path| path.contains("/workflows/"));
    assert_eq!(workflows.count(), 0);
}

#[rstest]
#[case::not_prepared(|api: &FakeApi| api.put("/api/v1/namespaces/ns", &json!({})))]
#[case::no_right(|api: &FakeApi| api.forbid("workflows"))]
#[case::no_controller(|api: &FakeApi| api.remove(fake::CONTROLLER))]
#[tokio::test(start_paused = true)]
async fn nothing_is_written_before_the_questions_are_answered_well(#[case] break_it: Break) {
    let bench = Bench::new();
    break_it(&bench.api);
    let report = bench.check().await;
    assert_eq!(bench.api.made(), [Value::Null; 0]);
    assert!(item(&report, Topic::Canary).message.starts_with("no canary workflow"));
}

/// The client is a service account. `prepare` has another argument for it.
#[rstest]
#[case::no_right(|api: &FakeApi| api.forbid("workflows"))]
#[case::no_optional_right(|api: &FakeApi| api.forbid("nodes"))]
#[case::not_prepared(|api: &FakeApi| api.put("/api/v1/namespaces/ns", &json!({})))]
#[tokio::test(start_paused = true)]
async fn the_remedy_of_a_right_names_the_client(#[case] break_it: Break) {
    let bench = Bench::new();
    bench.api.user("system:serviceaccount:ci:tester");
    break_it(&bench.api);
    let report = bench.check().await;
    let remedies: Vec<&String> =
        report.items.iter().filter_map(|item| item.remedy.as_ref()).collect();
    let [remedy] = remedies.as_slice() else { panic!("{:#?}", report.items) };
    assert!(remedy.contains("`argo-conformance prepare ns --account ci:tester`"), "{remedy}");
}

/// A run without the right to read the settings does not know the instance ID.
#[rstest]
#[case::known(|_: &FakeApi| {}, false)]
#[case::unknown(|api: &FakeApi| api.refuse("GET", "/configmaps/workflow", 403, "no"), true)]
#[tokio::test(start_paused = true)]
async fn the_remedy_of_a_silent_controller_names_an_unknown_instance_id(
    #[case] break_it: Break,
    #[case] expected: bool,
) {
    let bench = Bench::new();
    bench.api.workflow(json!({}));
    break_it(&bench.api);
    let report = bench.check().await;
    assert_eq!(failures(&report), [Failure::NotTakenUp], "{:#?}", report.items);
    let remedy = report.failed().find_map(|item| item.remedy.clone()).expect("a remedy");
    assert_eq!(remedy.contains("--instance-id"), expected, "{remedy}");
}

#[tokio::test(start_paused = true)]
async fn every_failure_is_told_at_once() {
    let bench = Bench::new();
    bench.api.forbid("pods");
    bench.api.remove(fake::CONTROLLER);
    bench.api.put("/api/v1/namespaces/ns", &json!({}));
    let report = bench.check().await;
    let expected = [Failure::Controller, Failure::NotPrepared, Failure::Rights];
    assert_eq!(failures(&report), expected);
}

#[tokio::test(start_paused = true)]
async fn facts_that_block_nothing_are_notes() {
    let bench = Bench::new();
    bench.api.forbid("leases");
    let status = |ready: &str| json!({ "conditions": [{ "type": "Ready", "status": ready }] });
    bench.api.put("/api/v1/nodes/one", &json!({ "status": status("True") }));
    bench.api.put("/api/v1/nodes/two", &json!({ "status": status("Unknown") }));
    bench.api.put(
        fake::SETTINGS,
        &json!({ "data": { "config":
        "instanceID: mine\nworkflowDefaults: { spec: { podGC: { strategy: OnPodSuccess } } }" } }),
    );
    let report = bench.check().await;
    // The right to a Lease of a prepared namespace is required.
    assert_eq!(failures(&report), [Failure::Rights]);
    let notes: Vec<String> = report.notes().collect();
    let said = |part: &str| assert!(notes.iter().any(|note| note.contains(part)), "{notes:#?}");
    said("which replica of the workflow controller leads");
    said("1 of 2 nodes are not Ready");
    said("instanceID");
    said("the default podGC removes pods");
}

#[tokio::test(start_paused = true)]
async fn the_canary_has_the_instance_id_of_the_controller() {
    let bench = Bench::new();
    bench.api.put(fake::SETTINGS, &json!({ "data": { "instanceID": "mine" } }));
    bench.check().await;
    let made = bench.api.made();
    let workflow = made.iter().find(|made| made["kind"] == "Workflow").expect("a workflow");
    let labels = &workflow["metadata"]["labels"];
    assert_eq!(labels["workflows.argoproj.io/controller-instanceid"], "mine");
}
