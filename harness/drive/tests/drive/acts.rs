//! The effects of steps on the cluster, and the recorded answers.

use model::StepKind;
use model::history::{Change, EventKind, History, StepOutcome};
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::{Asked, Fault};
use crate::bench::{Bench, CHALLENGE, NAMESPACE, WORKFLOW, outcome, phase, plan, wait};

fn refused(words: &str) -> StepOutcome {
    StepOutcome::Refused(words.to_owned())
}

/// The pod that runs a node.
fn pod(name: &str, node: &str) -> Value {
    let annotations = json!({ "workflows.argoproj.io/node-name": format!("{WORKFLOW}.{node}") });
    let labels = json!({ "workflows.argoproj.io/workflow": WORKFLOW });
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": name, "uid": name,
        "namespace": NAMESPACE, "labels": labels, "annotations": annotations } })
}

fn delete_pod() -> StepKind {
    StepKind::DeletePod { node: "main".to_owned() }
}

fn lose_pod() -> StepKind {
    StepKind::LosePod { node: "main".to_owned() }
}

/// The history of a step that loses the node's pod. The pod has this spec and status.
async fn lost(spec: Value, status: Value) -> History {
    let bench = Bench::new().await;
    let seen = model::Fact::Pods(model::fact::PodFact::Seen {
        of: None,
        count: model::fact::Count::Exactly(1),
    });
    let mut run = bench.run(plan([wait(seen, 30), lose_pod()]));
    run.events.begun("await").await;
    let mut object = pod("p", "main");
    object["spec"] = spec;
    object["status"] = status;
    bench.api.put(&object);
    run.ended().await
}

fn apply(objects: &[Value]) -> StepKind {
    StepKind::Apply { objects: objects.to_vec(), file: "more.yaml".to_owned() }
}

fn quota(name: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": name } })
}

#[tokio::test(start_paused = true)]
async fn a_workflow_is_submitted_under_its_name_with_the_runs_label_and_our_image() {
    let bench = Bench::new().await;
    let history = bench.run(plan([])).ended().await;
    let made = bench.api.object("workflows", NAMESPACE, WORKFLOW).expect("a workflow");
    let labels = json!({ "mine": "yes", "argo-conformance/run": "run-1",
        "argo-conformance/challenge": CHALLENGE });
    assert_eq!(made["metadata"]["labels"], labels);
    assert_eq!(made["spec"]["templates"][0]["container"]["image"], "here/shell:2");
    let uid = made["metadata"]["uid"].as_str().expect("a uid").to_owned();
    assert_eq!(outcome(&history, "submit"), Some(StepOutcome::Done(uid)));
    let namespace = bench.api.object("namespaces", "", NAMESPACE).expect("a namespace");
    assert_eq!(namespace["metadata"]["labels"]["argo-conformance/run"], "run-1");
    assert_eq!(namespace["metadata"]["labels"]["argo-conformance/challenge"], CHALLENGE);
    assert_eq!((history.header.namespace.as_str(), history.header.run.as_str()), ("ns", "run-1"));
    assert_eq!(history.header.challenge.as_deref(), Some(CHALLENGE));
}

