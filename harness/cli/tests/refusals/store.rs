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
    insta::assert_snapshot!(says(&Harness::new(), &with_keys(&["--store", url])), @"");
}

#[test]
fn an_authority_that_cannot_count() {
    let harness = Harness::new();
    let file = harness.path("ca.pem");
    let ca = file.display().to_string();
    let tls = with_keys(&["--store", "https://store", "--store-ca", &ca]);
    insta::assert_snapshot!(says(&harness, &tls), @"");
    std::fs::write(&file, "no certificate").expect("write");
    insta::assert_snapshot!(says(&harness, &tls), @"");
    let plain = with_keys(&["--store", "http://store", "--store-ca", &ca]);
    insta::assert_snapshot!(says(&harness, &plain), @"");
}

#[test]
fn half_of_the_keys() {
    let store = ["--store", "https://store", "--bucket", "b"];
    let user: Vec<&str> = store.into_iter().chain(["--store-user", "u"]).collect();
    insta::assert_snapshot!(says(&Harness::new(), &user), @"");
    let token: Vec<&str> = store.into_iter().chain(["--store-session-token", "t"]).collect();
    insta::assert_snapshot!(says(&Harness::new(), &token), @"");
}

#[test]
fn an_address_for_pods_that_is_none() {
    let rest = with_keys(&["--store", "https://store", "--store-in-cluster", "http://store"]);
    insta::assert_snapshot!(says(&Harness::new(), &rest), @"");
}

#[test]
fn a_repository_that_is_no_reference() {
    insta::assert_snapshot!(says(&Harness::new(), &["--artifact-repository", "mine"]), @"");
}

#[test]
fn settings_of_a_store_that_is_not_named() {
    let rest = ["--artifact-repository", "default", "--bucket", "b", "--store-region", "eu-1"];
    insta::assert_snapshot!(says(&Harness::new(), &rest), @"");
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
