use std::fs;
use std::path::Path;

use ci::mutate::{HISTORIES, mutate, take};
use mutate::words;
use tempfile::TempDir;

use crate::cases::{repository, write};

/// The checkout that these tests are of.
fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("ci is in the checkout")
}

const NAME: &str = "artifact-gc.optional-artifact.jsonl";

/// The committed history of a case, and a case with these claims on it.
fn with_claims(claims: &str) -> TempDir {
    let source = checkout().join("cases/artifact-gc/optional-artifact");
    let read = |name: &str| fs::read_to_string(source.join(name)).expect("it is there");
    let case = read("case.yaml");
    let (head, _) = case.split_once("claims:\n  - id").expect("it has claims");
    let head = head.split_once("broken:").expect("it is broken somewhere").0.to_owned()
        + head.split_once("steps:").map_or("", |_| "steps:")
        + head.split_once("steps:").expect("it has steps").1;
    let root = repository(&format!("{head}claims:\n{claims}"), None);
    write(root.path(), "cases/area/one/workflow.yaml", &read("workflow.yaml"));
    let history = fs::read_to_string(checkout().join(HISTORIES).join(NAME)).expect("it is there");
    write(root.path(), &format!("{HISTORIES}/area.one.jsonl"), &history);
    root
}

fn problems(root: &Path) -> Vec<String> {
    mutate(root).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn every_claim_of_every_case_is_killed() {
    let outcome = mutate(checkout());
    assert_eq!(outcome.problems, []);
    assert!(!outcome.scores.is_empty());
    let all = words(&outcome.scores).join("\n");
    assert!(all.contains("on a repaired history"), "it says where no version passes: {all}");
    assert!(!all.contains("SURVIVES"), "{all}");
}

#[test]
fn a_claim_that_cannot_fail_is_named() {
    let root = with_claims(
        "  - { id: can, eventually: { phase: Succeeded }, within: 60s }\n  \
           - { id: cannot, eventually: { phase: [Pending, Running, Succeeded, Failed, Error] }, \
             within: 60s }\n",
    );
    let found = problems(root.path());
    assert_eq!(found.len(), 2, "{found:?}");
    let expected = "cases/area/one/case.yaml: error: no mutant makes claim `cannot` of `area/one` \
                    fail: ";
    assert!(found[0].starts_with(expected), "{found:?}");
    let leaf = "of claim `cannot` of `area/one` decides nothing on any mutant: ";
    assert!(found[1].contains(leaf), "{found:?}");
}

#[test]
fn a_case_that_does_not_pass_to_begin_with_is_named() {
    let root = with_claims("  - { id: fails, eventually: { phase: Failed }, within: 60s }\n");
    let found = problems(root.path());
    assert!(found[0].contains("claim fails of area/one does not pass to begin with"), "{found:?}");
}

#[test]
fn a_case_without_a_history_is_named() {
    let root = with_claims("  - { id: can, eventually: { phase: Succeeded }, within: 60s }\n");
    fs::remove_file(root.path().join(HISTORIES).join("area.one.jsonl")).expect("it was there");
    let found = problems(root.path());
    assert!(found[0].starts_with("ci/histories/area.one.jsonl: error: no history"), "{found:?}");
}

#[test]
fn a_history_is_taken_from_a_run() {
    let root = with_claims("  - { id: can, eventually: { phase: Succeeded }, within: 60s }\n");
    let kept = root.path().join(HISTORIES).join("area.one.jsonl");
    let history = fs::read_to_string(&kept).expect("it is there");
    fs::remove_file(&kept).expect("it was there");
    write(root.path(), "run/3.5.12/cases/area.one/history.jsonl", &history);
    let taken = take(root.path(), &root.path().join("run/3.5.12")).expect("it can be");
    assert_eq!(taken, ["ci/histories/area.one.jsonl"]);
    assert_eq!(fs::read_to_string(&kept).expect("it was written"), history, "trimmed already");
    assert_eq!(problems(root.path()), [""; 0]);
}
