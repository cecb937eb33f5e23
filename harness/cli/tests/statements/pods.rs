//! Statements about a run with settings for the pods of its cases.

use model::pod_settings::{PodSecurity, PodSettings};
use rstest::rstest;
use serde_json::{Value, json};

use crate::run::{CASES, Run, found_controller, on_existing};

fn settings() -> PodSettings {
    PodSettings { security: PodSecurity::Restricted, ..PodSettings::default() }
}

/// Writes the settings into each workflow of a value.
fn apply(value: &mut Value, settings: &PodSettings) {
    if value["spec"]["templates"].is_array() {
        value["kind"] = json!("Workflow");
        settings.apply(value, Some(&"3.7.18".parse().expect("a version")));
        return;
    }
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|value| apply(value, settings)),
        Value::Array(items) => items.iter_mut().for_each(|value| apply(value, settings)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The run on an existing cluster whose histories have some settings, and whose report has others.
fn run(recorded: &PodSettings, reported: &PodSettings) -> Run {
    let run = Run::new();
    for case in CASES {
        run.header(case, |header| header["requests"] = json!(false));
        let path = run.history(case);
        let text = std::fs::read_to_string(&path).expect("a history");
        let lines = text.lines().map(|line| {
            let mut event: Value = serde_json::from_str(line).expect("JSON");
            if let Some(kind) = event.get_mut("kind") {
                apply(kind, recorded);
            }
            format!("{event}\n")
        });
        std::fs::write(&path, lines.collect::<String>()).expect("write");
    }
    run.finds(found_controller());
    run.report(|report| {
        on_existing(report);
        report.request.as_mut().expect("a request").pods = reported.clone();
    });
    run.certify();
    run
}

#[test]
fn a_statement_has_the_settings_and_the_workflows_are_those_of_the_cases_with_them() {
    let run = run(&settings(), &settings());
    let said = run.verify(&[]);
    assert!(!said.contains("refused: "), "{said}");
    let shown = run.run(&["report", "run"]);
    assert!(shown.contains("pods of cases: Pod Security restricted"), "{shown}");
}

#[rstest]
#[case::not_recorded(PodSettings::default(), settings(), "the workflow differs: spec")]
#[case::not_reported(
    settings(),
    PodSettings::default(),
    "the spec of the workflow has more fields"
)]
fn other_settings_than_those_of_the_statement_are_refused(
    #[case] recorded: PodSettings,
    #[case] reported: PodSettings,
    #[case] expected: &str,
) {
    let said = run(&recorded, &reported).verify(&[]);
    assert!(said.contains("refused: ") && said.contains(expected), "{said}");
}

#[test]
fn a_provider_that_installs_argo_takes_no_settings() {
    let run = Run::new();
    run.report(|report| report.request.as_mut().expect("a request").pods = settings());
    run.certify();
    let said = run.verify(&[]);
    let refusal = "the provider native takes no settings for pods: Pod Security restricted";
    assert!(said.contains(refusal), "{said}");
}
