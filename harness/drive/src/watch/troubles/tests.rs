use std::time::Duration;

use model::CaseTrouble::{
    self, Admission, Eviction, ExecutorWait, ImagePull, LimitRange, ObjectStore, Parallelism,
    PodSecurity, Quota, Rights, Scheduling, Throttling,
};
use model::history::{Change, Kind, Part};
use rstest::rstest;
use serde_json::{Value, json};

use super::Troubles;

fn waiting(reason: &str) -> Value {
    json!({ "phase": "Pending", "initContainerStatuses": [{ "state": { "waiting": {
        "reason": reason, "message": "why" } } }] })
}

fn condition(name: &str, status: &str, reason: &str) -> Value {
    json!({ "phase": "Pending", "conditions": [
        { "type": "Initialized", "status": "True" },
        { "type": name, "status": status, "reason": reason, "message": "why" },
    ] })
}

fn ready(containers: &str, pod: &str) -> Value {
    json!({ "phase": "Running", "conditions": [
        { "type": "ContainersReady", "status": containers }, { "type": "Ready", "status": pod },
    ] })
}

fn given_up(reason: &str) -> Value {
    json!({ "phase": "Failed", "reason": reason, "message": "why" })
}

#[rstest]
#[case(waiting("ErrImagePull"), ImagePull, "it lacks an image of pod p: ErrImagePull: why")]
#[case(waiting("ImagePullBackOff"), ImagePull, "it lacks an image of pod p: ImagePullBackOff: why")]
#[case(
    waiting("ErrImageNeverPull"),
    ImagePull,
    "it lacks an image of pod p: ErrImageNeverPull: why"
)]
#[case(waiting("InvalidImageName"), ImagePull, "it lacks an image of pod p: InvalidImageName: why")]
#[case(
    condition("PodScheduled", "False", "Unschedulable"),
    Scheduling,
    "there is none for pod p: Unschedulable: why"
)]
#[case(
    condition("DisruptionTarget", "True", "PreemptionByScheduler"),
    Eviction,
    "it gave up pod p: PreemptionByScheduler: why"
)]
#[case(given_up("Evicted"), Eviction, "it gave up pod p: Evicted: why")]
#[case(given_up("Preempting"), Eviction, "it gave up pod p: Preempting: why")]
#[case(given_up("NodeLost"), Eviction, "it gave up pod p: NodeLost: why")]
#[case(given_up("OutOfcpu"), Eviction, "it gave up pod p: OutOfcpu: why")]
#[case(ready("True", "False"), Eviction, "it is not Ready, as pod p shows")]
fn trouble_of_a_pod_is_trouble_of_its_node(
    #[case] status: Value,
    #[case] trouble: CaseTrouble,
    #[case] words: &str,
) {
    let pod = json!({ "metadata": { "name": "p" }, "status": status });
    let mut troubles = Troubles::but(&[]);
    let expected = Some((Part::Node, words.to_owned()));
    assert_eq!(troubles.see(Kind::Pod, Change::Modified, &pod), expected);
    assert_eq!(troubles.see(Kind::Pod, Change::Modified, &pod), None, "it is told once");
    let healthy = json!({ "metadata": { "name": "p" }, "status": { "phase": "Running" } });
    assert_eq!(troubles.see(Kind::Pod, Change::Modified, &healthy), None);
    assert_eq!(troubles.of(Part::Node).as_deref(), Some(words), "and stays");
    assert_eq!(troubles.of(Part::Api), None);
    let mut wanted = Troubles::but(&[trouble]);
    assert_eq!(wanted.see(Kind::Pod, Change::Modified, &pod), None, "the case brings it about");
    assert_eq!(wanted.of(Part::Node), None);
}

/// The kubelet's words for the two ways in which an image does not fit `runAsNonRoot`.
#[rstest]
#[case::root("container has runAsNonRoot and image will run as root (pod: \"p\", container: main)")]
#[case::named_user(
    "container has runAsNonRoot and image has non-numeric user (nobody), cannot verify user is non-root"
)]
fn a_pod_that_may_not_run_as_its_user_is_trouble(#[case] message: &str) {
    let waiting = json!({ "reason": "CreateContainerConfigError", "message": message });
    let pod = json!({ "metadata": { "name": "p" }, "status": {
        "phase": "Pending", "containerStatuses": [{ "state": { "waiting": waiting } }] } });
    let words = format!("no container of pod p may run as its user: {message}");
    assert_eq!(Troubles::but(&[]).see(Kind::Pod, Change::Modified, &pod), Some((Part::Api, words)));
    assert_eq!(Troubles::but(&[PodSecurity]).see(Kind::Pod, Change::Modified, &pod), None);
}

