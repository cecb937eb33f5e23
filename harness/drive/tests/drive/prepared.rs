//! Prepared namespaces. The driver makes nothing outside them, and each case starts with an empty
//! one.

use std::collections::BTreeSet;

use drive::teardown;
use model::history::{EndReason, EventKind, Kind};
use serde_json::{Value, json};

use crate::api::FakeApi;
use crate::bench::{Bench, NAMESPACE, phase, plan, read, wait};
use crate::store::FakeStore;

async fn bench() -> (FakeStore, Bench) {
    let store = FakeStore::start().await;
    let bench = Bench::prepared(store.address()).await;
    (store, bench)
}

fn object(kind: &str, name: &str, labels: &Value) -> Value {
    json!({ "kind": kind,
        "metadata": { "name": name, "namespace": NAMESPACE, "labels": labels } })
}

/// The requests for objects outside the namespace, by verb and path.
fn outside(api: &FakeApi) -> Vec<String> {
    let own = format!("/namespaces/{NAMESPACE}/");
    let asked = api.asked().into_iter().filter(|asked| !asked.path.contains(&own));
    asked.map(|asked| format!("{} {}", asked.verb, asked.path)).collect()
}

#[tokio::test]
async fn nothing_is_asked_for_outside_but_the_controllers_pod() {
    let (_store, bench) = bench().await;
    bench.run(plan([])).ended().await;
    assert_eq!(teardown::case(&bench.installation, NAMESPACE).await, [""; 0]);
    let mut outside = outside(&bench.api);
    outside.sort();
    let argo = "/api/v1/namespaces/argo/pods";
    assert_eq!(outside, [format!("list {argo}"), format!("watch {argo}")]);
}

#[tokio::test]
async fn everything_made_carries_the_run_and_a_repository_of_its_own() {
    let (store, bench) = bench().await;
    bench.run(plan([])).ended().await;
    let made = bench.api.asked().into_iter().filter(|a| a.verb == "apply" || a.verb == "create");
    for asked in made {
        assert_eq!(asked.body["metadata"]["labels"]["argo-conformance/run"], "run-1", "{asked:?}");
    }
    let repositories = bench.api.object("configmaps", NAMESPACE, "artifact-repositories");
    let repositories = repositories.expect("the repository");
    let default = "workflows.argoproj.io/default-artifact-repository";
    assert_eq!(repositories["metadata"]["annotations"][default], "conformance");
    let repository = repositories["data"]["conformance"].as_str().expect("text");
    let repository: Value = serde_json::from_str(repository).expect("JSON");
    let prefix = "{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}";
    assert_eq!(repository["s3"]["keyFormat"], prefix);
    assert_eq!(repository["s3"]["endpoint"], store.address().endpoint);
}

#[tokio::test]
async fn what_runs_made_goes_and_what_is_of_others_stays() {
    let (store, bench) = bench().await;
    bench.run(plan([])).ended().await;
    let of_run = json!({ "argo-conformance/run": "an-earlier-one" });
    bench.api.put(&object("ConfigMap", "of-a-step", &of_run));
    bench.api.put(&object("ConfigMap", "kube-root-ca.crt", &json!({})));
    bench.api.put(&object("Role", "argo-conformance", &json!({})));
    bench.api.put(&object("WorkflowTaskResult", "result", &json!({})));
    store.put("ns/a.tgz");
    let left = teardown::case(&bench.installation, NAMESPACE).await;
    assert_eq!(left, ["1 objects were in the store"]);
    let there = [
        "configmaps/kube-root-ca.crt",
        "namespaces/ns",
        "roles/argo-conformance",
        "serviceaccounts/default",
    ];
    assert_eq!(bench.api.left_in(NAMESPACE), there);
}

/// Like a `CronWorkflow` whose controller was about to start one more workflow at the deletion.
#[tokio::test]
async fn what_comes_while_it_is_emptied_goes_too() {
    let (_store, bench) = bench().await;
    bench.run(plan([])).ended().await;
    let late = async {
        bench.api.until_asked("delete", "/workflows/", 1).await;
        bench.api.put(&object("Workflow", "late", &json!({})));
    };
    let (left, ()) = tokio::join!(teardown::case(&bench.installation, NAMESPACE), late);
    assert_eq!(left, [""; 0]);
    assert!(bench.api.object("workflows", NAMESPACE, "late").is_none());
}

#[tokio::test]
async fn a_case_does_not_begin_where_something_is_left() {
    let (_store, bench) = bench().await;
    bench.api.put(&object("Pod", "somebodys", &json!({})));
    bench.api.put(&object("Workflow", "somebodys", &json!({})));
    let running = bench.run(plan([]));
    let error = running.driven.await.expect("no panic").expect_err("it does not begin");
    let cause = std::error::Error::source(&error).expect("a cause").to_string();
    assert_eq!(cause, "namespace ns is not empty: 1 Workflow, 1 Pod");
    assert_eq!(bench.api.count("apply", ""), 0);
    let history = read(&bench.history());
    let last = history.events.last().map(|event| &event.kind);
    assert!(matches!(last, Some(EventKind::Ended(EndReason::HarnessError(_)))), "{last:?}");
}

/// The watch tells the objects of an earlier case late.
#[tokio::test]
async fn what_was_before_is_not_told() {
    let (_store, bench) = bench().await;
    let mut run = bench.run(plan([wait(phase("Succeeded"), 30)]));
    run.events.begun("await").await;
    let pod = |name: &str, version: &str| {
        json!({ "type": "DELETED", "object": { "metadata": {
            "name": name, "namespace": NAMESPACE, "resourceVersion": version } } })
    };
    bench.api.say("pods", &pod("earlier", "1"));
    bench.api.say("pods", &pod("own", "1000000"));
    run.events
        .next(|what| matches!(what, EventKind::Observed(s) if s.kind == Kind::Pod).then_some(()))
        .await;
    bench.phase("Succeeded");
    let history = run.ended().await;
    let seen = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Observed(s) if s.kind == Kind::Pod => s.object["metadata"]["name"].as_str(),
        _ => None,
    });
    // Both watches of pods were told.
    assert_eq!(seen.collect::<BTreeSet<_>>(), BTreeSet::from(["own"]));
}
