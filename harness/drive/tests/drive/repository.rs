//! The artifact repository that a case uses. Its store is one of the harness, one that the user
//! names, or one that the cluster has.

use std::sync::Arc;

use drive::health::Health;
use drive::teardown;
use model::history::{EventKind, Part, Unobserved};
use provision::store::{Artifacts, GivenStore, Store, StoreCredentials, Transport};
use rstest::rstest;
use serde_json::{Value, json};

use crate::bench::{Bench, NAMESPACE, WORKFLOW, phase, plan, wait};
use crate::health::said;
use crate::store::FakeStore;

/// Characters that mean something in YAML.
const PASSWORD: &str = "a: {b} #\"'\n- c";

fn given(credentials: StoreCredentials) -> Artifacts {
    Artifacts::Given(Arc::new(GivenStore {
        reached: "store:9000".to_owned(),
        endpoint: "store:9000".to_owned(),
        transport: Transport::Plain,
        region: None,
        style: None,
        bucket: "b".to_owned(),
        credentials,
    }))
}

fn configured(reference: &str) -> Artifacts {
    Artifacts::Configured(reference.parse().expect("a reference"))
}

async fn after_a_case(bench: &Bench) {
    bench.run(plan([])).ended().await;
}

#[tokio::test]
async fn a_secret_is_no_yaml() {
    let user = "the-user".to_owned();
    let password = PASSWORD.to_owned();
    let keys = StoreCredentials::Keys { user, password, session_token: None };
    let bench = Bench::prepared_with(None, given(keys)).await;
    after_a_case(&bench).await;
    let secret = bench.api.object("secrets", NAMESPACE, "artifact-store").expect("a secret");
    assert_eq!(secret["stringData"], json!({ "user": "the-user", "password": PASSWORD }));
}

#[tokio::test]
async fn a_role_gets_no_secret() {
    let bench = Bench::prepared_with(None, given(StoreCredentials::Environment)).await;
    after_a_case(&bench).await;
    assert!(bench.api.object("secrets", NAMESPACE, "artifact-store").is_none());
    assert!(bench.api.object("configmaps", NAMESPACE, "artifact-repositories").is_some());
}

fn config_map(name: &str, default: Option<&str>) -> Value {
    json!({ "kind": "ConfigMap", "apiVersion": "v1",
        "metadata": { "name": name, "namespace": NAMESPACE, "annotations": {
            "workflows.argoproj.io/default-artifact-repository": default.unwrap_or_default() } },
        "data": { "mine": "s3: { bucket: theirs }" } })
}

#[tokio::test]
async fn the_default_of_the_installation_stays() {
    let bench = Bench::prepared_with(None, configured("default")).await;
    after_a_case(&bench).await;
    assert!(bench.api.object("configmaps", NAMESPACE, "artifact-repositories").is_none());
    assert!(bench.api.object("secrets", NAMESPACE, "artifact-store").is_none());
}

#[tokio::test]
async fn a_configured_repository_becomes_the_default_until_the_teardown() {
    let bench = Bench::prepared_with(None, configured("repositories:mine")).await;
    bench.api.put(&config_map("repositories", None));
    after_a_case(&bench).await;
    let made = bench.api.object("configmaps", NAMESPACE, "artifact-repositories");
    let made = made.expect("the repository");
    assert_eq!(made["data"]["conformance"], "s3: { bucket: theirs }");
    assert_eq!(teardown::case(&bench.installation, NAMESPACE).await, [""; 0]);
    assert!(bench.api.object("configmaps", NAMESPACE, "artifact-repositories").is_none());
    assert!(bench.api.object("configmaps", NAMESPACE, "repositories").is_some());
}

#[tokio::test]
async fn a_default_of_the_namespace_is_not_written_over() {
    let bench = Bench::prepared_with(None, configured("artifact-repositories:mine")).await;
    bench.api.put(&config_map("artifact-repositories", Some("mine")));
    after_a_case(&bench).await;
    let there = bench.api.object("configmaps", NAMESPACE, "artifact-repositories");
    assert_eq!(there.expect("theirs")["data"], json!({ "mine": "s3: { bucket: theirs }" }));
}

