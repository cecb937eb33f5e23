//! The section "Requirements".

use insta::assert_snapshot;
use model::claim::Requirement;
use model::fact::Fact;
use model::fact::WorkflowFact;
use model::history::{Part, StepOutcome};
use model::verdict::{Doubt, Outcome};

use crate::story::{Story, eventually, never, running, succeeded, told};

fn seen(fact: Fact) -> Requirement {
    Requirement { fact, at: None }
}

fn seen_at(fact: Fact, step: &str) -> Requirement {
    Requirement { fact, at: Some(step.to_owned()) }
}

fn pending() -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec!["Pending".to_owned()]))
}

#[test]
fn met_at_any_moment_lets_a_pass_stand() {
    let story = Story::new().phase("Pending").done("submit").phase("Succeeded").ended();
    let finding = story.judge_requiring(seen(pending()), eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[test]
fn unmet_takes_a_pass_away() {
    let story = Story::submitted().phase("Succeeded").ended();
    let finding = story.judge_requiring(seen(pending()), eventually(succeeded(), 10));
    assert_snapshot!(told(&finding), @r"
    unknown at -, events [21, 23]:
    precondition not met: the workflow's phase is Pending; in the end: phase
    Succeeded; no nodes
    ");
}

#[test]
fn unmet_leaves_a_failure() {
    let story = Story::submitted().phase("Succeeded").ended();
    let finding = story.judge_requiring(seen(pending()), never(succeeded(), None));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn met_when_its_step_began() {
    let story = Story::submitted().begun("delete").phase("Succeeded").ended();
    let finding = story.judge_requiring(seen_at(running(), "delete"), eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[test]
fn met_at_another_moment_than_its_step_is_unmet() {
    let story = Story::submitted().at(4_000).phase("Succeeded").begun("delete");
    let story = story.phase("Running").ended();
    let finding = story.judge_requiring(seen_at(running(), "delete"), eventually(succeeded(), 10));
    assert_snapshot!(told(&finding), @r"
    unknown at -, events [21, 23]:
    precondition not met: the workflow's phase is Running when step delete began; at
    4.0s (event 24): phase Succeeded; no nodes
    ");
}

#[test]
fn a_step_that_never_began_leaves_it_unmet() {
    let requirement = || seen_at(running(), "delete");
    let story = Story::submitted().phase("Succeeded").ended();
    let finding = story.judge_requiring(requirement(), eventually(succeeded(), 10));
    assert_snapshot!(told(&finding), @r"
    unknown at -, events [21, 23]:
    precondition not met: the workflow's phase is Running when step delete began; it
    never began
    ");
    let story = Story::submitted().phase("Succeeded");
    let story = story.step("await", StepOutcome::Unmet("phase Succeeded".into())).ended();
    let finding = story.judge_requiring(requirement(), eventually(succeeded(), 10));
    assert_snapshot!(told(&finding), @r"
    unknown at -, events [21, 23]:
    precondition not met: the workflow's phase is Running when step delete began; it
    never began, because step await was not met: phase Succeeded
    ");
}

/// A failure stays, unless an earlier unhealthy part may be the reason for the requirement that is
/// not met.
#[rstest::rstest]
#[case::of_a_healthy_environment(None, false, Outcome::Fail)]
#[case::after_trouble(Some(Part::Node), false, Outcome::Unknown(Doubt::Environment))]
#[case::before_trouble(Some(Part::Node), true, Outcome::Fail)]
fn a_failure_stays_but_after_trouble_that_may_have_led_to_it(
    #[case] trouble: Option<Part>,
    #[case] late: bool,
    #[case] expected: Outcome,
) {
    let unhealthy = |story: Story, now: bool| match trouble {
        Some(part) if now => story.troubled(part).probed(part),
        _ => story,
    };
    let story = unhealthy(Story::submitted().at(4_000), !late).phase("Succeeded").begun("delete");
    let story = unhealthy(story.phase("Failed"), late).ended();
    let failed = Fact::Workflow(WorkflowFact::Phase(vec!["Failed".to_owned()]));
    let finding = story.judge_requiring(seen_at(running(), "delete"), never(failed, None));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}
