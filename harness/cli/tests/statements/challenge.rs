//! A verifier's value: a run made before it was given cannot carry it.

use rstest::rstest;
use serde_json::{Value, json};

use crate::merged;
use crate::run::{CASES, Run};

const GIVEN: &str = "0123456789abcdef0123456789abcdef";
const OTHER: &str = "ffffffffffffffffffffffffffffffff";

/// Writes this challenge wherever a run writes its own.
fn carry(run: &Run, challenge: &str) {
    for case in CASES {
        label(run, case, challenge);
        run.header(case, |header| header["challenge"] = json!(challenge));
    }
    ask(run, challenge);
}

/// In its report.
fn ask(run: &Run, challenge: &str) {
    run.report(|report| {
        report.request.as_mut().expect("a request").challenge = Some(challenge.to_owned());
    });
}

/// In its workflow, as the API server has it.
fn label(run: &Run, case: &str, challenge: &str) {
    let path = run.history(case);
    let text = std::fs::read_to_string(&path).expect("a history");
    let line = |line: &str| {
        let mut value: Value = serde_json::from_str(line).expect("JSON");
        if value["kind"]["observed"]["kind"] == "workflow" {
            let labels = &mut value["kind"]["observed"]["object"]["metadata"]["labels"];
            labels["argo-conformance/challenge"] = json!(challenge);
        }
        format!("{value}\n")
    };
    std::fs::write(&path, text.lines().map(line).collect::<String>()).expect("write");
}

#[test]
fn a_run_that_carries_it_holds() {
    let run = Run::new();
    carry(&run, GIVEN);
    run.certify();
    let said = run.verify(&["--challenge", GIVEN]);
    assert!(said.contains(&format!("; challenge {GIVEN}; ")) && said.ends_with("exit 0"), "{said}");
    let said = run.verify(&[]);
    assert!(said.contains(&format!("challenge {GIVEN}, not required")), "{said}");
    let said = run.verify(&["--challenge", OTHER]);
    assert!(
        said.contains(&format!("refused: the statement carries another challenge: {GIVEN}")),
        "{said}"
    );
}

fn nothing(_: &Run) {}

fn in_the_report(run: &Run) {
    ask(run, GIVEN);
}

/// The way of a script that takes published histories and writes other headers.
fn in_the_headers(run: &Run) {
    ask(run, GIVEN);
    for case in CASES {
        run.header(case, |header| header["challenge"] = json!(GIVEN));
    }
}

fn of_another_run(run: &Run) {
    carry(run, GIVEN);
    label(run, CASES[0], OTHER);
}

fn in_one_history(run: &Run) {
    carry(run, GIVEN);
    run.header(CASES[1], |header| header["challenge"] = json!(OTHER));
}

#[rstest]
#[case::nothing(nothing, "the statement carries no challenge, and one is required")]
#[case::in_the_report(in_the_report, "the history carries another challenge than the statement")]
#[case::in_the_headers(in_the_headers, "the workflow does not carry the challenge")]
#[case::of_another_run(of_another_run, "the workflow does not carry the challenge")]
#[case::in_one_history(in_one_history, "the history carries another challenge than the statement")]
fn a_run_without_it_is_refused(#[case] make: fn(&Run), #[case] reason: &str) {
    let run = Run::new();
    make(&run);
    run.certify();
    let said = run.verify(&["--challenge", GIVEN]);
    assert!(said.contains(reason) && said.ends_with("exit 1"), "{said}");
}

#[rstest]
#[case::run(&["run"])]
#[case::verify(&["verify", "statement.json", "run", "--unsigned"])]
fn a_value_that_is_none_is_refused(#[case] args: &[&str]) {
    let said = Run::new().run(&[args, &["--challenge", "42"]].concat());
    assert!(said.contains("invalid value '42' for '--challenge <VALUE>'"), "{said}");
    assert!(said.ends_with("exit 64"), "{said}");
}

#[test]
fn shards_of_different_challenges_are_not_merged() {
    let run = Run::new();
    merged::cut(&run, &CASES, &["one", "two"]);
    let path = run.path("two/run.json");
    let text = std::fs::read_to_string(&path).expect("a report");
    let mut report: Value = serde_json::from_str(&text).expect("JSON");
    report["request"]["challenge"] = json!(GIVEN);
    std::fs::write(&path, report.to_string()).expect("write");
    let said = run.run(&["merge", "one", "two", "--out", "whole"]);
    let reason = format!("refused: the challenge: {GIVEN} in two; none in one");
    assert!(said.contains(&reason) && said.ends_with("exit 65"), "{said}");
}
