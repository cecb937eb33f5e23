//! The moment at which a symptom is asked.

use model::claim::Symptom;
use model::fact::Count;
use model::fact::{StoreFact, WorkflowFact};
use model::verdict::{Finding, Outcome};
use model::{Claim, Claims, Fact, Truth};
use rstest::rstest;

use crate::story::{Story, eventually, never, succeeded};

/// The workflow's phase is this.
fn phase(phase: &str) -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec![phase.to_owned()]))
}

/// The finding of a claim of a known issue with this symptom.
fn judged(story: Story, claim: Claim, symptom: Fact) -> Finding {
    let symptoms = vec![Symptom { claims: vec![claim.id.clone()], fact: symptom }];
    let claims = Claims { claims: vec![claim], symptoms, ..Claims::default() };
    story.judge_all(&claims).remove(0)
}

fn truths(finding: &Finding) -> Vec<Truth> {
    finding.symptoms.iter().map(|shown| shown.truth).collect()
}

/// Running to the deadline of an `eventually` of 10s, and Failed before the watches told so much.
fn late() -> Story {
    let story = Story::submitted().phase("Running").well_until(11_000).at(11_010).phase("Failed");
    story.at(12_000).well_until(16_000).ended()
}

#[rstest]
#[case("Running", Truth::True)]
#[case("Failed", Truth::False)]
fn an_eventually_asks_at_the_end_of_its_window(#[case] symptom: &str, #[case] expected: Truth) {
    let finding = judged(late(), eventually(succeeded(), 10), phase(symptom));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
    assert_eq!(truths(&finding), [expected], "{finding:?}");
}

/// Failed at 5s, and Running again at 6s.
fn flapping() -> Story {
    let story = Story::submitted().phase("Running").well_until(5_000).phase("Failed");
    story.well_until(6_000).phase("Running").well_until(20_000).ended()
}

#[rstest]
#[case("Failed", Truth::True)]
#[case("Running", Truth::False)]
fn a_never_asks_with_the_event_that_violates_it(#[case] symptom: &str, #[case] expected: Truth) {
    let finding = judged(flapping(), never(phase("Failed"), Some(15)), phase(symptom));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
    assert_eq!(truths(&finding), [expected], "{finding:?}");
}

/// Running to the deadline of an `eventually` of 10s. The watches told so much at 12s.
fn stuck(between: impl Fn(Story) -> Story) -> Story {
    let story = Story::submitted().phase("Running").well_until(10_000).at(11_010).phase("Running");
    between(story.at(11_500)).at(12_000).well_until(16_000).ended()
}

#[rstest]
#[case::never_listed(stuck(|story| story), Truth::Unknown)]
#[case::listed_before_the_decision(stuck(|story| story.listed(&["one"])), Truth::True)]
fn a_symptom_that_cannot_be_told_is_asked_again(#[case] story: Story, #[case] expected: Truth) {
    let finding = judged(
        story,
        eventually(succeeded(), 10),
        Fact::Store(StoreFact::Objects(Count::AtLeast(1))),
    );
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
    assert_eq!(truths(&finding), [expected], "{finding:?}");
}

#[test]
fn a_claim_that_does_not_fail_shows_no_symptom() {
    let story = Story::submitted().phase("Succeeded").well_until(20_000).ended();
    let finding = judged(story, eventually(succeeded(), 10), phase("Succeeded"));
    assert_eq!((finding.outcome, truths(&finding)), (Outcome::Pass, Vec::new()));
}

#[test]
fn a_symptom_of_another_claim_is_not_asked() {
    let claim = eventually(succeeded(), 10);
    let symptoms = vec![Symptom { claims: vec!["other".to_owned()], fact: phase("Running") }];
    let claims = Claims { claims: vec![claim], symptoms, ..Claims::default() };
    let finding = late().judge_all(&claims).remove(0);
    assert_eq!((finding.outcome, truths(&finding)), (Outcome::Fail, Vec::new()));
}
