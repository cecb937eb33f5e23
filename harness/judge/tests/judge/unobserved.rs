//! Parts that the run may not observe.

use model::claim::{Claim, Claims};
use model::fact::{Fact, WorkflowFact};
use model::history::{Part, Unobserved};
use model::verdict::{Doubt, Outcome};
use rstest::rstest;

use crate::story::{Story, eventually, never, succeeded};

fn failed() -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec!["Failed".to_owned()]))
}

/// The workflow gets this phase at 10 s. The part has no probe.
fn silent(part: Part, named: bool, phase: &str) -> Story {
    let story = Story::new();
    let story = if named { story.unobserved(part) } else { story };
    let story = story.well_but_until(Some(part), 1_000).done("submit").phase("Running");
    let story = story.well_but_until(Some(part), 10_000).phase(phase);
    story.well_but_until(Some(part), 60_000).ended()
}

const ENVIRONMENT: Outcome = Outcome::Unknown(Doubt::Environment);

/// A failure is no matter of the part that nobody observes. A pass by absence is.
#[rstest]
#[case::failure(never(failed(), Some(20)), "Failed", Outcome::Fail, ENVIRONMENT)]
#[case::nothing_came(eventually(succeeded(), 20), "Failed", Outcome::Fail, ENVIRONMENT)]
#[case::absence(never(failed(), Some(20)), "Succeeded", ENVIRONMENT, ENVIRONMENT)]
#[case::absence_to_the_end(never(failed(), None), "Succeeded", ENVIRONMENT, ENVIRONMENT)]
#[case::presence(eventually(succeeded(), 20), "Succeeded", Outcome::Pass, Outcome::Pass)]
fn the_silence_of_an_unobserved_part(
    #[case] claim: Claim,
    #[case] phase: &str,
    #[case] named: Outcome,
    #[case] not_named: Outcome,
    #[values(Part::Node, Part::Controller)] part: Part,
) {
    let finding = silent(part, true, phase).judge(claim.clone());
    assert_eq!(finding.outcome, named, "{finding:?}");
    let unnamed = silent(part, false, phase).judge(claim);
    assert_eq!(unnamed.outcome, not_named, "{unnamed:?}");
}

/// The object store that nobody lists. The store counts if the workflow uses the store.
#[rstest]
#[case::failure(never(failed(), Some(20)), "Failed", Outcome::Fail, Outcome::Fail)]
#[case::nothing_came(eventually(succeeded(), 20), "Failed", Outcome::Fail, Outcome::Fail)]
#[case::absence(never(failed(), Some(20)), "Succeeded", ENVIRONMENT, Outcome::Pass)]
#[case::absence_to_the_end(never(failed(), None), "Succeeded", ENVIRONMENT, Outcome::Pass)]
#[case::presence(eventually(succeeded(), 20), "Succeeded", Outcome::Pass, Outcome::Pass)]
fn the_silence_of_an_unobserved_store(
    #[case] claim: Claim,
    #[case] phase: &str,
    #[case] used: Outcome,
    #[case] not_used: Outcome,
) {
    for (uses_store, expected) in [(true, used), (false, not_used)] {
        let claims = Claims { claims: vec![claim.clone()], uses_store, ..Claims::default() };
        let finding = silent(Part::Store, true, phase).judge_all(&claims).remove(0);
        assert_eq!(finding.outcome, expected, "{finding:?}");
        let named = finding.unobserved.iter().any(|unobserved| unobserved.part == Part::Store);
        assert_eq!(named, uses_store, "a finding names a part that counts");
    }
}

/// The store of a workflow with artifacts is away for a part of the window.
#[rstest]
#[case::used(true, ENVIRONMENT)]
#[case::not_used(false, Outcome::Pass)]
fn nothing_passes_by_absence_while_the_store_of_the_workflow_is_away(
    #[case] uses_store: bool,
    #[case] expected: Outcome,
) {
    let story = Story::submitted().well_until(5_000).troubled(Part::Store).well_until(30_000);
    let claims = vec![never(failed(), Some(20))];
    let finding =
        story.ended().judge_all(&Claims { claims, uses_store, ..Claims::default() }).remove(0);
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

/// Other signs of the part tell its health: the driver probes it by them.
#[rstest]
#[case::healthy(false, Outcome::Pass)]
#[case::unhealthy(true, ENVIRONMENT)]
fn the_probes_of_a_part_that_is_observed_in_part(
    #[case] troubled: bool,
    #[case] expected: Outcome,
) {
    let story = Story::submitted().unobserved(Part::Node).well_until(5_000);
    let story = if troubled { story.troubled(Part::Node) } else { story };
    let finding = story.well_until(30_000).ended().judge(never(failed(), Some(20)));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

/// Trouble that a probe tells is trouble of a failure too.
#[test]
fn the_trouble_of_an_unobserved_part_blocks_a_failure() {
    let story = Story::submitted().unobserved(Part::Node).well_until(9_000);
    let story = story.troubled(Part::Node).at(10_000).phase("Failed").well_until(30_000);
    let finding = story.ended().judge(never(failed(), Some(20)));
    assert_eq!(finding.outcome, ENVIRONMENT, "{finding:?}");
}

fn named(part: Part) -> Vec<Unobserved> {
    vec![Unobserved { part, reason: "you may not".to_owned() }]
}

#[rstest]
#[case::counts(Part::Node, None, named(Part::Node))]
#[case::judged_regardless_of_it(Part::Node, Some(Part::Node), Vec::new())]
#[case::not_used(Part::Store, None, Vec::new())]
fn a_finding_names_the_unobserved_parts_that_count(
    #[case] part: Part,
    #[case] regardless: Option<Part>,
    #[case] expected: Vec<Unobserved>,
    #[values(never(failed(), Some(20)), eventually(succeeded(), 20))] claim: Claim,
) {
    let story = Story::submitted().unobserved(part).unobserved(part).phase("Succeeded");
    let finding = story.well_until(30_000).ended().judge(Claim { regardless, ..claim });
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
    assert_eq!(finding.unobserved, expected);
}
