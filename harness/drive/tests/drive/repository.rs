//! The artifact repository that a case uses. Its store is one of the harness, one that the user
//! names, or one that the cluster has.

use std::sync::Arc;

use drive::teardown;
use model::history::{EventKind, Part};
use provision::store::{Artifacts, GivenStore, Store, StoreCredentials, Transport};
use rstest::rstest;
use serde_json::{Value, json};

use crate::bench::{Bench, NAMESPACE, phase, plan, wait};
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

/// The harness does not know the prefix of the objects of a case, so the objects stay.
#[tokio::test]
async fn without_a_listing_nothing_is_listed_and_nothing_is_deleted() {
    let store = FakeStore::start().await;
    store.put("ns/a.tgz");
    let bench = Bench::prepared_with(None, configured("default")).await;
    let mut run = bench.run(plan([wait(phase("Running"), 60)]));
    let probed = run.events.next(|what| match what {
        EventKind::Probed { part: Part::Store, error: trouble } => Some(trouble.clone()),
        _ => None,
    });
    assert_eq!(probed.await, None, "it blocks nothing");
    run.stop.cancel();
    let history = run.ended().await;
    assert!(!history.events.iter().any(|e| matches!(e.kind, EventKind::Listed { .. })));
    assert_eq!(teardown::case(&bench.installation, NAMESPACE).await, [""; 0]);
    assert_eq!((store.keys(), store.prefixes()), (vec!["ns/a.tgz".to_owned()], [].into()));
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
