//! The table "Windows".

use insta::assert_snapshot;
use model::history::StepOutcome;
use model::verdict::{Doubt, Outcome};
use rstest::rstest;

use crate::story::{Story, eventually, since, succeeded, told};

#[test]
fn opens_when_its_step_is_done() {
    // True before the window only: at its opening it is not.
    let story = Story::new().at(1_000).done("submit").phase("Succeeded").at(2_000).done("await");
    let story = story.at(3_000).phase("Running").done("delete").well_until(20_000).at(20_000);
    let claim = since(eventually(succeeded(), 10), "delete");
    assert_snapshot!(
        told(&story.judge(claim)),
        @r"
        fail at 13000, events [5, 66]:
        at the deadline: phase Running; no nodes
        "
    );
}

#[test]
fn opens_at_its_own_step_only() {
    let story = Story::submitted().at(5_000).phase("Succeeded").done("await").done("delete");
    let finding = story.judge(since(eventually(succeeded(), 10), "delete"));
    assert_snapshot!(told(&finding), @r"
    pass at 5000, events [25]:
    0.0s after step delete: phase Succeeded; no nodes
    ");
}

#[rstest]
#[case::unmet(StepOutcome::Unmet("phase Running".into()), Outcome::NotReached)]
#[case::refused(StepOutcome::Refused("forbidden".into()), Outcome::Unknown(Doubt::StepRefused))]
#[case::unknown(StepOutcome::Unknown("timed out".into()), Outcome::Unknown(Doubt::StepUnknown))]
fn a_step_that_is_not_done_keeps_it_shut(
    #[case] outcome: StepOutcome,
    #[case] expected: Outcome,
    #[values("await", "delete")] since_step: &str,
) {
    let story = Story::submitted().step("await", outcome).at(9_000).ended();
    let finding = story.judge(since(eventually(succeeded(), 1), since_step));
    assert_eq!(finding.outcome, expected, "{finding:?}");
    assert!(finding.reason.starts_with("step await "), "{finding:?}");
}

#[test]
fn a_later_step_does_not_matter() {
    let story = Story::submitted().step("await", StepOutcome::Unmet("phase Running".into()));
    let finding = story.well_until(2_000).phase("Succeeded").judge(eventually(succeeded(), 5));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[test]
fn not_reached_says_which_step_and_how_close_it_came() {
    let story =
        Story::submitted().at(4_000).step("await", StepOutcome::Unmet("phase Running".into()));
    let finding = story.ended().judge(since(eventually(succeeded(), 1), "delete"));
    assert_snapshot!(told(&finding), @r"
    not reached at 4000, events [23]:
    step await was not met: phase Running
    ");
}

#[test]
fn never_opened_is_unknown() {
    let claim = || since(eventually(succeeded(), 1), "delete");
    let ended = Story::submitted().at(3_000).ended().judge(claim());
    assert_snapshot!(told(&ended), @r"
    unknown at -, events []:
    step delete never came to an end: the history ended at 3.0s (event 23): every
    claim is decided
    ");
    let broken = Story::submitted().judge(claim());
    assert_snapshot!(told(&broken), @r"
    unknown at -, events []:
    step delete never came to an end: the history breaks off after 1.0s (event 22)
    ");
    let torn = Story::submitted().torn().judge(claim());
    assert_snapshot!(told(&torn), @r"
    unknown at -, events []:
    step delete never came to an end: the history is torn: its last line was cut
    short after 1.0s (event 22)
    ");
    let empty = Story::new().judge(claim());
    assert_snapshot!(told(&empty), @r"
    unknown at -, events []:
    step delete never came to an end: the history breaks off before the first event
    ");
}

#[test]
fn a_step_the_history_does_not_know_is_unknown() {
    let finding = Story::submitted().ended().judge(since(eventually(succeeded(), 1), "retry"));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::HistoryTooShort), "{finding:?}");
}

#[test]
fn a_later_step_says_nothing_of_one_that_never_ended() {
    let story = Story::submitted().step("delete", StepOutcome::Unmet("there".into())).ended();
    let finding = story.judge(since(eventually(succeeded(), 1), "await"));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::HistoryTooShort), "{finding:?}");
}
