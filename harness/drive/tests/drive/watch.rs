//! Watches: every event in order, and every gap.

use drive::watch::Watches;
use model::history::{Change, EventKind, Kind};
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::{FakeApi, Fault, controller};
use crate::bench::{Bench, Events};

const WORKFLOWS: &str = "/argoproj.io/v1alpha1/workflows";

fn object(kind: &str, namespace: &str, name: &str) -> Value {
    json!({ "apiVersion": "any/v1", "kind": kind,
        "metadata": { "name": name, "namespace": namespace, "managedFields": [{ "long": 1 }] } })
}

fn workflow(name: &str) -> Value {
    object("Workflow", "ns", name)
}

/// The next recorded object.
async fn seen(events: &mut Events) -> (Change, String) {
    let name = |object: &Value| object["metadata"]["name"].as_str().unwrap_or("?").to_owned();
    let tell = |what: &EventKind| match what {
        EventKind::Observed(seen) => Some((seen.change, name(&seen.object))),
        EventKind::Gap { reason, .. } => panic!("a gap: {reason}"),
        _ => None,
    };
    events.next(tell).await
}

#[rstest]
#[case::workflow("Workflow", "workflows", Kind::Workflow)]
#[case::pod("Pod", "pods", Kind::Pod)]
#[case::task_result("WorkflowTaskResult", "workflowtaskresults", Kind::TaskResult)]
#[case::gc_task("WorkflowArtifactGCTask", "workflowartifactgctasks", Kind::GcTask)]
#[tokio::test(start_paused = true)]
async fn every_change_of_every_kind_comes_in_order(
    #[case] name: &str,
    #[case] path: &str,
    #[case] kind: Kind,
) {
    let bench = Bench::new().await;
    let (_, mut events) = bench.record("ns");
    bench.api.put(&object(name, "ns", "a"));
    for step in 0..20 {
        bench.api.edit(path, "ns", "a", &json!({ "status": { "step": step } }));
    }
    bench.api.delete(path, "ns", "a");
    let tell = |what: &EventKind| match what {
        EventKind::Observed(seen) => Some((seen.kind, seen.change, seen.object.clone())),
        _ => None,
    };
    let mut all = Vec::new();
    for _ in 0..22 {
        all.push(events.next(tell).await);
    }
    assert!(all.iter().all(|(k, ..)| *k == kind));
    let changes: Vec<Change> = all.iter().map(|(_, change, _)| *change).collect();
    let mut expected = [Change::Modified; 22];
    (expected[0], expected[21]) = (Change::Added, Change::Deleted);
    assert_eq!(changes, expected);
    let steps: Vec<_> = all.iter().filter_map(|(.., o)| o["status"]["step"].as_u64()).collect();
    assert_eq!(steps, (0..20).chain([19]).collect::<Vec<_>>(), "the last one is the deleted one");
    assert!(all.iter().all(|(.., o)| o["metadata"]["managedFields"].is_null()), "only noise");
}

