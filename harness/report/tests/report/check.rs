//! The results of the command `check`.

use jsonschema::validator_for;
use report::Style;
use report::check::{CheckConnection, CheckItem, CheckReport, Failure, SCHEMA, Topic, json, text};
use serde_json::{Value, json};

use crate::samples::HOSTILE;

/// A report with these items.
fn report(items: Vec<CheckItem>) -> CheckReport {
    CheckReport {
        schema: SCHEMA,
        run: "r7f3".to_owned(),
        started: "2026-01-02T03:04:05Z".parse().expect("a time"),
        elapsed_ms: 12_345,
        connection: Some(CheckConnection {
            server: "https://10.0.0.5:6443".into(),
            context: Some("staging".into()),
            kubeconfig: Some("kube/config".into()),
        }),
        items,
    }
}

/// An item of each outcome.
fn sample() -> CheckReport {
    let missing = "rights are missing:\n  in namespace argo: pods (list)";
    report(vec![
        CheckItem::ok(Topic::Connection, "connected as me"),
        CheckItem::fail(Topic::Rights, Failure::Rights, missing)
            .with_remedy(Some("Give them.".to_owned())),
        CheckItem::fail(Topic::Admission, Failure::PodSecurity, "violates PodSecurity").of("one"),
        CheckItem::ok(Topic::Canary, "the canary workflow succeeded in 6.1 s").of("two"),
        CheckItem::note(Topic::Environment, "3 of 41 nodes are not Ready"),
    ])
}

/// A report in which all foreign text is hostile.
fn hostile() -> CheckReport {
    let connection = CheckConnection {
        server: HOSTILE.into(),
        context: Some(HOSTILE.into()),
        kubeconfig: Some(HOSTILE.into()),
    };
    let items = vec![
        CheckItem::ok(Topic::Connection, HOSTILE),
        CheckItem::fail(Topic::Canary, Failure::CanaryFailed, HOSTILE)
            .of(HOSTILE)
            .with_remedy(Some(HOSTILE.to_owned())),
    ];
    CheckReport { connection: Some(connection), ..report(items) }
}

#[test]
fn for_a_terminal() {
    insta::assert_snapshot!("check_plain", text(&sample(), Style::Plain));
}

#[test]
fn in_a_pod_there_is_no_kubeconfig() {
    let mut report = sample();
    let connection = report.connection.as_mut().expect("a connection");
    (connection.context, connection.kubeconfig) = (None, None);
    let text = text(&report, Style::Plain);
    let first = text.lines().next();
    let expected = "ok    connected as me: https://10.0.0.5:6443 (service account of this pod)";
    assert_eq!(first, Some(expected));
}

#[test]
fn for_programs() {
    insta::assert_snapshot!("check_json", json(&sample()));
}

#[test]
fn a_run_directory_names_no_server_and_no_kubeconfig() {
    let text = json(&sample().recorded());
    assert!(!text.contains("10.0.0.5") && !text.contains("kube/"), "{text}");
    let read: CheckReport = serde_json::from_str(&text).expect("a report");
    assert_eq!(read, sample().recorded());
}

#[test]
fn foreign_text_acts_on_no_terminal() {
    let text = text(&hostile(), Style::Plain);
    for line in text.lines() {
        assert_eq!(report::tame(line), line, "{line:?}");
    }
}

/// Each kind of a failure says how to end it.
#[test]
fn every_failure_has_a_remedy() {
    for failure in Failure::ALL {
        let remedy = failure.remedy();
        let is_sentence = remedy.starts_with(char::is_uppercase) && remedy.ends_with('.');
        assert!(is_sentence && remedy.split(' ').count() <= 20, "{failure:?}: {remedy}");
        let item = CheckItem::fail(Topic::Canary, *failure, "");
        assert_eq!(item.remedy.as_deref(), Some(remedy));
        assert_eq!(json!(failure), failure.name());
    }
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/check-1.json")).expect("JSON")
}

fn document(report: &CheckReport) -> Value {
    serde_json::from_str(&json(report)).expect("JSON")
}

#[test]
fn a_report_is_as_its_schema_says() {
    let validator = validator_for(&schema()).expect("a schema");
    for report in [sample(), sample().recorded(), hostile(), report(Vec::new())] {
        let document = document(&report);
        let errors: Vec<String> = validator.iter_errors(&document).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{document}: {errors:?}");
    }
    for (pointer, value) in [
        ("/items/0/outcome", json!("fail")),
        ("/items/1/remedy", Value::Null),
        ("/items/1/outcome", json!("note")),
        ("/items/1/failure", json!("unheard-of")),
        ("/schema", json!(2)),
    ] {
        let mut document = document(&sample());
        *document.pointer_mut(pointer).expect("a place") = value;
        assert!(!validator.is_valid(&document), "{pointer}: {document}");
    }
}

#[test]
fn the_schema_has_every_topic_and_every_failure() {
    let schema = schema();
    let item = &schema["properties"]["items"]["items"]["properties"];
    assert_eq!(item["topic"]["enum"], json!(Topic::ALL));
    assert_eq!(item["failure"]["enum"], json!(Failure::ALL));
}
