//! Health: the trouble of the environment, part by part.

use std::collections::BTreeMap;
use std::time::Duration;

use drive::health::Health;
use model::history::{EventKind, Part};
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::{FakeApi, Fault, controller};
use crate::bench::{Bench, Events};
use crate::nodes::{node, pod_on};

/// Number of probes of each part in a time, and the last result.
pub(crate) async fn said(
    events: &mut Events,
    seconds: u64,
) -> BTreeMap<Part, (usize, Option<String>)> {
    let mut all: BTreeMap<Part, (usize, Option<String>)> = BTreeMap::new();
    let _ = tokio::time::timeout(Duration::from_secs(seconds), async {
        loop {
            let (part, trouble) = events.next(probed).await;
            let entry = all.entry(part).or_default();
            *entry = (entry.0 + 1, trouble);
        }
    })
    .await;
    all
}

/// All trouble that was recorded in a time.
pub(crate) async fn troubles(events: &mut Events, seconds: u64) -> Vec<(Part, String)> {
    let mut all = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(seconds), async {
        loop {
            let (part, trouble) = events.next(probed).await;
            all.extend(trouble.map(|words| (part, words)));
        }
    })
    .await;
    all
}

fn probed(what: &EventKind) -> Option<(Part, Option<String>)> {
    match what {
        EventKind::Probed { part, error: trouble } => Some((*part, trouble.clone())),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn every_part_is_asked_every_second_and_is_healthy() {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let said = said(&mut events, 20).await;
    let parts: Vec<Part> = said.keys().copied().collect();
    assert_eq!(parts, [Part::Api, Part::Node, Part::Controller, Part::Watches, Part::Harness]);
    for (part, (count, trouble)) in said {
        assert_eq!(trouble, None, "{part:?}");
        assert!((19..=21).contains(&count), "{part:?}: {count} times in 20s");
    }
}

#[rstest]
#[case::api_in_trouble(|api: &FakeApi| api.fault("get", "/readyz", Fault::Refuse(500, "etcd failed")),
    Part::Api, "etcd failed")]
#[case::api_gone(|api: &FakeApi| api.fault("get", "/readyz", Fault::Break),
    Part::Api, "connection reset")]
#[case::api_silent(|api: &FakeApi| api.fault("get", "/readyz", Fault::Hang),
    Part::Api, "no answer within 5s")]
#[case::node_not_ready(|api: &FakeApi| api.put(&node("one", "False")),
    Part::Node, "node one is not Ready")]
#[case::node_unknown(|api: &FakeApi| api.put(&node("one", "Unknown")),
    Part::Node, "node one is not Ready")]
#[case::node_gone(|api: &FakeApi| api.delete("nodes", "", "one"),
    Part::Node, "node one is gone")]
#[case::node_fails(|api: &FakeApi| api.fault("get", "/nodes/", Fault::Refuse(500, "no quorum")),
    Part::Node, "node one is not told: no quorum")]
#[case::node_silent(|api: &FakeApi| api.fault("get", "/nodes/", Fault::Hang),
    Part::Node, "no answer within 5s")]
#[case::controller_gone(|api: &FakeApi| api.delete("pods", "argo", "workflow-controller-c1"),
    Part::Controller, "its pod is gone")]
#[case::controller_not_ready(|api: &FakeApi| api.put(&controller("c1", 0, false)),
    Part::Controller, "its container is not ready")]
#[case::controller_restarted(|api: &FakeApi| api.put(&controller("c1", 1, true)),
    Part::Controller, "it was restarted (1 times)")]
#[case::controller_replaced(|api: &FakeApi| {
    api.delete("pods", "argo", "workflow-controller-c1");
    api.put(&controller("c2", 0, true));
}, Part::Controller, "another pod took its place")]
#[case::controller_silent(|api: &FakeApi| api.fault("get", "/proxy/", Fault::Hang),
    Part::Controller, "it does not answer: no answer within 5s")]
#[case::controller_out_of_reach(
    |api: &FakeApi| api.fault("get", "/proxy/", Fault::Refuse(503, "connection refused")),
    Part::Controller, "it does not answer: connection refused")]
#[case::watch_refused(|api: &FakeApi| {
    api.fault("watch", "/workflowtaskresults", Fault::Refuse(403, "you may not"));
    api.close("workflowtaskresults");
}, Part::Watches, "you may not")]
#[tokio::test(start_paused = true)]
async fn trouble_is_said_of_its_part_with_its_reason(
    #[case] trouble: fn(&FakeApi),
    #[case] part: Part,
    #[case] reason: &str,
) {
    let bench = Bench::new().await;
    for kind in ["/pods", "/workflowtaskresults"] {
        bench.api.until_asked("watch", kind, 1).await;
    }
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    bench.api.put(&pod_on("ns", "one"));
    assert!(said(&mut events, 5).await.values().all(|(_, trouble)| trouble.is_none()));
    trouble(&bench.api);
    let said = said(&mut events, 20).await;
    assert_eq!(said.len(), 5, "{said:?}");
    for (other, (count, said)) in said {
        if other == part {
            let said = said.expect("it is in trouble");
            assert!(said.contains(reason), "{said}");
            assert!(count >= 3, "{part:?}: {count} times in 20s");
        } else {
            assert_eq!(said, None, "{other:?}");
            assert!((19..=21).contains(&count), "{part:?} holds up {other:?}: {count} times");
        }
    }
}

