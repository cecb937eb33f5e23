//! The place of the artifacts on an existing cluster, and what is wrong with it.

use crate::harness::Harness;

/// A run with these arguments, in whose cache no cluster is named.
fn says(harness: &Harness, rest: &[&str]) -> String {
    let run = ["run", "--provider", "existing", "--namespaces", "prepared-1"];
    harness.says(&run.iter().chain(rest).copied().collect::<Vec<_>>())
}

/// Arguments of a store with keys.
const KEYS: [&str; 6] =
    ["--bucket", "b", "--store-user", "u", "--store-password", "the-secret-key"];

fn with_keys<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    KEYS.into_iter().chain(rest.iter().copied()).collect()
}

#[test]
fn keys_in_the_url() {
    let url = "https://the-user:the-secret-key@store";
    insta::assert_snapshot!(says(&Harness::new(), &with_keys(&["--store", url])), @r"
    error: invalid --store: the URL has a user
    hint: Name the keys by ARGO_CONFORMANCE_STORE_USER and ARGO_CONFORMANCE_STORE_PASSWORD.
    exit 64
    ");
}

#[test]
fn an_authority_that_cannot_count() {
    let harness = Harness::new();
    let file = harness.path("ca.pem");
    let ca = file.display().to_string();
    let tls = with_keys(&["--store", "https://store", "--store-ca", &ca]);
    insta::assert_snapshot!(says(&harness, &tls), @r"
    error: invalid --store-ca: DIR/ca.pem: No such file or directory (os error 2)
    exit 64
    ");
    std::fs::write(&file, "no certificate").expect("write");
    insta::assert_snapshot!(says(&harness, &tls), @r"
    error: invalid --store-ca: DIR/ca.pem: the file has no certificate in PEM
    exit 64
    ");
    let plain = with_keys(&["--store", "http://store", "--store-ca", &ca]);
    insta::assert_snapshot!(says(&harness, &plain), @r"
    error: invalid --store-ca: the store has no TLS
    hint: Begin the URL of --store with https://, or leave --store-ca out.
    error: invalid --store-ca: DIR/ca.pem: the file has no certificate in PEM
    exit 64
    ");
}

#[test]
fn half_of_the_keys() {
    let store = ["--store", "https://store", "--bucket", "b"];
    let user: Vec<&str> = store.into_iter().chain(["--store-user", "u"]).collect();
    insta::assert_snapshot!(says(&Harness::new(), &user), @r"
    error: missing argument: a key of the store needs --store-password or ARGO_CONFORMANCE_STORE_PASSWORD
    hint: Name both keys, or none for the default chain of AWS.
    exit 64
    ");
    let token: Vec<&str> = store.into_iter().chain(["--store-session-token", "t"]).collect();
    insta::assert_snapshot!(says(&Harness::new(), &token), @r"
    error: invalid --store-session-token: the keys of the token are missing
    hint: Name the keys by --store-user and --store-password.
    exit 64
    ");
}

#[test]
fn an_address_for_pods_that_is_none() {
    let rest = with_keys(&["--store", "https://store", "--store-in-cluster", "http://store"]);
    insta::assert_snapshot!(says(&Harness::new(), &rest), @r"
    error: invalid --store-in-cluster: `http://store` is not of the form HOST[:PORT]
    exit 64
    ");
}

#[test]
fn a_repository_that_is_no_reference() {
    insta::assert_snapshot!(says(&Harness::new(), &["--artifact-repository", "mine"]), @r"
    error: invalid --artifact-repository: `mine` is not of the form CONFIGMAP:KEY, and is not `default`
    exit 64
    ");
}

#[test]
fn settings_of_a_store_that_is_not_named() {
    let rest = ["--artifact-repository", "default", "--bucket", "b", "--store-region", "eu-1"];
    insta::assert_snapshot!(says(&Harness::new(), &rest), @r"
    error: invalid --bucket: no store is named
    hint: Name the store by --store, or leave the flag out.
    error: invalid --store-region: no store is named
    hint: Name the store by --store, or leave the flag out.
    exit 64
    ");
}

/// All that is lacking is a cluster.
#[test]
fn a_store_and_a_repository_that_are_understood() {
    let harness = Harness::new();
    for rest in [
        &["--artifact-repository", "default"][..],
        &["--artifact-repository", "repositories:mine"],
        &["--store", "https://store", "--bucket", "b"],
        &["--store", "https://[fd00::1]:9000", "--bucket", "b", "--store-style", "virtual-host"],
    ] {
        let said = says(&harness, rest);
        assert!(said.contains("no context is named"), "{rest:?}: {said}");
    }
}
