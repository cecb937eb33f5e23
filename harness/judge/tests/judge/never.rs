//! The table "never and always", for `never`.

use insta::assert_snapshot;
use model::fact::Fact;
use model::fact::{NodesFact, WorkflowFact};
use model::history::{Change, Part};
use model::verdict::{Doubt, Outcome};
use rstest::rstest;
use serde_json::json;

use crate::story::{Story, never, only_while, since, succeeded, told};

fn failed() -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec!["Failed".to_owned()]))
}

#[test]
fn fails_at_the_first_violation() {
    let story = Story::submitted().at(5_000).phase("Failed").at(6_000).phase("Running").ended();
    assert_snapshot!(told(&story.judge(never(failed(), None))), @r"
    fail at 5000, events [21, 23]:
    at 5.0s (event 23): phase Failed; no nodes
    ");
}

#[test]
fn fails_by_the_state_at_the_opening() {
    let story = Story::submitted().phase("Failed").at(3_000).done("await").phase("Running");
    let finding = story.judge(since(never(failed(), None), "await"));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn fails_whatever_the_end() {
    let story = Story::submitted().phase("Failed").torn();
    assert_eq!(story.judge(never(failed(), Some(10))).outcome, Outcome::Fail);
}

#[test]
fn passes_at_the_end_of_the_history() {
    let story = Story::submitted().well_until(5_000).phase("Succeeded").at(8_000).ended();
    assert_snapshot!(told(&story.judge(never(failed(), None))), @r"
    pass at 8000, events [21, 54]:
    no violation from 1.0s to 8.0s, last evaluated at 8.0s (event 54); at the end:
    phase Succeeded; no nodes
    ");
}

#[test]
fn passes_at_the_end_of_its_window() {
    let story = Story::submitted().well_until(12_000).phase("Failed");
    assert_snapshot!(told(&story.judge(never(failed(), Some(10)))), @r"
    pass at 11000, events [21, 82, 83]:
    no violation from 1.0s to 11.0s, last evaluated at 11.0s (event 82); at the end:
    phase Running; no nodes
    ");
}

#[rstest]
#[case::at_the_deadline(11_000, Outcome::Fail)]
#[case::after_the_deadline(11_001, Outcome::Pass)]
fn the_deadline_is_in_the_window(#[case] at: u64, #[case] expected: Outcome) {
    let story = Story::submitted().well_until(10_900).at(at);
    let story = if at > 11_000 { story.well_until(at) } else { story };
    let story = story.phase("Failed").well_until(15_000);
    let finding = story.judge(never(failed(), Some(10)));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[test]
fn before_the_window_does_not_count() {
    let story = Story::submitted().phase("Failed").at(2_000).phase("Running").done("await");
    let finding = story.well_until(9_000).ended().judge(since(never(failed(), None), "await"));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[rstest]
#[case::open_ended(None)]
#[case::bounded(Some(10))]
fn incomplete_is_unknown(#[case] within: Option<u64>) {
    let broken = Story::submitted().well_until(5_000).judge(never(failed(), within));
    assert_eq!(broken.outcome, Outcome::Unknown(Doubt::HistoryTooShort), "{broken:?}");
    assert!(broken.reason.contains("breaks off after 5.0s"), "{broken:?}");
    let torn = Story::submitted().well_until(5_000).torn().judge(never(failed(), within));
    assert_eq!(torn.outcome, Outcome::Unknown(Doubt::HistoryTooShort), "{torn:?}");
    assert!(torn.reason.contains("torn"), "{torn:?}");
}

#[test]
fn ended_before_its_window_did_is_unknown() {
    let story = Story::submitted().well_until(5_000).ended();
    assert_snapshot!(told(&story.judge(never(failed(), Some(10)))), @r"
    unknown at -, events [21]:
    the window was to last until 11.0s, but the history ended at 5.0s (event 53):
    every claim is decided
    ");
}

#[test]
fn never_evaluated_is_unknown() {
    let story = Story::new().done("submit").well_until(5_000).ended();
    assert_snapshot!(told(&story.judge(never(failed(), None))), @r"
    unknown at -, events [1]:
    matched nothing: the workflow was never seen
    ");
}

#[test]
fn a_gap_in_the_window_is_unknown() {
    let story = Story::submitted().at(4_000).gap().at(8_000).ended();
    assert_snapshot!(told(&story.judge(never(failed(), None))), @r"
    unknown at -, events [21, 23]:
    no violation was seen, but the watch of workflows has a gap at 4.0s (event 23):
    410 Gone
    ");
}

#[test]
fn a_gap_outside_the_window_does_not_matter() {
    let story = Story::new().gap().at(10).done("submit").phase("Running").well_until(12_000);
    let finding = story.gap().ended().judge(never(failed(), Some(10)));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[test]
fn a_gap_right_after_the_window_is_unknown() {
    let story = Story::submitted().well_until(10_900).at(11_100).gap().well_until(15_000);
    let finding = story.judge(never(failed(), Some(10)));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Gap), "{finding:?}");
}

#[rstest]
#[case(Part::Api, Outcome::Unknown(Doubt::Environment))]
#[case(Part::Watches, Outcome::Unknown(Doubt::Environment))]
#[case(Part::Controller, Outcome::Unknown(Doubt::Environment))]
#[case(Part::Node, Outcome::Unknown(Doubt::Environment))]
#[case(Part::Harness, Outcome::Unknown(Doubt::Environment))]
#[case(Part::Store, Outcome::Pass)]
fn trouble_of_what_we_see_with_is_unknown(#[case] part: Part, #[case] expected: Outcome) {
    let story = Story::submitted().at(4_000).troubled(part).well_until(8_000).ended();
    let finding = story.judge(never(failed(), None));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[rstest]
#[case::in_the_window(4_000, Outcome::Unknown(Doubt::Environment))]
#[case::after_it(12_000, Outcome::Pass)]
fn what_does_not_happen_in_time_on_an_unhealthy_node_is_unknown(
    #[case] at: u64,
    #[case] expected: Outcome,
) {
    let story = Story::submitted().well_until(at - 500).at(at).troubled(Part::Node);
    let story = story.at(at + 500).well_until(15_000).ended();
    let finding = story.judge(never(failed(), Some(10)));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

fn being_deleted() -> Fact {
    Fact::Workflow(WorkflowFact::Presence(model::fact::Presence::Deleting))
}

fn deleting(story: Story, phase: &str) -> Story {
    let object = json!({
        "metadata": { "deletionTimestamp": "2026-01-01T00:00:09Z" },
        "status": { "phase": phase },
    });
    story.workflow(Change::Modified, &object)
}

#[test]
fn a_while_that_holds_makes_it_count() {
    let story = deleting(Story::submitted().at(4_000), "Failed").ended();
    assert_snapshot!(told(&story.judge(only_while(never(failed(), None), being_deleted()))), @r"
    fail at 4000, events [21, 23]:
    at 4.0s (event 23): phase Failed; no nodes; while the workflow object is being
    deleted, phase Failed, finalizers [], conditions []
    ");
}

#[test]
fn a_while_that_does_not_hold_makes_it_not_count() {
    let story = Story::submitted().at(3_000).phase("Failed");
    let story = deleting(story.at(4_000), "Succeeded").well_until(6_000).ended();
    let finding = story.judge(only_while(never(failed(), None), being_deleted()));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[test]
fn a_while_that_never_held_is_unknown() {
    let story = Story::submitted().at(3_000).phase("Succeeded").ended();
    assert_snapshot!(told(&story.judge(only_while(never(failed(), None), being_deleted()))), @r"
    unknown at -, events [21]:
    never evaluated: there was no moment at which the workflow is being deleted
    ");
}

#[test]
fn a_fact_that_could_not_be_told_while_it_counted_is_unknown() {
    let no_such = Fact::Nodes(NodesFact::Node(model::fact::NodeFact {
        name: "a".to_owned(),
        phase: Some(vec!["Failed".to_owned()]),
        message: None,
        started_as_at: None,
    }));
    let node = json!({ "status": {
        "phase": "Succeeded",
        "nodes": { "a": { "displayName": "a", "phase": "Running" } },
    } });
    let claim = || only_while(never(no_such.clone(), None), succeeded());
    let story = Story::submitted().phase("Succeeded").ended();
    assert_snapshot!(told(&story.judge(claim())), @r"
    unknown at -, events [21]:
    node a never existed; there are: no nodes
    ");
    // Told at one moment, but not at the one that counts.
    let running = json!({ "status": { "nodes": node["status"]["nodes"] } });
    let story = Story::submitted().workflow(Change::Modified, &running).phase("Succeeded").ended();
    assert_snapshot!(told(&story.judge(claim())), @r"
    unknown at -, events [21]:
    never evaluated: it could not be told whether node a is Failed while the
    workflow's phase is Succeeded
    ");
    let story = Story::submitted().workflow(Change::Modified, &node).well_until(5_000).ended();
    assert_eq!(story.judge(claim()).outcome, Outcome::Pass);
}