#[rstest]
#[case::running(json!({ "phase": "Running" }))]
#[case::being_created(waiting("ContainerCreating"))]
#[case::wrong_configuration(waiting("CreateContainerConfigError"))]
#[case::scheduled(condition("PodScheduled", "True", ""))]
#[case::gated(condition("PodScheduled", "False", "SchedulingGated"))]
#[case::not_ready(condition("Ready", "False", "ContainersNotReady"))]
#[case::ready(ready("True", "True"))]
#[case::container_not_ready(ready("False", "False"))]
#[case::no_longer_disrupted(condition("DisruptionTarget", "False", ""))]
#[case::deadline(given_up("DeadlineExceeded"))]
#[case::failed(json!({ "phase": "Failed", "message": "exit code 1" }))]
fn what_is_no_trouble(#[case] status: Value) {
    let pod = json!({ "metadata": { "name": "p" }, "status": status });
    assert_eq!(Troubles::but(&[]).see(Kind::Pod, Change::Modified, &pod), None);
}

/// Another controller decides whether such a pod is Ready.
#[test]
fn a_pod_with_a_readiness_gate_tells_nothing_of_its_node() {
    let pod = json!({ "metadata": { "name": "p" },
        "spec": { "readinessGates": [{ "conditionType": "example.com/in-service" }] },
        "status": ready("True", "False") });
    assert_eq!(Troubles::but(&[]).see(Kind::Pod, Change::Modified, &pod), None);
}

const QUOTA: &str = "pods \"w\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1";
const NO_LIMIT: &str = "pods \"w\" is forbidden: failed quota: q: must specify limits.cpu";
const RANGE: &str =
    "pods \"w\" is forbidden: maximum memory usage per Container is 1Mi, but limit is 2Mi";
const RATIO: &str = "pods \"w\" is forbidden: cpu max limit to request ratio per Container is 2";
const SECURITY: &str =
    "pods \"w\" is forbidden: violates PodSecurity \"restricted:latest\": hostPath";
const DENIED: &str = "admission webhook \"policy.example.com\" denied the request: no";
const UNCALLED: &str =
    "Internal error occurred: failed calling webhook \"a.b\": connection refused";
const POLICY: &str =
    "pods \"w\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request";
const TERMINATED: &str = "pods \"w\" is forbidden: unable to create new content in namespace ns \
    because it is being terminated";
const NO_ACCOUNT: &str = "pods \"w\" is forbidden: error looking up service account ns/default: \
    serviceaccount \"default\" not found";
const FORBIDDEN: &str = "pods is forbidden: User \"system:serviceaccount:argo:argo\" cannot create \
    resource \"pods\" in API group \"\" in the namespace \"ns\"";
const LIMITER: &str = "client rate limiter Wait returned an error: context deadline exceeded";
const MANY: &str = "the server has received too many requests and has asked us to try again later";
const RATE: &str = "resource creation rate-limit reached";
const NO_STORE: &str = "Error (exit code 64): failed to put file: Put \"http://10.0.0.1:9000/b/k\": \
    dial tcp 10.0.0.1:9000: connect: connection refused";
const SLOW_STORE: &str = "failed to get file: SlowDown: Please reduce your request rate.";
const NO_BUCKET: &str = "failed to put file: The specified bucket does not exist";
const WRONG_KEY: &str = "failed to put file: The request signature we calculated does not match the \
    signature you provided. Check your key and signing method.";
const AUTHORITY: &str = "failed to put file: tls: failed to verify certificate: x509: certificate \
    signed by unknown authority";
const LOW: &str = "The node was low on resource: memory.";

#[rstest]
#[case(QUOTA, Quota)]
#[case(NO_LIMIT, Quota)]
#[case(RANGE, LimitRange)]
#[case(RATIO, LimitRange)]
#[case(SECURITY, PodSecurity)]
#[case(DENIED, Admission)]
#[case(UNCALLED, Admission)]
#[case(POLICY, Admission)]
#[case(TERMINATED, Admission)]
#[case(NO_ACCOUNT, Admission)]
#[case(FORBIDDEN, Rights)]
#[case(LIMITER, Throttling)]
#[case(MANY, Throttling)]
#[case(LOW, Eviction)]
#[case(RATE, Throttling)]
#[case(NO_STORE, ObjectStore)]
#[case(SLOW_STORE, ObjectStore)]
#[case(NO_BUCKET, ObjectStore)]
#[case(WRONG_KEY, ObjectStore)]
#[case(AUTHORITY, ObjectStore)]
#[case("failed to put file: Access Denied.", ObjectStore)]
#[case(
    "failed to put file: Storage backend has reached its minimum free drive threshold.",
    ObjectStore
)]
fn trouble_is_recognized_by_what_a_workflow_says(
    #[case] message: &str,
    #[case] trouble: CaseTrouble,
    #[values("/status", "/status/nodes/a", "/status/conditions/0")] place: &str,
) {
    let mut workflow = json!({ "status": {
        "message": "fine", "nodes": { "a": {}, "b": { "message": "fine" } }, "conditions": [{}] } });
    workflow.pointer_mut(place).expect("a place")["message"] = json!(message);
    let words = format!("a node of the workflow says: {message}");
    let expected = Some((trouble.part(), words));
    assert_eq!(Troubles::but(&[]).see(Kind::Workflow, Change::Modified, &workflow), expected);
    assert_eq!(Troubles::but(&[trouble]).see(Kind::Workflow, Change::Modified, &workflow), None);
}