/// A fault, and whether the step was certainly not done.
#[rstest]
#[case::forbidden(Fault::Refuse(403, "you may not"), true, "you may not")]
#[case::invalid(Fault::Refuse(422, "no entrypoint"), true, "no entrypoint")]
#[case::there_already(Fault::Refuse(409, "it exists"), true, "it exists")]
#[case::too_many(Fault::Refuse(429, "slow down"), true, "slow down")]
#[case::server_error(Fault::Refuse(500, "etcd is slow"), false, "etcd is slow")]
#[case::timed_out(Fault::Refuse(504, "took too long"), false, "took too long")]
#[case::connection(Fault::Break, false, "connection reset")]
#[case::silence(Fault::Hang, false, "60s")]
#[tokio::test(start_paused = true)]
async fn only_what_was_certainly_not_done_is_refused(
    #[case] fault: Fault,
    #[case] certain: bool,
    #[case] words: &str,
) {
    let quotas = [quota("a")];
    let right = model::step::Right { verb: "get".to_owned(), resource: "pods".to_owned() };
    let table = [
        (None, "create", "/workflows"),
        (Some(delete_pod()), "delete", "/pods"),
        (Some(lose_pod()), "get", "/pods/p"),
        (Some(lose_pod()), "merge", "/pods/p/status"),
        (Some(apply(&quotas)), "apply", "/configmaps"),
        (Some(StepKind::Grant(right.clone())), "apply", "/roles/get-pods"),
        (Some(StepKind::Grant(right.clone())), "apply", "/rolebindings/get-pods"),
        (Some(StepKind::Revoke(right)), "delete", "/rolebindings"),
    ];
    for (act, verb, path) in table {
        let bench = Bench::new().await;
        bench.api.fault(verb, path, fault.clone());
        let step = act.as_ref().map_or("submit", StepKind::verb);
        let node = model::Fact::Pods(model::fact::PodFact::Phase {
            node: "main".to_owned(),
            phase: "Running".to_owned(),
        });
        let mut run = bench.run(plan(act.into_iter().flat_map(|a| [wait(node.clone(), 30), a])));
        run.events.begun("submit").await;
        let mut running = pod("p", "main");
        running["status"]["phase"] = json!("Running");
        bench.api.put(&running);
        let history = run.ended().await;
        match outcome(&history, step).expect("it ended") {
            StepOutcome::Refused(why) if certain => assert!(why.contains(words), "{step}: {why}"),
            StepOutcome::Unknown(why) if !certain => assert!(why.contains(words), "{step}: {why}"),
            other => panic!("{step} under {verb} {path}: {other:?}"),
        }
    }
}

#[rstest]
#[case(StepKind::Retry { parameters: Vec::new() }, "retry")]
#[case(StepKind::Resubmit { memoized: false }, "resubmit")]
#[case(StepKind::Stop, "stop")]
#[case(StepKind::Terminate, "terminate")]
#[case(StepKind::Suspend, "suspend")]
#[case(StepKind::Resume, "resume")]
#[case(StepKind::Delete, "delete")]
#[tokio::test(start_paused = true)]
async fn a_verb_is_argos_own_and_so_is_what_it_says(#[case] act: StepKind, #[case] verb: &str) {
    let words = format!("{verb} {WORKFLOW} --namespace {NAMESPACE}");
    let bench = Bench::new().await;
    bench.argo.answers(|_| (0, "workflow done\nwith two lines"));
    let history = bench.run(plan([act.clone()])).ended().await;
    let said = StepOutcome::Done("workflow done\nwith two lines".to_owned());
    assert_eq!(outcome(&history, verb), Some(said));
    assert_eq!(bench.argo.ran(), std::slice::from_ref(&words));

    let bench = Bench::new().await;
    bench.argo.answers(|_| (1, "FATA[0] cannot: it is running"));
    let next = wait(phase("Running"), 1);
    let history = bench.run(plan([act, next])).ended().await;
    let perhaps = format!("argo {verb} ended with exit code 1: FATA[0] cannot: it is running");
    assert_eq!(outcome(&history, verb), Some(StepOutcome::Unknown(perhaps)));
    assert_eq!(outcome(&history, "await"), None, "the plan ends there");
    assert_eq!(bench.argo.ran(), [words]);
}

#[tokio::test(start_paused = true)]
async fn a_retry_can_give_other_parameters() {
    let bench = Bench::new().await;
    let parameters = [("items", "[2, 3]"), ("who", "me")];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    bench.run(plan([StepKind::Retry { parameters: parameters.into() }])).ended().await;
    let words = "--parameter items=[2, 3] --parameter who=me";
    assert_eq!(bench.argo.ran(), [format!("retry {WORKFLOW} {words} --namespace {NAMESPACE}")]);
}

#[tokio::test(start_paused = true)]
async fn a_resubmission_can_keep_what_has_succeeded() {
    let bench = Bench::new().await;
    bench.run(plan([StepKind::Resubmit { memoized: true }])).ended().await;
    let words = format!("resubmit {WORKFLOW} --memoized --namespace {NAMESPACE}");
    assert_eq!(bench.argo.ran(), [words]);
}

#[tokio::test(start_paused = true)]
async fn an_argo_program_that_cannot_be_started_is_no_refusal_of_argo() {
    let mut bench = Bench::new().await;
    bench.installation.argo = "/nonexistent/argo".into();
    let history = bench.run(plan([StepKind::Stop])).ended().await;
    let Some(StepOutcome::Unknown(why)) = outcome(&history, "stop") else { panic!("{history:?}") };
    assert!(why.contains("/nonexistent/argo"), "{why}");
}

