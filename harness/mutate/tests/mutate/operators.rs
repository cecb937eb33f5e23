use std::collections::BTreeSet;
use std::path::PathBuf;

use model::history::Kind;
use model::{EventKind, History};
use mutate::{OPERATORS, Operator, repair, trim};
use rstest::rstest;

/// A history of the repository, by name.
pub(crate) fn kept(name: &str) -> History {
    let path = format!("../../ci/histories/{name}.jsonl");
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = std::fs::read_to_string(path).expect("it is there");
    History::parse(&text).expect("it is a history")
}

const HISTORIES: [&str; 12] = [
    "artifact-gc.retried-attempt",
    "artifact-gc.inline-beside-named",
    "exit-handler.manual-retry",
    "interrupted.frozen-result",
    "store-trouble.delete-slowed-down",
    "store-trouble.delete-denied",
    "resubmit.memoized",
    "memoization.steps",
    "cron.replaced-while-waiting",
    "upgrade.running-pod",
    "upgrade.cron",
    "failover.killed",
];

fn operators() -> impl Iterator<Item = &'static Operator> {
    OPERATORS.iter().copied().flatten()
}

#[test]
fn there_are_enough_and_their_names_are_their_own() {
    let names: BTreeSet<&str> = operators().map(|o| o.name).collect();
    assert_eq!(names.len(), operators().count());
    assert!(names.len() >= 20, "{}", names.len());
    for operator in operators() {
        assert!(operator.twin.is_none_or(|twin| names.contains(twin)), "{}", operator.name);
    }
}

#[test]
fn each_finds_something_to_alter() {
    let recorded = HISTORIES.map(kept);
    let repaired = recorded.iter().filter_map(repair);
    let histories: Vec<History> = repaired.chain(recorded.clone()).collect();
    for operator in operators() {
        let found = histories.iter().any(|history| (operator.mutate)(history).is_some());
        assert!(found, "{} alters nothing", operator.name);
    }
}

#[rstest]
fn a_mutant_is_a_history(#[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)] which: usize) {
    let history = kept(HISTORIES[which]);
    for operator in operators() {
        let Some(mutant) = (operator.mutate)(&history) else { continue };
        assert_ne!(mutant, history, "{} changes nothing", operator.name);
        assert_eq!((operator.mutate)(&history).as_ref(), Some(&mutant), "{}", operator.name);
        let read = History::parse(&mutant.to_text()).expect(operator.name);
        assert_eq!(read.events, mutant.events, "{}", operator.name);
        assert_eq!(read.header, history.header, "{}", operator.name);
    }
}

#[test]
fn nothing_is_made_of_nothing() {
    let mut nothing = kept(HISTORIES[0]);
    nothing.events.clear();
    assert_eq!(repair(&nothing), None);
    for operator in operators() {
        // Each operator finds nothing to alter or makes a readable history, without a panic.
        if let Some(mutant) = (operator.mutate)(&nothing) {
            assert_eq!(
                History::parse(&mutant.to_text()).map(|h| h.events).ok(),
                Some(mutant.events)
            );
        }
    }
}

#[test]
fn a_repaired_workflow_ends_in_no_error() {
    let errored = kept(HISTORIES[1]).to_text().replace("\"Succeeded\"", "\"Error\"");
    let errored = History::parse(&errored).expect("it is a history");
    assert!(errored.to_text().contains("\"Error\""));
    let repaired = repair(&errored).expect("it was completed");
    let last = repaired.events.iter().rev().find_map(|event| match &event.kind {
        EventKind::Observed(seen) if seen.kind == Kind::Workflow => Some(&seen.object["status"]),
        _ => None,
    });
    let status = last.expect("the workflow was seen");
    assert_eq!(status["phase"], "Succeeded");
    let nodes = status["nodes"].as_object().expect("it has nodes");
    assert!(nodes.values().all(|node| node["phase"] == "Succeeded"), "{nodes:#?}");
}

#[test]
fn trimming_twice_is_trimming_once() {
    let history = kept(HISTORIES[0]);
    assert_eq!(trim(&history), history, "it is kept trimmed");
}
