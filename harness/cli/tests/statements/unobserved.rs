//! A part that the run did not observe in full: in the statement, and in its check.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::run::{CASES, Run};

const REASON: &str = "whether the nodes of the cases' pods are Ready: you may not";

/// Puts the event before the end of the history of the first case.
fn without_nodes(run: &Run) {
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let mut end = lines.pop().expect("an end");
    let unobserved = json!({ "n": end["n"], "at": end["at"],
        "kind": { "unobserved": { "part": "node", "reason": REASON } } });
    end["n"] = json!(end["n"].as_u64().expect("a number") + 1);
    lines.extend([unobserved, end]);
    let lines: Vec<String> = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(path, lines.concat()).expect("write");
}

fn stated(run: &Run) -> Value {
    let text = std::fs::read_to_string(run.path("statement.json")).expect("a statement");
    let envelope: Value = serde_json::from_str(&text).expect("JSON");
    let payload = STANDARD.decode(envelope["payload"].as_str().expect("text")).expect("base64");
    let statement: Value = serde_json::from_slice(&payload).expect("JSON");
    statement["predicate"]["conformance"]["verdicts"].clone()
}

#[test]
fn a_statement_names_the_unobserved_part_of_each_case() {
    let run = Run::new();
    without_nodes(&run);
    let said = run.certify();
    assert!(said.ends_with("exit 0"), "{said}");
    let expected = json!([{ "part": "node", "reason": REASON }]);
    assert_eq!(stated(&run)[0]["unobserved"], expected);
    assert_eq!(stated(&run)[1]["unobserved"], Value::Null);
    let said = run.verify(&[]);
    assert!(said.starts_with("the statement holds: PASSED"), "{said}");
}

#[test]
fn a_statement_that_hides_it_is_refused() {
    let run = Run::new();
    without_nodes(&run);
    run.certify();
    run.forge(|statement| {
        let verdict = &mut statement["predicate"]["conformance"]["verdicts"][0];
        verdict.as_object_mut().expect("an object").remove("unobserved").expect("it is there");
    });
    let said = run.verify(&["--unsigned"]);
    assert!(said.contains("the history names other unobserved parts than the statement"), "{said}");
    assert!(said.ends_with("exit 1"), "{said}");
}