#[rstest]
#[case::the_watch_is_silent("watch")]
#[case::the_workflow_cannot_be_read("get")]
#[tokio::test(start_paused = true)]
async fn a_step_whose_effect_is_not_seen_is_unknown(#[case] verb: &'static str) {
    let bench = Bench::new().await;
    let api = bench.api.clone();
    bench.argo.answers(move |_| {
        api.fault(verb, "/workflows", Fault::Hang);
        api.close("workflows");
        api.edit("workflows", NAMESPACE, WORKFLOW, &json!({ "spec": { "suspend": true } }));
        (0, "suspended")
    });
    let history = bench.run(plan([StepKind::Suspend])).ended().await;
    let Some(StepOutcome::Unknown(why)) = outcome(&history, "suspend") else {
        panic!("{:?}", outcome(&history, "suspend"))
    };
    assert!(why.contains("30s"), "{why}");
}

/// The pod events of the watch and the outcome of the step that deletes a pod, in order.
fn of_the_pod(history: &History) -> Vec<String> {
    let told = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Observed(seen) if seen.change != Change::Added => {
            let deleting = seen.object["metadata"]["deletionTimestamp"].is_string();
            Some(format!("{:?} deleting={deleting}", seen.change))
        }
        EventKind::StepEnded { step, outcome } if step == "delete-pod" => {
            Some(format!("{outcome:?}"))
        }
        _ => None,
    });
    told.collect()
}

#[rstest]
#[case::at_once(&[], "Deleted deleting=true")]
#[case::with_a_finalizer(&["workflows.argoproj.io/status"], "Modified deleting=true")]
#[tokio::test(start_paused = true)]
async fn a_pod_is_deleted_when_the_watch_has_told_so(
    #[case] finalizers: &[&str],
    #[case] told: &str,
) {
    let bench = Bench::new().await;
    let node = model::Fact::Pods(model::fact::PodFact::Seen {
        of: None,
        count: model::fact::Count::Exactly(1),
    });
    let mut run = bench.run(plan([wait(node, 30), delete_pod()]));
    run.events.begun("await").await;
    // A watch that lags is closed, and opened again after a pause.
    let api = bench.api.clone();
    bench.api.on_request(move |asked| {
        if asked.is("delete", "/pods/p") {
            api.close("pods");
        }
    });
    let mut object = pod("p", "main");
    object["metadata"]["finalizers"] = json!(finalizers);
    bench.api.put(&object);
    let history = run.ended().await;
    let done = StepOutcome::Done("deleted pod p".to_owned());
    assert_eq!(of_the_pod(&history), [told.to_owned(), format!("{done:?}")]);
    let asked = bench.api.asked().into_iter().find(|asked| asked.verb == "delete");
    assert_eq!(asked.expect("a deletion").body["gracePeriodSeconds"], 0);
}

