//! The command `check` where it cannot reach a cluster, or finds nothing.

use serde_json::{Value, json};

use crate::existing::EXISTING;
use crate::harness::Harness;
use crate::servers::{Answer, api, closed_port};

const STORE: [&str; 6] = ["--bucket", "b", "--store-user", "u", "--store-password", "p"];

/// A check with the context `t` of a kubeconfig with this server; exit code and standard output.
fn checked(harness: &Harness, server: &str, more: &[&str]) -> (Option<i32>, String) {
    let kubeconfig = json!({
        "contexts": [{ "name": "t", "context": { "cluster": "c", "user": "u" } }],
        "clusters": [{ "name": "c", "cluster": { "server": server } }],
        "users": [{ "name": "u", "user": {} }],
    });
    std::fs::write(harness.path("kubeconfig"), kubeconfig.to_string()).expect("write");
    let mut command = harness.command(&["check", "--context", "t", "--namespaces", "prepared-1"]);
    command.args(STORE).args(["--store", "http://127.0.0.1:1"]).args(more);
    command.arg("--kubeconfig").arg(harness.path("kubeconfig"));
    for name in ["KUBECONFIG", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    let output = command.output().expect("it runs");
    for left in ["cache/private", "cache/runs"] {
        let left = harness.path(left).read_dir().map(Iterator::count);
        assert_eq!(left.unwrap_or_default(), 0, "a directory is left");
    }
    (output.status.code(), String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn a_check_demands_the_arguments_of_a_run() {
    let harness = Harness::new();
    assert_eq!(harness.says(&["check"]), harness.says(&EXISTING));
}

#[test]
fn an_api_server_that_does_not_answer() {
    let (harness, port) = (Harness::new(), closed_port());
    let (code, text) = checked(&harness, &format!("https://{port}"), &[]);
    assert_eq!(code, Some(69), "{text}");
    let text = text.replace(&harness.path("").display().to_string(), "DIR/");
    let text = text.replace(&format!(":{}", port.port()), ":PORT");
    let lines: Vec<&str> = text.lines().take(2).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    FAIL  failed to look at namespace prepared-1: failed to connect to https://127.0.0.1:PORT (context t of DIR/kubeconfig): tcp connect error: Connection refused (os error 111)
          remedy: Check that the API server runs, and its port in the key `server`.
    ");
    assert!(text.contains("0 ok, 0 notes, 1 failed in "), "{text}");
}

#[test]
fn a_cluster_that_has_nothing() {
    let harness = Harness::new();
    let (port, _) = api(Answer::NotFound);
    let (code, text) = checked(&harness, &format!("http://{port}"), &["--format", "json"]);
    assert_eq!(code, Some(69), "{text}");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let items = report["items"].as_array().expect("items").iter();
    let failures: Vec<&Value> =
        items.map(|item| &item["failure"]).filter(|f| !f.is_null()).collect();
    assert_eq!(failures, ["controller", "not-prepared", "rights"]);
    assert_eq!(report["connection"]["server"], format!("http://{port}"));
    assert_eq!(report["connection"]["context"], "t");
}
