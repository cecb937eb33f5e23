//! The table "eventually … within", and the health of the environment.

use insta::assert_snapshot;
use model::history::Part;
use model::verdict::{Doubt, Outcome};
use rstest::rstest;

use crate::story::{Story, eventually, running, succeeded, told};

#[test]
fn passes_at_the_first_true_moment() {
    let story = Story::submitted().at(5_100).phase("Succeeded").at(6_000).phase("Succeeded");
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    pass at 5100, events [21, 23]:
    4.1s after step submit: phase Succeeded; no nodes
    ");
}

#[test]
fn counts_the_state_at_the_opening() {
    let finding = Story::new().phase("Running").at(1_000).done("submit").phase("Failed");
    assert_snapshot!(told(&finding.judge(eventually(running(), 10))), @r"
    pass at 1000, events [2]:
    0.0s after step submit: phase Running; no nodes
    ");
}

/// Everything up to the deadline is told at `at`, if that is after it.
fn marked_at_the_deadline(at: u64) -> Story {
    let story = Story::submitted().well_until(10_900).at(at);
    if at > 11_000 { story.well_until(at) } else { story }
}

#[rstest]
#[case::at_the_deadline(11_000, Outcome::Pass)]
#[case::after_the_deadline(11_001, Outcome::Fail)]
fn the_deadline_is_in_the_window(#[case] at: u64, #[case] expected: Outcome) {
    let story = marked_at_the_deadline(at).phase("Succeeded").well_until(12_000);
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[test]
fn passes_in_an_environment_in_trouble() {
    let story = Story::submitted().troubled(Part::Controller).at(2_000).phase("Succeeded");
    assert_eq!(story.judge(eventually(succeeded(), 10)).outcome, Outcome::Pass);
}

#[test]
fn fails_with_the_state_at_the_deadline() {
    let story = Story::submitted().well_until(9_000).phase("Pending").well_until(12_000);
    let story = story.phase("Failed").ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    fail at 11000, events [21, 94]:
    at the deadline: phase Pending; no nodes
    ");
}

#[test]
fn says_when_it_came_true_after_all() {
    let story = Story::submitted().well_until(42_300).phase("Succeeded").at(50_000);
    let story = story.phase("Running").at(51_000).phase("Succeeded").ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    fail at 11000, events [21, 83]:
    at the deadline: phase Running; no nodes; came true only 41.3s after step submit
    ");
}

#[test]
fn says_so_when_it_came_true_between_the_deadline_and_the_last_word() {
    let story = Story::submitted().well_until(11_000).at(11_500).phase("Succeeded");
    let story = story.at(11_700).phase("Running").at(11_900).phase("Succeeded");
    let story = story.well_until(15_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [21, 83]:
    the order cannot be told. The fact came true at 11.5s (event 83), when the
    watches had not told everything up to the deadline
    ");
}

#[test]
fn ended_before_the_deadline_is_unknown() {
    let story = Story::submitted().well_until(8_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [21]:
    the window was to last until 11.0s, but the history ended at 8.0s (event 73):
    every claim is decided
    ");
}

#[test]
fn torn_before_the_deadline_is_unknown() {
    let story = Story::submitted().well_until(8_000).torn();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [21]:
    the window was to last until 11.0s, but the history is torn: its last line was
    cut short after 8.0s (event 72)
    ");
}

#[test]
fn broken_off_before_the_deadline_is_unknown() {
    let story = Story::submitted().well_until(8_000);
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [21]:
    the window was to last until 11.0s, but the history breaks off after 8.0s (event
    72)
    ");
}

#[test]
fn torn_after_the_deadline_is_as_decided() {
    let story = Story::submitted().well_until(12_000).torn();
    assert_eq!(story.judge(eventually(succeeded(), 10)).outcome, Outcome::Fail);
}

#[test]
fn never_evaluated_is_unknown() {
    let story = Story::new().done("submit").well_until(20_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [1, 62]:
    matched nothing: the workflow was never seen
    ");
}

#[rstest]
#[case(Part::Api, "API server was")]
#[case(Part::Node, "node was")]
#[case(Part::Controller, "workflow controller was")]
#[case(Part::Watches, "watches were")]
fn trouble_of_a_part_in_the_window_is_unknown(#[case] part: Part, #[case] words: &str) {
    let story = Story::submitted().well_until(5_000).troubled(part).well_until(20_000).ended();
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
    let words = format!("not in time, but the {words} unhealthy at 5.0s (event ");
    assert!(finding.reason.starts_with(&words), "{finding:?}");
}

#[test]
fn names_the_first_trouble() {
    let story = Story::submitted().well_until(5_000).troubled(Part::Controller).gap();
    let story = story.troubled(Part::Api).well_until(20_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [21, 55, 96]:
    not in time, but the API server was unhealthy at 5.0s (event 55): it is down;
    phase Running; no nodes
    ");
}

#[test]
fn trouble_that_was_on_when_the_window_opened_is_unknown() {
    let story = Story::new().well_until(500).troubled(Part::Node).at(900).done("submit");
    let story = story.phase("Running").at(1_000).well_until(20_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [21, 22, 74]:
    not in time, but the node was unhealthy at 0.5s (event 21): it is down; phase
    Running; no nodes
    ");
}

#[test]
fn trouble_found_right_after_the_deadline_is_unknown() {
    let story = Story::submitted().well_until(10_900).at(11_100).troubled(Part::Controller);
    let finding = story.well_until(20_000).ended().judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
}

#[test]
fn a_part_is_waited_for_after_the_deadline() {
    let story = Story::submitted().well_until(10_900).at(11_050).phase("Running");
    let story = story.at(11_100).troubled(Part::Controller).well_until(20_000).ended();
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
}

#[test]
fn only_the_first_word_after_the_deadline_counts() {
    let story = Story::submitted().well_until(10_900).at(11_050).probed(Part::Api);
    let story = story.at(11_100).troubled(Part::Api).well_until(20_000).ended();
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn a_word_from_before_the_opening_lasts_into_the_window() {
    let story = Story::submitted().at(10_900).well_until(22_000).ended();
    let finding = story.judge(eventually(succeeded(), 20));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn trouble_and_gaps_outside_the_window_do_not_matter() {
    let story = Story::new().troubled(Part::Controller).gap().at(10).well_until(1_000);
    let story = story.done("submit").phase("Running").well_until(12_000);
    let story = story.gap().troubled(Part::Api).ended();
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn trouble_of_the_store_matters_only_to_what_asks_it() {
    let story = Story::submitted().well_until(5_000).troubled(Part::Store).well_until(12_000);
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn a_gap_in_the_window_is_unknown() {
    let story = Story::submitted().well_until(5_000).gap().well_until(20_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [21, 53, 94]:
    not in time, but the watch of workflows has a gap at 5.0s (event 53): 410 Gone;
    phase Running; no nodes
    ");
}

#[test]
fn a_part_never_heard_of_is_unknown() {
    let story = Story::new().well_but(Some(Part::Watches)).done("submit").phase("Running");
    let story = story.well_but_until(Some(Part::Watches), 20_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 10))), @r"
    unknown at -, events [10, 66]:
    not in time, but nothing was heard of the watches; phase Running; no nodes
    ");
}

#[test]
fn a_part_never_heard_of_in_a_short_window_is_unknown() {
    let story = Story::new().well_but(Some(Part::Node)).done("submit").phase("Running");
    let story = story.well_but_until(Some(Part::Node), 3_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 2))), @r"
    unknown at -, events [10, 30]:
    not in time, but nothing was heard of the node; phase Running; no nodes
    ");
}

#[rstest]
#[case::in_time(10_000, Outcome::Fail)]
#[case::too_late(10_001, Outcome::Unknown(Doubt::Environment))]
fn the_first_word_must_come_soon(#[case] first: u64, #[case] expected: Outcome) {
    let story = Story::new().done("submit").phase("Running").at(first).well_until(20_000);
    let finding = story.ended().judge(eventually(succeeded(), 15));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[rstest]
#[case::short(14_000, Outcome::Fail)]
#[case::long(14_001, Outcome::Unknown(Doubt::Environment))]
fn a_part_may_be_silent_for_so_long(#[case] again: u64, #[case] expected: Outcome) {
    let story = Story::submitted().well_until(4_000).at(again).well_until(40_000).ended();
    let finding = story.judge(eventually(succeeded(), 30));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[test]
fn silence_is_told_with_its_bounds() {
    let silent = Some(Part::Controller);
    let story = Story::submitted().well_until(4_000).well_but_until(silent, 40_000).ended();
    assert_snapshot!(told(&story.judge(eventually(succeeded(), 30))), @r"
    unknown at -, events [21, 179]:
    not in time, but nothing was heard of the workflow controller after 4.0s; phase
    Running; no nodes
    ");
}

#[rstest]
#[case::within_patience(21_000, Outcome::Fail)]
#[case::beyond_it(20_999, Outcome::Unknown(Doubt::Environment))]
fn the_last_word_must_be_near_the_deadline(#[case] last: u64, #[case] expected: Outcome) {
    let story =
        Story::submitted().well_until(last).at(31_001).phase("Running").marked_all().ended();
    let finding = story.judge(eventually(succeeded(), 30));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}