#[rstest]
#[case::no_config_map("other:mine", "there is no ConfigMap other")]
#[case::no_key("repositories:other", "the ConfigMap has no key other")]
#[case::not_the_default("artifact-repositories:mine", "does not name this key")]
#[tokio::test]
async fn a_case_does_not_begin_without_its_repository(
    #[case] reference: &str,
    #[case] reason: &str,
) {
    let bench = Bench::prepared_with(None, configured(reference)).await;
    bench.api.put(&config_map("repositories", None));
    bench.api.put(&config_map("artifact-repositories", Some("another")));
    let error = bench.run(plan([])).driven.await.expect("no panic").expect_err("it does not begin");
    let words = model::hints::chain(&error);
    assert!(words.contains(reason), "{words}");
}

/// The harness does not know the prefix of the objects of a case, so the objects stay. Nothing
/// tells of the store's health.
#[tokio::test(start_paused = true)]
async fn without_a_listing_the_store_is_unobserved_and_nothing_is_deleted() {
    let store = FakeStore::start().await;
    store.put("ns/a.tgz");
    let bench = Bench::prepared_with(None, configured("default")).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let mut run = bench.run(plan([wait(phase("Running"), 60)]));
    let unobserved = run.events.next(|what| match what {
        EventKind::Unobserved(unobserved) => Some(unobserved.clone()),
        _ => None,
    });
    let reason = "whether the object store answers: the run does not list the bucket".to_owned();
    assert_eq!(unobserved.await, Unobserved { part: Part::Store, reason });
    let said = said(&mut run.events, 20).await;
    assert_eq!(said.get(&Part::Store), None, "nobody looks at the store");
    run.stop.cancel();
    let history = run.ended().await;
    assert!(!history.events.iter().any(|e| matches!(e.kind, EventKind::Listed { .. })));
    assert_eq!(teardown::case(&bench.installation, NAMESPACE).await, [""; 0]);
    assert_eq!((store.keys(), store.prefixes()), (vec!["ns/a.tgz".to_owned()], [].into()));
}

/// The message of a pod that does not reach the store. Faults that a step causes are of the case.
#[tokio::test(start_paused = true)]
async fn a_pod_that_does_not_reach_the_store_is_trouble_of_the_store() {
    let bench = Bench::prepared_with(None, configured("default")).await;
    let mut run = bench.run(plan([wait(phase("Succeeded"), 60)]));
    run.events.begun("await").await;
    let message = "Error (exit code 64): failed to put file: dial tcp 10.0.0.1:9000: connect: \
        connection refused";
    bench.api.put(&json!({ "kind": "Workflow",
        "metadata": { "name": WORKFLOW, "namespace": NAMESPACE },
        "status": { "phase": "Error", "nodes": { "a": { "message": message } } } }));
    let probed = run.events.next(|what| match what {
        EventKind::Probed { part: Part::Store, error } => Some(error.clone()),
        _ => None,
    });
    assert_eq!(probed.await, Some(format!("a node of the workflow says: {message}")));
    run.stop.cancel();
    run.ended().await;
}

/// The listing of the harness works, and a pod still does not reach the store.
#[tokio::test]
async fn a_listing_does_not_end_the_trouble_of_a_pod_with_the_store() {
    let store = FakeStore::start().await;
    let bench = Bench::prepared(store.address()).await;
    let mut run = bench.run(plan([wait(phase("Succeeded"), 60)]));
    run.events.begun("await").await;
    let message = "failed to get file: dial tcp: lookup store: no such host";
    bench.api.put(&json!({ "kind": "Workflow",
        "metadata": { "name": WORKFLOW, "namespace": NAMESPACE },
        "status": { "message": message } }));
    let mut probes = Vec::new();
    while probes.len() < 2 {
        let told = run.events.next(|what| match what {
            EventKind::Probed { part: Part::Store, error: Some(error) } => {
                Some(Some(error.clone()))
            }
            EventKind::Listed { .. } => Some(None),
            _ => None,
        });
        probes.extend(told.await);
    }
    assert!(probes.iter().all(|error| error.contains(message)), "{probes:?}");
    run.stop.cancel();
    run.ended().await;
}

#[tokio::test]
async fn with_a_listing_of_a_configured_repository_the_objects_go() {
    let store = FakeStore::start().await;
    store.put("ns/a.tgz");
    store.put("ns-2/b.tgz");
    let listed = Some(Store::new(&store.address()));
    let bench = Bench::prepared_with(listed, configured("default")).await;
    after_a_case(&bench).await;
    let left = teardown::case(&bench.installation, NAMESPACE).await;
    assert_eq!(left, ["1 objects were in the store"]);
    assert_eq!(store.keys(), ["ns-2/b.tgz"]);
}
