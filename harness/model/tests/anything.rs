//! The parser of cases, the reader of histories and the front of CEL get arbitrary inputs. Each of
//! them says what is wrong with an input, and none panics.
//!
//! `ANYTHING` in the environment says how many inputs are made for each; a few unless given.

use std::path::Path;

use model::World;
use model::expression::{Expression, Named};
use model::history::{History, Reader};
use model::parse::{CaseFiles, cases, manifest};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::json;

const CASE: &str = include_str!("../../../cases/artifact-gc/retried-attempt/case.yaml");
const WORKFLOW: &str = include_str!("../../../cases/artifact-gc/retried-attempt/workflow.yaml");
const HISTORY: &str = include_str!("testdata/history-1.0.jsonl");

/// Pieces that mean something in one of the three languages.
const PIECES: [&str; 48] = [
    "\n",
    " ",
    "  ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    "'",
    "\"",
    "|",
    "&a ",
    "*a",
    "!!x ",
    "<<: ",
    "#",
    "%",
    "---\n",
    "\u{0}",
    "\u{feff}",
    "é",
    "0",
    "-1",
    "1e999",
    "30s",
    "none",
    "eventually",
    "always",
    "until",
    "within",
    "cel",
    "workflow",
    "pod",
    "objects",
    ".status",
    ".exists(x, ",
    " == ",
    " && ",
    " ? ",
    "?.",
    "null",
    "true",
    "\\",
    "has(",
];

fn count() -> u32 {
    std::env::var("ANYTHING").ok().and_then(|n| n.parse().ok()).unwrap_or(300)
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: count(), failure_persistence: None, ..ProptestConfig::default() }
}

/// A text with some of its parts taken out, doubled, or replaced by pieces.
fn altered(text: &'static str) -> impl Strategy<Value = String> {
    let cut = (any::<Index>(), 0..30_usize, select(&PIECES[..]), any::<bool>());
    prop::collection::vec(cut, 0..6).prop_map(move |cuts| {
        let mut text = text.to_owned();
        for (at, length, piece, double) in cuts {
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let Some(last) = places.len().checked_sub(1) else { continue };
            let from = at.index(places.len());
            let to = (from + length).min(last);
            let part = text[places[from]..places[to]].to_owned();
            let instead = if double { format!("{part}{part}") } else { piece.to_owned() };
            text.replace_range(places[from]..places[to], &instead);
        }
        text
    })
}

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&PIECES[..]), 0..40).prop_map(|pieces| pieces.concat())
}

fn text(of: &'static str) -> impl Strategy<Value = String> {
    prop_oneof![6 => altered(of), 2 => pieces(), 1 => any::<String>()]
}

fn told(case: &str, workflow: &str) {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files = [file("case.yaml", case), file("workflow.yaml", workflow)];
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    if let Err(diagnostics) = cases(&input) {
        assert!(!diagnostics.is_empty(), "a refusal without a reason: {case}");
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_case(case in text(CASE)) {
        told(&case, WORKFLOW);
    }

    #[test]
    fn a_workflow(workflow in text(WORKFLOW)) {
        told(CASE, &workflow);
        let _ = manifest(&workflow);
    }

    #[test]
    fn a_history(text in text(HISTORY)) {
        if let Ok(history) = History::parse(&text) {
            let mut world = World::new(&history.header);
            history.events.iter().for_each(|event| world.apply(event));
        }
    }

    #[test]
    fn a_history_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let header = HISTORY.lines().next().unwrap_or_default();
        let whole = [header.as_bytes(), b"\n", &bytes].concat();
        let _ = History::read(whole.as_slice());
        if let Ok(reader) = Reader::open(whole.as_slice()) {
            prop_assert!(reader.only([]).count() <= bytes.len() + 1);
        }
    }

    #[test]
    fn an_expression(text in prop_oneof![
        text("workflow.status.nodes.exists(n, workflow.status.nodes[n].phase == 'Failed')"),
        text("has(pod.status.phase) && seconds(pod.metadata.t) - 1.5 > double(size(pod.spec))"),
    ]) {
        match Expression::parse(&text) {
            Ok(expression) => {
                let object = json!({ "status": { "nodes": { "a": { "phase": "Failed" } } } });
                for object in [object, json!({}), json!([1]), json!(null), json!({ "status": 1 })] {
                    let _ = expression.says(&object, &Named::new());
                }
            }
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
    }
}
