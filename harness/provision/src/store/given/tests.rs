//! Stores of a user: their settings for Argo and for the harness.

use rstest::rstest;
use serde_json::{Value, json};

use super::{GivenStore, StoreCredentials, StoreStyle, Transport};

fn store() -> GivenStore {
    GivenStore {
        reached: "here:9000".to_owned(),
        endpoint: "store:9000".to_owned(),
        transport: Transport::Plain,
        region: None,
        style: None,
        bucket: "b".to_owned(),
        credentials: keys(None),
    }
}

fn keys(token: Option<&str>) -> StoreCredentials {
    StoreCredentials::Keys {
        user: "the-user".to_owned(),
        password: "the-password".to_owned(),
        session_token: token.map(str::to_owned),
    }
}

fn tls(ca: Option<&str>) -> Transport {
    Transport::Tls { ca: ca.map(str::to_owned) }
}

/// The fields of Argo's S3 repository that differ from those of a plain store with keys.
#[rstest]
#[case::plain(store(), json!({}))]
#[case::tls(GivenStore { transport: tls(None), ..store() }, json!({ "insecure": false }))]
#[case::private_ca(
    GivenStore { transport: tls(Some("PEM")), ..store() },
    json!({ "insecure": false, "caSecret": { "name": "artifact-store", "key": "ca" } }),
)]
#[case::session_token(
    GivenStore { credentials: keys(Some("t")), ..store() },
    json!({ "sessionTokenSecret": { "name": "artifact-store", "key": "session-token" } }),
)]
#[case::region(
    GivenStore { region: Some("eu-1".to_owned()), ..store() },
    json!({ "region": "eu-1" }),
)]
#[case::path(
    GivenStore { style: Some(StoreStyle::Path), ..store() },
    json!({ "addressingStyle": "path" }),
)]
#[case::virtual_host(
    GivenStore { style: Some(StoreStyle::VirtualHost), ..store() },
    json!({ "addressingStyle": "virtual-hosted" }),
)]
fn a_repository(#[case] store: GivenStore, #[case] differs: Value) {
    let mut expected = json!({
        "bucket": "b",
        "endpoint": "store:9000",
        "insecure": true,
        "keyFormat": "{{workflow.namespace}}/{{workflow.name}}/{{pod.name}}",
        "accessKeySecret": { "name": "artifact-store", "key": "user" },
        "secretKeySecret": { "name": "artifact-store", "key": "password" },
    });
    for (key, value) in differs.as_object().expect("an object") {
        expected[key] = value.clone();
    }
    assert_eq!(store.repository(), json!({ "archiveLogs": false, "s3": expected }));
}

#[test]
fn a_role_needs_no_secret() {
    let store = GivenStore { credentials: StoreCredentials::Environment, ..store() };
    let s3 = &store.repository()["s3"];
    assert_eq!(s3["useSDKCreds"], true);
    assert_eq!((&s3["accessKeySecret"], &s3["secretKeySecret"]), (&Value::Null, &Value::Null));
    assert_eq!(Value::Object(store.secret()), json!({}));
}

#[test]
fn the_secret_has_what_the_repository_names() {
    let store = GivenStore { transport: tls(Some("PEM")), credentials: keys(Some("t")), ..store() };
    let expected = json!({
        "user": "the-user", "password": "the-password", "session-token": "t", "ca": "PEM",
    });
    assert_eq!(Value::Object(store.secret()), expected);
}

#[test]
fn no_secret_is_shown() {
    let store = GivenStore { credentials: keys(Some("the-token")), ..store() };
    let shown = format!("{store:?} {:?}", store.credentials);
    for secret in ["the-user", "the-password", "the-token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