#[rstest]
#[case::none(&[], "node main has 0 pods: []")]
#[case::of_another_node(&[("p", "other")], "node main has 0 pods: []")]
#[case::two(&[("p", "main"), ("q", "main")], r#"node main has 2 pods: ["p", "q"]"#)]
#[tokio::test(start_paused = true)]
async fn a_pod_that_is_not_known_is_not_deleted(
    #[case] pods: &[(&str, &str)],
    #[case] words: &str,
) {
    let bench = Bench::new().await;
    let count = model::fact::Count::Exactly(pods.len());
    let all = model::Fact::Pods(model::fact::PodFact::Seen { of: None, count });
    let mut run = bench.run(plan([wait(all, 30), delete_pod()]));
    run.events.begun("submit").await;
    for (name, node) in pods {
        bench.api.put(&pod(name, node));
    }
    let history = run.ended().await;
    assert_eq!(outcome(&history, "delete-pod"), Some(refused(words)));
    assert_eq!(bench.api.count("delete", "/pods"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_pod_is_lost_while_its_containers_run() {
    let spec = json!({ "containers": [{ "name": "main", "image": "here/shell:2" }] });
    let history = lost(spec, json!({ "phase": "Pending", "reason": "stays" })).await;
    let done = StepOutcome::Done("pod p is Failed, and its containers run".to_owned());
    assert_eq!(outcome(&history, "lose-pod"), Some(done));
    let status = history.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Observed(seen) => Some(&seen.object["status"]),
        _ => None,
    });
    let running = json!({ "name": "main", "image": "here/shell:2", "imageID": "", "ready": true,
        "restartCount": 0, "state": { "running": {} } });
    let expected = json!({ "phase": "Failed", "reason": "stays", "containerStatuses": [running] });
    assert_eq!(status, Some(&expected));
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_a_kubelet_speaks_for_is_not_lost() {
    let history = lost(json!({ "nodeName": "one", "containers": [] }), json!({})).await;
    let why = "pod p is on one, whose kubelet would say otherwise";
    assert_eq!(outcome(&history, "lose-pod"), Some(refused(why)));
}

#[tokio::test(start_paused = true)]
async fn objects_are_applied_in_the_namespace_with_the_runs_label() {
    let bench = Bench::new().await;
    let history = bench.run(plan([apply(&[quota("a"), quota("b")])])).ended().await;
    let said = StepOutcome::Done("applied 2 objects".to_owned());
    assert_eq!(outcome(&history, "apply"), Some(said));
    for name in ["a", "b"] {
        let made = bench.api.object("configmaps", NAMESPACE, name).expect("it is there");
        assert_eq!(made["metadata"]["labels"]["argo-conformance/run"], "run-1");
    }
}

#[tokio::test(start_paused = true)]
async fn a_workflow_that_is_applied_has_our_image_too() {
    let other = json!({ "apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow",
        "metadata": { "name": "other" },
        "spec": { "templates": [{ "container": { "image": "argo-conformance/shell:1" } }] } });
    let bench = Bench::new().await;
    bench.run(plan([apply(&[other])])).ended().await;
    let made = bench.api.object("workflows", NAMESPACE, "other").expect("it is there");
    assert_eq!(made["spec"]["templates"][0]["container"]["image"], "here/shell:2");
}

#[tokio::test(start_paused = true)]
async fn objects_of_which_only_some_are_refused_are_not_certainly_not_there() {
    let bench = Bench::new().await;
    bench.api.fault("apply", "/configmaps/b", Fault::Refuse(403, "you may not"));
    let history = bench.run(plan([apply(&[quota("a"), quota("b")])])).ended().await;
    let said = StepOutcome::Unknown("applied 1 of 2 objects; ConfigMap b: you may not".to_owned());
    assert_eq!(outcome(&history, "apply"), Some(said));
}

#[tokio::test(start_paused = true)]
async fn a_step_is_in_the_file_before_it_is_done() {
    let bench = Bench::new().await;
    let path = bench.history();
    let begun = move |step: &str| {
        let text = std::fs::read_to_string(&path).expect("a history");
        let last = text.lines().rfind(|line| line.contains("\"step_")).expect("a step").to_owned();
        assert!(last.contains(&format!(r#""step_begun":{{"step":"{step}""#)), "{step}: {last}");
    };
    let checked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let (list, look) = (checked.clone(), begun.clone());
    let table = [
        ("create", "/workflows", "submit"),
        ("apply", "/roles/get-pods", "grant"),
        ("delete", "/rolebindings", "revoke"),
        ("apply", "/configmaps", "apply"),
        ("delete", "/pods", "delete-pod"),
    ];
    bench.api.on_request(move |asked: &Asked| {
        for (verb, path, step) in table {
            if asked.is(verb, path) {
                look(step);
                list.lock().expect("a list").push(step);
            }
        }
    });
    bench.argo.answers(move |_| {
        begun("stop");
        (0, "stopped")
    });
    let right = model::step::Right { verb: "get".to_owned(), resource: "pods".to_owned() };
    let there = model::Fact::Pods(model::fact::PodFact::Seen {
        of: None,
        count: model::fact::Count::Exactly(1),
    });
    let acts = [
        StepKind::Grant(right.clone()),
        StepKind::Revoke(right),
        apply(&[quota("a")]),
        StepKind::Stop,
    ];
    let mut run = bench.run(plan(acts.into_iter().chain([wait(there, 30), delete_pod()])));
    run.events.begun("submit").await;
    bench.api.put(&pod("p", "main"));
    run.ended().await;
    let steps = ["submit", "grant", "revoke", "apply", "delete-pod"];
    assert_eq!(*checked.lock().expect("a list"), steps);
    assert_eq!(bench.argo.ran().len(), 1);
}