/// Neither hides the other.
#[test]
fn trouble_beside_what_is_expected_is_trouble() {
    let node = |message: &str| json!({ "message": message });
    let workflow = json!({ "status": { "nodes": { "a": node(QUOTA), "b": node(DENIED) } } });
    let said = Troubles::but(&[Quota]).see(Kind::Workflow, Change::Modified, &workflow);
    assert_eq!(said.map(|(part, _)| part), Some(Part::Api));
}

#[rstest]
#[case("Error (exit code 1): exceeded the deadline")]
#[case("admission of nobody: 429 items")]
#[case("Error (exit code 1): Access Denied.")]
#[case("failed to get file: The specified key does not exist.")]
#[case("Error (exit code 1): dial tcp 10.0.0.1:80: connect: connection refused")]
#[case("workflow shutdown with strategy: Stop")]
fn what_says_something_else_is_no_trouble(#[case] message: &str) {
    let workflow = json!({ "status": { "message": message } });
    assert_eq!(Troubles::but(&[]).see(Kind::Workflow, Change::Modified, &workflow), None);
}

/// The nodes of a workflow as Argo compresses them: one says `exceeded quota`.
const COMPRESSED: &str = "H4sIAAAAAAACA1XLPQ7CMAyG4atYngtS10iMrIgDdDG1C5Fo8+NEpap6d5pUDEz+nlfyivNwatHAipb3c7ABnGiUw0Vs1b9puf3FtPiqu+NC/yKtvsboYimjqNKzNu9YodsfOwSrMLj4sMwyGZBPL8LCELJLZCA0ECVk0SRsflPPvc+XFrftC9POHc+xAAAA";

#[rstest]
#[case::compressed(json!({ "phase": "Error", "compressedNodes": COMPRESSED }), Some("exceeded quota: q"))]
#[case::no_gzip(json!({ "phase": "Error", "compressedNodes": "AAAA" }), Some("cannot be read"))]
#[case::offloaded(json!({ "phase": "Failed", "offloadNodeStatusVersion": "fnv:1" }), Some("offloaded"))]
#[case::offloaded_and_well(json!({ "phase": "Succeeded", "offloadNodeStatusVersion": "fnv:1" }), None)]
#[case::offloaded_and_running(json!({ "phase": "Running", "offloadNodeStatusVersion": "fnv:1" }), None)]
fn trouble_is_told_by_nodes_that_are_elsewhere(
    #[case] status: Value,
    #[case] expected: Option<&str>,
) {
    let workflow = json!({ "status": status });
    let found = Troubles::but(&[]).see(Kind::Workflow, Change::Modified, &workflow);
    match (found, expected) {
        (Some((Part::Api, words)), Some(expected)) => assert!(words.contains(expected), "{words}"),
        (found, expected) => assert_eq!((found, expected), (None, None)),
    }
}

/// A controller without a limit postpones a workflow for a moment too.
#[rstest]
#[case::a_moment(&[], 1, false)]
#[case::a_limit(&[], 6, true)]
#[case::an_expected_limit(&[Parallelism], 6, false)]
#[tokio::test(start_paused = true)]
async fn a_limit_of_parallel_workflows_is_trouble_by_its_time(
    #[case] expected: &[CaseTrouble],
    #[case] seconds: u64,
    #[case] trouble: bool,
) {
    let message = format!("Workflow processing has been {}", super::POSTPONED);
    let workflow = json!({ "status": { "phase": "Pending", "message": message } });
    let mut troubles = Troubles::but(expected);
    assert_eq!(troubles.see(Kind::Workflow, Change::Added, &workflow), None);
    tokio::time::advance(Duration::from_secs(seconds)).await;
    assert_eq!(troubles.of(Part::Controller).is_some(), trouble);
    let told = troubles.see(Kind::Workflow, Change::Modified, &json!({}));
    assert_eq!(told.map(|(part, _)| part), trouble.then_some(Part::Controller));
}

#[rstest]
#[case::a_moment(&[], 1, false)]
#[case::no_answer(&[], 7, true)]
#[case::an_expected_wait(&[ExecutorWait], 7, false)]
#[tokio::test(start_paused = true)]
async fn an_executor_without_an_answer_is_trouble_by_its_time(
    #[case] expected: &[CaseTrouble],
    #[case] seconds: u64,
    #[case] trouble: bool,
) {
    let pod = |state: &str| {
        json!({ "metadata": { "name": "p" }, "status": { "containerStatuses": [
            { "name": "main", "state": { "terminated": {} } },
            { "name": "wait", "state": { state: {} } },
        ] } })
    };
    let mut troubles = Troubles::but(expected);
    assert_eq!(troubles.see(Kind::Pod, Change::Modified, &pod("running")), None);
    tokio::time::advance(Duration::from_secs(seconds)).await;
    assert_eq!(troubles.of(Part::Api).is_some(), trouble);
    assert_eq!(troubles.of(Part::Node), None);
    let told = troubles.see(Kind::Pod, Change::Modified, &pod("terminated"));
    assert_eq!(told.map(|(part, _)| part), trouble.then_some(Part::Api));
}
