//! A leaf that decides nothing is found beside leaves that decide.

use std::path::Path;

use model::Case;
use model::parse::{CaseFiles, cases};
use mutate::{Score, mutate};
use rstest::rstest;

use crate::operators::kept;

const CASE: &str = "artifact-gc/retried-attempt";

/// The kept case with other requirements and claims.
fn case(requires: &str, claims: &str) -> Case {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(CASE);
    let read = |name: &str| std::fs::read_to_string(place.join(name)).expect("it is there");
    let text = read("case.yaml");
    let (before, _) = text.split_once("requires:").expect("it has requirements");
    let (before, after) = before.split_once("broken:").unwrap_or((before, ""));
    let steps = after.split_once("steps:").map(|(_, steps)| format!("steps:{steps}"));
    let requires = if requires.is_empty() { "" } else { &format!("requires:\n{requires}") };
    let text = format!("{before}{}{requires}claims:\n{claims}", steps.unwrap_or_default());
    let file = |name: &str, text: String| (name.to_owned(), text);
    let files = [file("case.yaml", text), file("workflow.yaml", read("workflow.yaml"))];
    let read = cases(&CaseFiles { directory: &place, id: CASE, files: &files });
    read.unwrap_or_else(|errors| panic!("{errors:#?}")).remove(0)
}

fn score(requires: &str, claims: &str) -> Score {
    mutate(&case(requires, claims), &kept("artifact-gc.retried-attempt")).expect("it passes")
}

const SUCCEEDS: &str = "  - id: c\n    eventually: { phase: Succeeded }\n    within: 20s\n";

#[rstest]
#[case::a_count_without_a_limit(
    "eventually: { all: [{ phase: Succeeded }, { pods-seen: { at-most: 999 } }] }\n    \
     within: 20s",
    &["at most 999 pods of the workflow were seen"]
)]
#[case::a_leaf_that_another_implies(
    "eventually: { all: [{ phase: Succeeded }, { phase: completed }] }\n    within: 20s",
    &["the workflow is completed"]
)]
#[case::an_alternative_that_another_covers(
    "eventually: { any: [{ phase: Succeeded }, { phase: completed }] }\n    within: 20s",
    &["the workflow's phase is Succeeded"]
)]
#[case::each_decides(
    "eventually: { all: [{ phase: Succeeded }, { node: { name: root, phase: Succeeded } }] }\n    \
     within: 20s",
    &[]
)]
#[case::never("never: { phase: Failed }\n    within: 20s", &[])]
#[case::never_both(
    "never: { all: [{ phase: Succeeded }, { node: { name: root(0), phase: Succeeded } }] }\n    \
     within: 20s",
    &[]
)]
#[case::regardless_of_the_node(
    "eventually: { phase: Succeeded }\n    within: 20s\n    regardless: node",
    &[]
)]
#[case::regardless_of_the_controller(
    "never: { phase: Failed }\n    within: 20s\n    regardless: controller",
    &[]
)]
#[case::the_end_of_an_until(
    "always: { finalizer-present: workflows.argoproj.io/artifact-gc }\n    \
     until: { phase: Succeeded }\n    within: 20s",
    &[]
)]
#[case::the_trigger_and_the_answer(
    "whenever: { phase: Succeeded }\n    leads-to: \
     { finalizer-absent: workflows.argoproj.io/artifact-gc }\n    within: 60s",
    &[]
)]
fn leaf(#[case] claim: &str, #[case] idle: &[&str]) {
    let score = score("", &format!("  - id: c\n    {claim}\n"));
    let claim = &score.claims[0];
    assert_eq!(claim.idle().collect::<Vec<_>>(), idle, "{claim:#?}");
    assert!(claim.is_killed(), "the whole claim is killed all the same: {claim:#?}");
}

/// The part is a leaf of its own, which a mutant with that part unhealthy kills.
#[rstest]
#[case("api-server", "regardless of the API server")]
#[case("controller", "regardless of the workflow controller")]
#[case("node", "regardless of the node")]
#[case("object-store", "regardless of the object store")]
fn a_part_that_does_not_count_decides(#[case] word: &str, #[case] part: &str) {
    let claim = format!("{SUCCEEDS}    regardless: {word}\n");
    let score = score("", &claim);
    let claim = &score.claims[0];
    let leaf = claim.leaves.iter().find(|leaf| leaf.part == part);
    assert!(leaf.is_some_and(|leaf| leaf.by.is_some()), "{:#?}", claim.leaves);
    assert!(!claim.hits.iter().any(mutate::Hit::is_fooled), "{claim:#?}");
}

#[rstest]
#[case::what_every_passing_history_shows("{ workflow: present }", 1)]
#[case::a_count_of_any_number("{ gc-pods-seen: { at-most: 999 } }", 1)]
#[case::a_leaf_of_any_number("{ all: [{ objects: some }, { pods-seen: { at-most: 999 } }] }", 1)]
#[case::a_node("{ node: { name: root(0), phase: Failed } }", 0)]
#[case::objects_of_the_store("{ objects: some }", 0)]
#[case::both("{ all: [{ objects: some }, { node: { name: root(0), phase: Failed } }] }", 0)]
fn requirement(#[case] seen: &str, #[case] idle: usize) {
    let score = score(&format!("  - seen: {seen}\n"), SUCCEEDS);
    assert_eq!(score.idle().count(), idle, "{:#?}", score.requirements);
}
