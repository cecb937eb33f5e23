//! The JSON of findings: an outcome and its doubt cannot contradict each other.

use model::verdict::{Doubt, Finding, Outcome};
use rstest::rstest;
use serde_json::{Value, json};

fn finding(outcome: &Value) -> Value {
    let mut finding = json!({ "claim": "done", "words": "it is done", "reason": "so",
        "events": [1], "decided_at": null });
    let keys = outcome.as_object().expect("keys").clone();
    finding.as_object_mut().expect("a finding").extend(keys);
    finding
}

#[rstest]
#[case::pass(json!({ "outcome": "pass" }), Outcome::Pass)]
#[case::fail(json!({ "outcome": "fail" }), Outcome::Fail)]
#[case::unknown(json!({ "outcome": "unknown", "doubt": "gap" }), Outcome::Unknown(Doubt::Gap))]
#[case::not_reached(json!({ "outcome": "not-reached" }), Outcome::NotReached)]
fn an_outcome_keeps_its_doubt(#[case] keys: Value, #[case] outcome: Outcome) {
    let read: Finding = serde_json::from_value(finding(&keys)).expect("a finding");
    assert_eq!(read.outcome, outcome);
    let written = serde_json::to_value(&read).expect("it is JSON");
    assert_eq!((&written["outcome"], &written["doubt"]), (&keys["outcome"], &keys["doubt"]));
}

#[rstest]
#[case::a_pass_with_a_doubt(json!({ "outcome": "pass", "doubt": "gap" }))]
#[case::a_failure_with_a_doubt(json!({ "outcome": "fail", "doubt": "gap" }))]
#[case::an_unknown_without_a_doubt(json!({ "outcome": "unknown" }))]
#[case::an_unknown_with_no_doubt(json!({ "outcome": "unknown", "doubt": null }))]
#[case::another_doubt(json!({ "outcome": "unknown", "doubt": "guess" }))]
fn a_contradiction_is_refused(#[case] keys: Value) {
    assert!(serde_json::from_value::<Finding>(finding(&keys)).is_err());
}

#[test]
fn a_doubt_is_displayed_by_its_key() {
    for doubt in Doubt::ALL {
        assert_eq!(serde_json::to_value(doubt).expect("it is JSON"), json!(doubt.to_string()));
    }
}