/// The API server reports the node and the controller. Their health is unknown while the API server
/// does not answer.
#[rstest]
#[case::cut(Fault::Break, "connection reset")]
#[case::silent(Fault::Hang, "no answer within 5s")]
#[case::failing(Fault::Refuse(500, "etcd failed"), "etcd failed")]
#[tokio::test(start_paused = true)]
async fn an_api_server_that_does_not_answer_is_no_trouble_of_what_it_tells_of(
    #[case] fault: Fault,
    #[case] reason: &str,
) {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    bench.api.put(&pod_on("ns", "one"));
    assert!(said(&mut events, 5).await.values().all(|(_, trouble)| trouble.is_none()));
    for (verb, path) in [("get", "/readyz"), ("get", "/nodes/"), ("get", "/proxy/")] {
        bench.api.fault(verb, path, fault.clone());
    }
    let all = troubles(&mut events, 20).await;
    assert!(all.iter().all(|(part, _)| *part == Part::Api), "{all:?}");
    assert!(all.iter().any(|(_, words)| words.contains(reason)), "{all:?}");
    bench.api.mend();
    for part in [Part::Node, Part::Controller, Part::Api] {
        events.next(|what| (probed(what)? == (part, None)).then_some(())).await;
    }
}

#[tokio::test(start_paused = true)]
async fn of_the_api_servers_checks_those_that_fail_are_told() {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let checks = "[+]ping ok\n[-]etcd failed: reason withheld\n[+]log ok\n[-]informers not synced\n\
        readyz check failed\n";
    bench.api.fault("get", "/readyz", Fault::Refuse(500, checks));
    let said = |what: &EventKind| probed(what)?.1;
    let expected = "etcd failed: reason withheld, informers not synced";
    assert_eq!(events.next(said).await, expected);
}

#[tokio::test(start_paused = true)]
async fn a_part_that_is_healthy_again_is_said_to_be() {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    bench.api.fault("get", "/readyz", Fault::Break);
    let now = |wanted: bool| {
        move |what: &EventKind| match probed(what)? {
            (Part::Api, trouble) if trouble.is_some() == wanted => Some(()),
            _ => None,
        }
    };
    events.next(now(true)).await;
    bench.api.mend();
    events.next(now(false)).await;
}

