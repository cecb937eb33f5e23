//! The front of CEL: an expression is parsed, checked and evaluated.

use fuzz::{Target, answer, holds};
use model::expression::{Expression, Named};
use serde_json::json;

const PIECES: [&str; 44] = [
    " ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'",
    "\"",
    "\\",
    "workflow",
    "pod",
    "task_result",
    "objects",
    "other_workflow",
    "node(\"a\")",
    ".status",
    ".nodes",
    ".phase",
    ".metadata",
    ".exists(x, ",
    ".all(x, ",
    ".filter(x, ",
    ".map(x, ",
    ".matches('",
    ".startsWith('",
    "has(",
    "size(",
    "seconds(",
    "duration(",
    "int(",
    "double(",
    "string(",
    " == ",
    " && ",
    " || ",
    " ? ",
    " : ",
    "!",
    "-",
    " % ",
    "null",
    "1u",
];

const EXPRESSIONS: [&str; 7] = [
    "workflow.status.nodes.exists(n, workflow.status.nodes[n].phase == 'Failed')",
    "has(pod.status.phase) && seconds(pod.metadata.creationTimestamp) - 1.5 > double(size(pod.spec))",
    "objects.exists(key, key.startsWith('z')) ? size(objects) % 3 == 1 : !true",
    "node(\"a\").phase == 'Succeeded' || node('b(0)').message.matches('^a+$')",
    "pod.status.containerStatuses.exists(c, c.name == \"wait\" && has(c.state.terminated))",
    "workflow.metadata.labels['a'] in ['x', 'y', string(1)]",
    "size([1, 2, 3].filter(i, i > 1).map(i, i * 2)) == 2",
];

fn read(input: &[u8]) -> u64 {
    let input = String::from_utf8_lossy(input);
    match Expression::parse(&input) {
        Ok(expression) => {
            let node = json!({ "displayName": "a", "phase": "Failed", "message": "aaaa" });
            let object = json!({
                "metadata": { "labels": { "a": "x" }, "creationTimestamp": "2026-01-01T00:00:00Z" },
                "status": { "nodes": { "a": node }, "phase": "Running" },
            });
            let objects =
                [object, json!(["za", "b"]), json!({}), json!(null), json!({ "status": 1 })];
            let said =
                objects.map(|object| format!("{:?}", expression.says(&object, &Named::new())));
            answer(&said.concat())
        }
        Err(errors) => {
            assert!(!errors.is_empty(), "a refusal has a reason");
            let words: Vec<String> = errors.iter().map(|error| format!("{error:?}")).collect();
            answer(&words.concat())
        }
    }
}

#[test]
fn fuzz_cel() {
    let seeds = EXPRESSIONS.map(|text| text.as_bytes().to_vec()).to_vec();
    let read = Box::new(|input: &[u8], _| read(input));
    holds(Target { name: "cel", seeds, pieces: PIECES.to_vec(), read }, 320);
}