/// The value can be a key of the object store: Argo puts its settings into each pod.
#[tokio::test(start_paused = true)]
async fn values_of_the_environment_of_a_pod_are_not_recorded() {
    let bench = Bench::new().await;
    let (_, mut events) = bench.record("ns");
    let mut pod = object("Pod", "ns", "a");
    pod["spec"] = json!({ "containers": [{ "name": "main", "env": [
        { "name": "AWS_SECRET_ACCESS_KEY", "value": "the-key" },
        { "name": "ARGO_TEMPLATE", "value": "{}" } ] }] });
    bench.api.put(&pod);
    let tell = |what: &EventKind| match what {
        EventKind::Observed(seen) => Some(seen.object["spec"]["containers"][0]["env"].clone()),
        _ => None,
    };
    let expected = json!([{ "name": "AWS_SECRET_ACCESS_KEY" },
        { "name": "ARGO_TEMPLATE", "value": "{}" }]);
    assert_eq!(events.next(tell).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_history_begins_with_how_far_each_watch_is() {
    let bench = Bench::new().await;
    let (_, mut events) = bench.record("ns");
    let mut kinds = Vec::new();
    for _ in Kind::ALL {
        let watching = |what: &EventKind| match what {
            EventKind::Bookmark { kind, version, .. } => Some((*kind, version.clone())),
            other => panic!("before the watches: {other:?}"),
        };
        let (kind, version) = events.next(watching).await;
        assert_eq!(version, "2", "the node and the controller were there before");
        kinds.push(kind);
    }
    assert_eq!(kinds, Kind::ALL);
}

#[tokio::test(start_paused = true)]
async fn namespaces_are_kept_apart() {
    let bench = Bench::new().await;
    let (_, mut one) = bench.record("one");
    let (recorder, mut two) = bench.record("two");
    for (namespace, name) in [("two", "a"), ("one", "b"), ("three", "c"), ("two", "d")] {
        bench.api.put(&object("Workflow", namespace, name));
    }
    for name in ["a", "d"] {
        assert_eq!(seen(&mut two).await, (Change::Added, name.to_owned()));
    }
    bench.watches.remove("two");
    for (namespace, name) in [("two", "e"), ("one", "f")] {
        bench.api.put(&object("Workflow", namespace, name));
    }
    for name in ["b", "f"] {
        assert_eq!(seen(&mut one).await, (Change::Added, name.to_owned()));
    }
    let removed = recorder.changes().borrow().n;
    bench.api.until_asked("list-metadata", WORKFLOWS, 5).await;
    assert_eq!(recorder.changes().borrow().n, removed, "nothing more, and no marks");
}

#[tokio::test(start_paused = true)]
async fn a_bookmark_moves_the_version_from_which_a_watch_resumes() {
    let bench = Bench::new().await;
    let (_, mut events) = bench.record("ns");
    bench.api.until_asked("watch", WORKFLOWS, 1).await;
    bench.api.put(&workflow("a"));
    assert_eq!(seen(&mut events).await.1, "a");
    // Objects of other kinds change meanwhile. The version rises, and this watch gets a bookmark
    // alone.
    bench.api.put(&object("Secret", "ns", "s"));
    bench.api.put(&object("Secret", "ns", "t"));
    let resumed_from = async |count| {
        bench.api.close("workflows");
        bench.api.until_asked("watch", WORKFLOWS, count).await;
        let asked = bench.api.asked().into_iter().rfind(|a| a.is("watch", WORKFLOWS));
        asked.expect("a watch").query["resourceVersion"].clone()
    };
    assert_eq!(resumed_from(2).await, "3", "the workflow's own");
    bench.api.bookmark("workflows");
    assert_eq!(resumed_from(3).await, "5", "the bookmark's");
}

#[derive(Clone, Copy, Debug)]
enum End {
    Closed,
    Broken,
    ErrorSaid,
    ReopeningRefused,
    ReopeningBroken,
}

#[rstest]
#[case::closed(End::Closed)]
#[case::broken(End::Broken)]
#[case::error_said(End::ErrorSaid)]
#[case::reopening_refused(End::ReopeningRefused)]
#[case::reopening_broken(End::ReopeningBroken)]
#[tokio::test(start_paused = true)]
async fn a_watch_that_ends_is_resumed_without_a_gap(#[case] end: End) {
    let bench = Bench::new().await;
    let (_, mut events) = bench.record("ns");
    bench.api.put(&workflow("a"));
    assert_eq!(seen(&mut events).await, (Change::Added, "a".to_owned()));
    match end {
        End::Closed => bench.api.close("workflows"),
        End::Broken => bench.api.break_off("workflows"),
        End::ErrorSaid => {
            let status = json!({ "status": "Failure", "code": 500, "message": "etcd is slow" });
            bench.api.say("workflows", &json!({ "type": "ERROR", "object": status }));
            bench.api.close("workflows");
        }
        End::ReopeningRefused | End::ReopeningBroken => {
            let refused = Fault::Refuse(503, "starting");
            let fault = if matches!(end, End::ReopeningBroken) { Fault::Break } else { refused };
            bench.api.fault("watch", WORKFLOWS, fault);
            bench.api.close("workflows");
            bench.api.until_asked("watch", WORKFLOWS, 4).await;
        }
    }
    // No watch is open now.
    bench.api.put(&workflow("b"));
    bench.api.delete("workflows", "ns", "a");
    bench.api.mend();
    assert_eq!(seen(&mut events).await, (Change::Added, "b".to_owned()));
    assert_eq!(seen(&mut events).await, (Change::Deleted, "a".to_owned()));
    assert_eq!(bench.watches.trouble(), None);
}

/// Ends a watch whose version then expires.
fn lose(api: &FakeApi, how: &str) {
    match how {
        "told when reopened" => {
            api.forget("workflows");
            api.close("workflows");
        }
        "told in the stream" => {
            let status = json!({ "status": "Failure", "code": 410, "message": "too old" });
            api.say("workflows", &json!({ "type": "ERROR", "object": status }));
        }
        _ => {
            api.fault_once("watch", WORKFLOWS, Fault::Refuse(410, "too old resource version"));
            api.close("workflows");
        }
    }
}

#[rstest]
#[case("told when reopened")]
#[case("told in the stream")]
#[case("the answer's own status")]
#[tokio::test(start_paused = true)]
async fn what_can_no_longer_be_had_is_a_gap_in_every_history(#[case] how: &str) {
    let bench = Bench::new().await;
    let (_, mut one) = bench.record("ns");
    let (_, mut two) = bench.record("other");
    bench.api.put(&workflow("a"));
    assert_eq!(seen(&mut one).await.1, "a");
    bench.api.put(&object("Secret", "ns", "s"));
    lose(&bench.api, how);
    bench.api.put(&workflow("b"));
    for events in [&mut one, &mut two] {
        let gap = |what: &EventKind| match what {
            EventKind::Gap { kind, reason } => Some((*kind, reason.clone())),
            _ => None,
        };
        let (kind, reason) = events.next(gap).await;
        assert_eq!(kind, Kind::Workflow);
        assert!(reason.contains("too old"), "{reason}");
    }
    for name in ["a", "b"] {
        assert_eq!(seen(&mut one).await, (Change::Found, name.to_owned()), "by the list");
    }
    bench.api.put(&workflow("c"));
    assert_eq!(seen(&mut one).await, (Change::Added, "c".to_owned()), "by the watch again");
}

#[tokio::test(start_paused = true)]
async fn a_watch_that_is_lost_is_trouble_until_it_is_listed_again() {
    let bench = Bench::new().await;
    let (_, mut events) = bench.record("ns");
    bench.api.until_asked("watch", WORKFLOWS, 1).await;
    bench.api.fault("list", WORKFLOWS, Fault::Hang);
    bench.api.forget("pods");
    lose(&bench.api, "told in the stream");
    bench.api.until_asked("list", WORKFLOWS, 2).await;
    let trouble = bench.watches.trouble().expect("it is lost, and nothing is listed yet");
    assert_eq!(trouble, "watch of workflows: too old");
    bench.api.mend();
    let gap = |what: &EventKind| matches!(what, EventKind::Gap { .. }).then_some(());
    events.next(gap).await;
    bench.api.until_asked("watch", WORKFLOWS, 2).await;
    bench.api.put(&workflow("a"));
    assert_eq!(seen(&mut events).await, (Change::Added, "a".to_owned()));
    assert_eq!(bench.watches.trouble(), None);
}

#[tokio::test(start_paused = true)]
async fn a_refused_list_is_trouble_and_not_nothing_seen() {
    let bench = Bench::new().await;
    bench.api.fault("list", "workflowtaskresults", Fault::Refuse(403, "you may not"));
    let error = Watches::start(&bench.installation, 1).await.err().expect("it is refused");
    assert_eq!(error.to_string(), "failed to watch TaskResult");
    let cause = std::error::Error::source(&error).expect("a cause").to_string();
    assert!(cause.contains("you may not"), "{cause}");
}

#[rstest]
#[case::refused(Fault::Refuse(403, "you may not"), "you may not")]
#[case::broken(Fault::Break, "connection reset")]
#[case::silent(Fault::Hang, "no answer within 5s")]
#[tokio::test(start_paused = true)]
async fn a_watch_that_cannot_be_opened_is_trouble(#[case] fault: Fault, #[case] why: &str) {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    assert_eq!(bench.watches.trouble(), None);
    bench.api.fault("watch", "/pods", fault);
    bench.api.close("pods");
    bench.api.until_asked("watch", "/pods", 3).await;
    let trouble = bench.watches.trouble().expect("the pods are not watched");
    assert!(trouble.starts_with("watch of pods: ") && trouble.contains(why), "{trouble}");
    bench.api.mend();
    let (_, mut events) = bench.record("ns");
    bench.api.put(&object("Pod", "ns", "a"));
    assert_eq!(seen(&mut events).await, (Change::Added, "a".to_owned()));
    assert_eq!(bench.watches.trouble(), None);
}

#[rstest]
#[case::closed(None)]
#[case::expired(Some(Fault::Refuse(410, "too old resource version")))]
#[tokio::test(start_paused = true)]
async fn a_watch_that_ends_at_once_is_not_reopened_without_a_pause(#[case] fault: Option<Fault>) {
    let bench = Bench::new().await;
    let api = bench.api.clone();
    bench.api.until_asked("watch", "/pods", 1).await;
    match fault {
        Some(fault) => bench.api.fault("watch", "/pods", fault),
        None => bench.api.hang_up("pods"),
    }
    bench.api.close("pods");
    let _ = tokio::time::timeout(std::time::Duration::from_secs(10), async {
        api.until_asked("watch", "/pods", 1_000).await;
    })
    .await;
    let count = api.count("watch", "/pods");
    assert!((10..=50).contains(&count), "{count} requests in ten seconds");
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_goes_away_unseen_is_gone() {
    let bench = Bench::new().await;
    let (_, mut events) = bench.record("ns");
    bench.api.until_asked("watch", "/pods", 1).await;
    assert_eq!(
        bench.watches.controller().present().map(|replica| replica.pod.uid.as_str()),
        Some("c1")
    );
    bench.api.close("pods");
    bench.api.delete("pods", "argo", "workflow-controller-c1");
    bench.api.forget("pods");
    let again = |what: &EventKind| matches!(what, EventKind::Bookmark { .. }).then_some(());
    events.next(|what| matches!(what, EventKind::Gap { .. }).then_some(())).await;
    events.next(again).await;
    assert_eq!(bench.watches.controller().present(), None);
    bench.api.put(&controller("c2", 0, true));
    bench.api.put(&object("Pod", "ns", "a"));
    assert_eq!(seen(&mut events).await.1, "a");
    assert_eq!(
        bench.watches.controller().present().map(|replica| replica.pod.uid.as_str()),
        Some("c2")
    );
}