/// Like a stopped controller, whose pod stays ready.
#[tokio::test(start_paused = true)]
async fn a_controller_that_does_not_answer_is_trouble_within_ten_seconds() {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(said(&mut events, 3).await[&Part::Controller].1, None);
    bench.api.fault("get", "/proxy/", Fault::Hang);
    let began = tokio::time::Instant::now();
    let mut healthy = 0;
    let trouble = loop {
        match events.next(|what| probed(what).filter(|(p, _)| *p == Part::Controller)).await.1 {
            Some(trouble) => break trouble,
            None => healthy += 1,
        }
    };
    assert_eq!(trouble, "it does not answer: no answer within 5s");
    assert!(began.elapsed() <= Duration::from_secs(7), "{:?}", began.elapsed());
    assert!(healthy <= 1, "no answer is no health: {healthy}");
    assert_eq!(bench.watches.unobserved(), []);
    bench.api.mend();
    let again = |what: &EventKind| (probed(what)? == (Part::Controller, None)).then_some(());
    events.next(again).await;
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_goes_is_told_at_once() {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let healthy = |what: &EventKind| (probed(what)? == (Part::Controller, None)).then_some(());
    events.next(healthy).await;
    let began = tokio::time::Instant::now();
    bench.api.delete("pods", "argo", "workflow-controller-c1");
    let gone = Some("its pod is gone".to_owned());
    events.next(|what| (probed(what)? == (Part::Controller, gone.clone())).then_some(())).await;
    assert_eq!(began.elapsed(), Duration::ZERO, "no time passes until then");
}

/// The kind of the next event does not matter.
#[tokio::test(start_paused = true)]
async fn a_harness_that_stood_still_is_trouble_before_anything_else() {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let beat = |what: &EventKind| (probed(what)? == (Part::Harness, None)).then_some(());
    events.next(beat).await;
    while let Ok(()) = tokio::time::timeout(Duration::ZERO, events.next(|_| Some(()))).await {}
    bench.api.put(&json!({ "kind": "Pod", "metadata": { "name": "work", "namespace": "ns" } }));
    tokio::time::advance(Duration::from_secs(5)).await;
    let first = events.next(|what| Some(what.clone())).await;
    let trouble = Some("the harness stood still for 5s".to_owned());
    assert_eq!(first, EventKind::Probed { part: Part::Harness, error: trouble });
    events.next(beat).await;
}

/// The cluster itself reports no trouble.
#[tokio::test(start_paused = true)]
async fn what_the_provider_knows_is_trouble_of_the_node() {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(said(&mut events, 5).await[&Part::Node].1, None);
    bench.installation.alarm.raise("kubelet ended: signal SIGKILL".to_owned());
    let said = said(&mut events, 5).await;
    assert_eq!(said[&Part::Node].1.as_deref(), Some("kubelet ended: signal SIGKILL"));
    assert_eq!(said[&Part::Api].1, None);
}

/// Another case, whose pods start.
#[tokio::test(start_paused = true)]
async fn a_node_that_starts_no_container_is_unhealthy_for_the_case_that_waits_for_it() {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let (_other, mut others) = bench.record("other");
    bench.api.put(&json!({ "kind": "Pod", "metadata": { "name": "work", "namespace": "ns" },
        "spec": { "nodeName": "one" }, "status": { "phase": "Pending" } }));
    assert_eq!(said(&mut events, 11).await[&Part::Node].1, None);
    let trouble = said(&mut events, 5).await[&Part::Node].1.clone();
    assert!(trouble.is_some_and(|words| words.contains("pod work has waited")));
    assert_eq!(said(&mut others, 1).await[&Part::Node].1, None);
}

/// Another case's history does not get the trouble.
#[rstest]
#[case::of_a_pod(
    json!({ "kind": "Pod", "metadata": { "name": "work", "namespace": "ns" },
        "status": { "reason": "Evicted", "message": "low" } }),
    Part::Node, "it gave up pod work: Evicted: low")]
#[case::of_the_workflow(
    json!({ "kind": "Workflow", "metadata": { "name": "case", "namespace": "ns" },
        "status": { "message": "exceeded quota: q" } }),
    Part::Api, "a node of the workflow says: exceeded quota: q")]
#[tokio::test(start_paused = true)]
async fn trouble_of_one_case_is_told_before_the_object_and_to_its_end(
    #[case] object: Value,
    #[case] part: Part,
    #[case] words: &str,
) {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let (_other, mut others) = bench.record("other");
    bench.api.put(&object);
    let first = |what: &EventKind| match what {
        EventKind::Probed { error: None, .. } => None,
        EventKind::Probed { .. } | EventKind::Observed(_) => Some(what.clone()),
        _ => None,
    };
    let trouble = Some(words.to_owned());
    assert_eq!(events.next(first).await, EventKind::Probed { part, error: trouble.clone() });
    assert!(matches!(events.next(first).await, EventKind::Observed(_)));
    let mut gone = object.clone();
    gone["status"] = json!({});
    bench.api.put(&gone);
    assert_eq!(said(&mut events, 5).await[&part].1, trouble);
    assert_eq!(said(&mut others, 1).await[&part].1, None);
}

/// The case sees the pod after the trouble of the node.
#[tokio::test(start_paused = true)]
async fn a_node_that_fails_to_start_a_container_is_unhealthy_before_the_pod_is_seen() {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let (_recorder, mut events) = bench.record("ns");
    let end = json!({ "reason": "StartError", "message": "error setting cgroup config" });
    bench.api.put(&json!({ "kind": "Pod", "metadata": { "name": "work", "namespace": "ns" },
        "status": { "phase": "Failed", "containerStatuses": [{ "state": { "terminated": end } }] } }));
    let first = |what: &EventKind| match what {
        EventKind::Probed { .. } | EventKind::Observed(_) => Some(what.clone()),
        _ => None,
    };
    let first = events.next(first).await;
    let (part, trouble) = probed(&first).expect("the node is probed before");
    assert_eq!(part, Part::Node);
    assert_eq!(
        trouble.as_deref(),
        Some("it could not start a container of pod work: error setting cgroup config")
    );
}

#[tokio::test(start_paused = true)]
async fn health_that_is_dropped_asks_nothing_more() {
    let bench = Bench::new().await;
    let health = Health::start(&bench.installation, &bench.watches);
    bench.api.until_asked("get", "/readyz", 3).await;
    bench.api.fault("get", "/readyz", Fault::Hang);
    bench.api.until_asked("get", "/readyz", 4).await;
    drop(health);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(said(&mut events, 20).await, BTreeMap::new());
    assert_eq!(bench.api.count("get", "/readyz"), 4);
}
