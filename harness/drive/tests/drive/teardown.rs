//! Teardown: it removes the objects of a case, and reports the rest.

use drive::teardown;
use rstest::rstest;
use serde_json::json;

use crate::api::Fault;
use crate::bench::{Bench, NAMESPACE, WORKFLOW, plan};
use crate::store::{FakeStore, Mood};

/// Uses real time: the object store is behind a socket.
async fn after_a_case() -> (FakeStore, Bench) {
    let store = FakeStore::start().await;
    let bench = Bench::with_store(store.address()).await;
    bench.run(plan([])).ended().await;
    bench.api.put(&json!({ "apiVersion": "v1", "kind": "Pod",
        "metadata": { "name": "p", "namespace": NAMESPACE } }));
    bench.api.put(&json!({ "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowArtifactGCTask", "metadata": { "name": "g", "namespace": NAMESPACE } }));
    (store, bench)
}

#[tokio::test]
async fn everything_of_the_case_goes_and_nothing_else() {
    let (store, bench) = after_a_case().await;
    bench.api.put(&json!({ "apiVersion": "v1", "kind": "Namespace",
        "metadata": { "name": "another" } }));
    store.put("another/a.tgz");
    store.put("ns-2/b.tgz");
    let left = teardown::case(&bench.installation, NAMESPACE).await;
    assert_eq!(left, [""; 0]);
    assert_eq!(bench.api.left_in(NAMESPACE), [""; 0]);
    assert_eq!(bench.api.left_in("another"), ["namespaces/another", "serviceaccounts/default"]);
    assert_eq!(store.keys(), ["another/a.tgz", "ns-2/b.tgz"]);
    assert!(bench.api.object("pods", "argo", "workflow-controller-c1").is_some());
    let forced = bench.api.asked().into_iter().find(|asked| asked.verb == "delete-all");
    assert_eq!(forced.expect("the pods").body["gracePeriodSeconds"], 0);
}

#[tokio::test]
async fn a_finalizer_is_a_finding_before_it_is_taken_away() {
    let (store, bench) = after_a_case().await;
    store.put("ns/a.tgz");
    store.put("ns/b.tgz");
    let held = json!({ "metadata": { "finalizers": ["workflows.argoproj.io/artifact-gc"] } });
    bench.workflow(&held);
    bench.api.delete("workflows", NAMESPACE, WORKFLOW);
    bench.api.edit("workflowartifactgctasks", NAMESPACE, "g", &held);
    let left = teardown::case(&bench.installation, NAMESPACE).await;
    let finalizer = "had the finalizer workflows.argoproj.io/artifact-gc";
    assert_eq!(
        left,
        [
            format!("workflow {WORKFLOW} {finalizer}"),
            format!("GC task g {finalizer}"),
            "2 objects were in the store".to_owned(),
        ]
    );
    assert_eq!(bench.api.left_in(NAMESPACE), [""; 0]);
    assert_eq!(store.keys(), [""; 0]);
}

#[rstest]
#[case::list_workflows("list", "/workflows", "list the workflows")]
#[case::delete_workflow("delete", "/workflows/case", "delete the workflow case")]
#[case::list_tasks("list", "/workflowartifactgctasks", "list the GC tasks")]
#[case::pods("delete-all", "/pods", "delete the pods")]
#[case::namespace("delete", "/api/v1/namespaces/ns", "delete the namespace")]
#[tokio::test]
async fn what_is_refused_is_said_and_the_rest_goes_all_the_same(
    #[case] verb: &'static str,
    #[case] path: &'static str,
    #[case] action: &str,
) {
    let (store, bench) = after_a_case().await;
    store.put("ns/a.tgz");
    bench.api.fault(verb, path, Fault::Refuse(403, "you may not"));
    let left = teardown::case(&bench.installation, NAMESPACE).await;
    let mut expected = [format!("{action}: you may not"), "1 objects were in the store".to_owned()];
    let mut left = left;
    expected.sort();
    left.sort();
    assert_eq!(left, expected);
    assert_eq!(store.keys(), [""; 0], "the store is cleaned");
    let kept = bench.api.left_in(NAMESPACE);
    assert_eq!(kept.is_empty(), action != "delete the namespace", "{kept:?}");
    assert!(!kept.contains(&"pods/p".to_owned()), "{kept:?}");
}

#[tokio::test]
async fn a_finalizer_that_stays_is_said_with_what_it_holds() {
    let (_store, bench) = after_a_case().await;
    bench.workflow(&json!({ "metadata": { "finalizers": ["hold"] } }));
    bench.api.fault("merge", "/workflows/case", Fault::Refuse(500, "etcd is slow"));
    let left = teardown::case(&bench.installation, NAMESPACE).await;
    assert_eq!(
        left,
        [
            "workflow case had the finalizer hold",
            "take the finalizers of the workflow case: etcd is slow",
        ]
    );
    assert_eq!(bench.api.left_in(NAMESPACE), ["namespaces/ns", "workflows/case"]);
}

#[tokio::test]
async fn a_store_that_refuses_does_not_save_the_namespace() {
    let (store, bench) = after_a_case().await;
    store.put("ns/a.tgz");
    store.mood(Mood::Refuses(403, "AccessDenied"));
    let left = teardown::case(&bench.installation, NAMESPACE).await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].contains("AccessDenied"), "{left:?}");
    assert_eq!(bench.api.left_in(NAMESPACE), [""; 0]);
}

#[tokio::test]
async fn what_was_never_made_is_not_missed() {
    let store = FakeStore::start().await;
    let bench = Bench::with_store(store.address()).await;
    assert_eq!(teardown::case(&bench.installation, NAMESPACE).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_silent_api_server_ends_it_in_words() {
    let bench = Bench::new().await;
    bench.run(plan([])).ended().await;
    for (verb, path) in [("list", "/workflow"), ("delete", "/"), ("delete-all", "/")] {
        bench.api.fault(verb, path, Fault::Hang);
    }
    let left = teardown::case(&bench.installation, NAMESPACE).await;
    let silent: Vec<_> = left.iter().filter(|l| l.ends_with(": no answer within 10s")).collect();
    assert_eq!(silent.len(), 4, "workflows, GC tasks, pods, namespace: {left:?}");
}
