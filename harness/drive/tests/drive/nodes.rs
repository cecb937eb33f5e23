//! The nodes of the pods of cases. No other node counts.

use drive::health::Health;
use model::history::{EventKind, Part, Unobserved};
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::Fault;
use crate::bench::{Bench, Events};
use crate::health::said;

/// A running pod of a case on a node.
pub(crate) fn pod_on(namespace: &str, node: &str) -> Value {
    json!({ "kind": "Pod", "metadata": { "name": format!("on-{node}"), "namespace": namespace },
        "spec": { "nodeName": node }, "status": { "phase": "Running" } })
}

pub(crate) fn node(name: &str, ready: &str) -> Value {
    json!({ "kind": "Node", "metadata": { "name": name },
        "status": { "conditions": [
            { "type": "MemoryPressure", "status": "False" },
            { "type": "Ready", "status": ready },
        ] } })
}

/// The trouble of the node in the next seconds.
async fn trouble(events: &mut Events) -> Option<String> {
    said(events, 5).await[&Part::Node].1.clone()
}

fn unobserved(what: &EventKind) -> Option<Unobserved> {
    match what {
        EventKind::Unobserved(unobserved) => Some(unobserved.clone()),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_without_a_pod_of_a_case_is_no_trouble() {
    let bench = Bench::new().await;
    bench.api.put(&node("dead", "Unknown"));
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    assert_eq!(trouble(&mut events).await, None);
    bench.api.put(&pod_on("ns", "one"));
    assert_eq!(trouble(&mut events).await, None);
    assert_eq!(bench.api.count("list", "/nodes"), 0, "no request is for all nodes");
    assert_eq!(bench.api.count("get", "/nodes/dead"), 0);
    bench.api.put(&pod_on("ns", "dead"));
    assert_eq!(trouble(&mut events).await.as_deref(), Some("node dead is not Ready"));
}

/// The other case has its pods elsewhere.
#[tokio::test(start_paused = true)]
async fn a_node_is_trouble_of_the_cases_on_it() {
    let bench = Bench::new().await;
    bench.api.put(&node("two", "False"));
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let (_other, mut others) = bench.record("other");
    bench.api.put(&pod_on("ns", "one"));
    bench.api.put(&pod_on("other", "two"));
    let (mine, of_other) = tokio::join!(trouble(&mut events), trouble(&mut others));
    assert_eq!(mine, None);
    assert_eq!(of_other.as_deref(), Some("node two is not Ready"));
}

/// A node on which the case's pod ran, and which is gone with its pod.
#[tokio::test(start_paused = true)]
async fn a_node_counts_to_the_end_of_its_case() {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    bench.api.put(&pod_on("ns", "one"));
    assert_eq!(trouble(&mut events).await, None);
    bench.api.delete("pods", "ns", "on-one");
    bench.api.delete("nodes", "", "one");
    assert_eq!(trouble(&mut events).await.as_deref(), Some("node one is gone"));
    bench.watches.remove("ns");
    let asked = bench.api.count("get", "/nodes/one");
    let (_later, mut events) = bench.record("later");
    assert_eq!(trouble(&mut events).await, None);
    assert!(bench.api.count("get", "/nodes/one") <= asked + 1, "nobody asks for it any more");
}

/// An installation whose user may not get nodes.
async fn without_the_right() -> Bench {
    let bench = Bench::new().await;
    bench.api.fault("get", "/nodes/", Fault::Refuse(403, "you may not"));
    bench.api.until_asked("watch", "/pods", 1).await;
    bench
}

#[tokio::test(start_paused = true)]
async fn nodes_that_the_run_may_not_get_are_named_and_no_trouble() {
    let bench = without_the_right().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    bench.api.put(&pod_on("ns", "one"));
    let reason = "whether the nodes of the cases' pods are Ready: you may not".to_owned();
    let expected = Unobserved { part: Part::Node, reason };
    assert_eq!(events.next(unobserved).await, expected);
    assert_eq!(trouble(&mut events).await, None);
    assert_eq!(bench.watches.unobserved(), std::slice::from_ref(&expected));
    let (_later, mut later) = bench.record("later");
    assert_eq!(later.next(unobserved).await, expected, "a later history begins with it");
    bench.api.put(&pod_on("later", "one"));
    assert_eq!(trouble(&mut later).await, None);
    assert_eq!(bench.api.count("get", "/nodes/one"), 1, "a refused question is not repeated");
}

/// The control plane changes nothing of a pod that was not Ready before.
#[rstest]
#[case::ready("Running", "True", true)]
#[case::one_container_ended("Running", "False", true)]
#[case::init_container("Pending", "False", true)]
#[case::to_be_started("Pending", "False", false)]
#[tokio::test(start_paused = true)]
async fn a_pod_that_runs_and_is_not_ready_tells_nothing_of_its_node(
    #[case] phase: &str,
    #[case] ready: &str,
    #[case] runs: bool,
) {
    let bench = without_the_right().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    let state = if runs { json!({ "running": {} }) } else { json!({ "waiting": {} }) };
    let status = json!({ "status": { "phase": phase, "containerStatuses": [{ "state": state }],
        "conditions": [{ "type": "Ready", "status": ready }] } });
    bench.api.put(&pod_on("ns", "one"));
    assert_eq!(trouble(&mut events).await, None);
    bench.api.edit("pods", "ns", "on-one", &status);
    events.next(|what| matches!(what, EventKind::Observed(_)).then_some(())).await;
    let told = said(&mut events, 5).await;
    let tells = ready == "True" || !runs;
    assert_eq!(told.contains_key(&Part::Node), tells, "{told:?}");
    bench.api.delete("pods", "ns", "on-one");
    assert_eq!(trouble(&mut events).await, None, "a pod that is gone needs no node");
}

/// The control plane marks the pods of a node that is no longer Ready.
#[tokio::test(start_paused = true)]
async fn a_pod_tells_of_its_node_without_the_right_to_get_nodes() {
    let bench = without_the_right().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let (_recorder, mut events) = bench.record("ns");
    bench.api.put(&pod_on("ns", "one"));
    assert_eq!(trouble(&mut events).await, None);
    bench.api.edit(
        "pods",
        "ns",
        "on-one",
        &json!({ "status": { "conditions": [
        { "type": "ContainersReady", "status": "True" }, { "type": "Ready", "status": "False" },
    ] } }),
    );
    assert_eq!(trouble(&mut events).await.as_deref(), Some("it is not Ready, as pod on-one shows"));
}
