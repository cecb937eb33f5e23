//! A run directory with key material is not published.

use rstest::rstest;

use crate::run::{ARGO, Run};

/// A private key, as it begins in a file. No real one.
const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIE\n";
/// The form of a password of an object store.
const PASSWORD: &str = "wJalrXUtnFEMI/K7MDENG";

#[rstest]
#[case::certify(&["certify", "run", "--key", "key.pem"], "statement.json")]
#[case::report(&["report", "run", "--format", "html", "--output", "page.html"], "page.html")]
#[case::site(&["site", "run", "--output", "public", "--cases", "cases"], "public")]
#[case::merge(&["merge", "run", "--out", "merged"], "merged")]
fn every_command_that_publishes_refuses_it(#[case] args: &[&str], #[case] output: &str) {
    let run = Run::new();
    std::fs::write(run.path("run").join("server.key"), KEY).expect("write");
    let log = run.path("run").join(ARGO).join("controller.log");
    std::fs::write(log, "ok\nproxy http://me:s3cret@10.0.0.1:3128\n").expect("write");
    let said = run.run(args);
    for line in [
        "refused: run/3.7.18/controller.log:2:14: a password in a URL",
        "refused: run/server.key:1:1: a private key",
        "hint: Replace each key at its issuer",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert!(said.ends_with("exit 65") && !said.contains("s3cret"), "{said}");
    assert!(!run.path(output).exists(), "nothing is written");
}

/// The places of a run directory that foreign text reaches, each with a secret as it comes there.
#[rstest]
#[case::said_by_argo(
    "3.7.18/cases/a.b/history.jsonl",
    r#"{"what":{"step_ended":{"outcome":{"unknown":"argo stop: Authorization: Bearer abcdef123456"}}}}"#
)]
#[case::applied_secret(
    "3.7.18/cases/a.b/history.jsonl",
    r#"{"kind":"Secret","data":{"key":"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1DNENBUUF3QlFZREsyVnc="}}"#
)]
#[case::environment_of_a_pod(
    "3.7.18/cases/a.b/diagnosis/pods.json",
    r#"{"name":"AWS_SECRET_ACCESS_KEY","value":"wJalrXUtnFEMI/K7MDENG"}"#
)]
#[case::log_of_the_controller(
    "3.7.18/cases/a.b/diagnosis/controller.log",
    "level=error msg=\"Get http://me:s3cret@10.0.0.1/: refused\""
)]
#[case::reason_of_an_untested_installation(
    "run.json",
    r#"{"untested":[{"reason":"failed to reach https://me:s3cret@10.0.0.1:6443"}]}"#
)]
#[case::kubeconfig("kubeconfig", r#"{"kind":"Config","users":[{"user":{"token":"abcd"}}]}"#)]
#[case::merged_session("sessions/1-r7f3/kubeconfig", "current-context: a\nclient-key-data: abcd")]
fn key_material_is_found_wherever_it_gets(#[case] file: &str, #[case] text: &str) {
    let run = Run::new();
    let path = run.path("run").join(file);
    std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
    std::fs::write(path, text).expect("write");
    let secret = [("AWS_SECRET_ACCESS_KEY", PASSWORD)];
    let said = run.run_with(&["certify", "run"], &secret);
    assert!(said.contains(&format!("refused: run/{file}:")), "{said}");
    assert!(said.ends_with("exit 65") && !said.contains("s3cret"), "{said}");
}

/// The secret of the object store, which the environment of the command has.
#[test]
fn a_secret_of_the_environment_is_refused() {
    let run = Run::new();
    let text = format!("signature of {PASSWORD}\n");
    std::fs::write(run.path("run").join("store.log"), text).expect("write");
    let said = run.run(&["report", "run"]);
    assert!(said.ends_with("exit 0"), "{said}");
    let secret = [("ARGO_CONFORMANCE_STORE_PASSWORD", PASSWORD)];
    let said = run.run_with(&["report", "run"], &secret);
    assert!(said.contains("refused: run/store.log:1:14: a secret of the environment"), "{said}");
    assert!(said.ends_with("exit 65") && !said.contains(PASSWORD), "{said}");
}
