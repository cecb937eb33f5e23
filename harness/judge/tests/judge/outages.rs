//! Outages that steps declare.

use model::claim::{Claim, Outage};
use model::history::{Change, Kind, Part};
use model::verdict::{Doubt, Outcome};
use rstest::rstest;
use serde_json::json;

use crate::rules::{failed, judged};
use crate::story::{Story, eventually, never, since, succeeded};

/// The step `await` restarts the controller from 3s to 6s.
#[rstest]
#[case::declared(vec![Part::Controller], 4_000, 6_000, Outcome::Pass)]
#[case::another_part(vec![Part::Node], 4_000, 6_000, Outcome::Unknown(Doubt::Environment))]
#[case::not_declared(vec![], 4_000, 6_000, Outcome::Unknown(Doubt::Environment))]
#[case::longer_than_the_step(vec![Part::Controller], 4_000, 9_000, Outcome::Pass)]
#[case::again_after_it(
    vec![Part::Controller],
    10_000,
    11_000,
    Outcome::Unknown(Doubt::Environment)
)]
fn a_declared_outage_exempts_its_part(
    #[case] parts: Vec<Part>,
    #[case] from: u64,
    #[case] to: u64,
    #[case] expected: Outcome,
) {
    let mut story = Story::submitted();
    for at in (2_000..20_000).step_by(1_000) {
        let unhealthy = (from..to).contains(&at);
        story = if at == 3_000 { story.at(at).begun("await") } else { story };
        story = story.at(at).well_but(unhealthy.then_some(Part::Controller));
        story = if unhealthy { story.troubled(Part::Controller) } else { story };
        story = if at == 6_000 { story.done("await") } else { story };
    }
    let outage = |part| Outage { step: "await".to_owned(), part };
    let outages = parts.into_iter().map(outage).collect();
    let finding = judged(story.ended(), never(failed(), Some(15)), false, outages);
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

/// The step `await` lasts from 3s to 6s. The part is unhealthy from 4s to this moment.
#[rstest]
#[case::in_the_step(Part::Watches, 6_000, Outcome::Pass)]
#[case::after_the_step(Part::Watches, 9_000, Outcome::Unknown(Doubt::Environment))]
#[case::to_the_end(Part::Watches, 20_000, Outcome::Unknown(Doubt::Environment))]
#[case::controller_after_the_step(Part::Controller, 9_000, Outcome::Pass)]
fn a_declared_outage_of_the_watches_ends_with_the_step(
    #[case] part: Part,
    #[case] to: u64,
    #[case] expected: Outcome,
) {
    let mut story = Story::submitted();
    for at in (2_000..20_000).step_by(1_000) {
        let unhealthy = (4_000..to).contains(&at);
        story = if at == 3_000 { story.at(at).begun("await") } else { story };
        story = story.at(at).well_but(unhealthy.then_some(part));
        story = if unhealthy { story.troubled(part) } else { story };
        story = if at == 6_000 { story.done("await") } else { story };
    }
    let outages = vec![Outage { step: "await".to_owned(), part }];
    let finding = judged(story.ended(), since(never(failed(), Some(8)), "await"), false, outages);
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

/// The step `await` ends the watch of workflows at 4s. The relist at 5s shows the workflow again.
/// An absence in a window after the step counts. An absence over the gap does not: an event may be
/// lost.
#[rstest]
#[case::declared(
    vec![Part::Watches],
    since(eventually(succeeded(), 8), "await"),
    Outcome::Fail
)]
#[case::not_declared(
    vec![],
    since(eventually(succeeded(), 8), "await"),
    Outcome::Unknown(Doubt::Gap)
)]
#[case::another_part(
    vec![Part::Controller],
    since(eventually(succeeded(), 8), "await"),
    Outcome::Unknown(Doubt::Gap)
)]
#[case::failure_over_the_gap(
    vec![Part::Watches],
    eventually(succeeded(), 12),
    Outcome::Unknown(Doubt::Gap)
)]
#[case::absence_over_the_gap(
    vec![Part::Watches],
    never(failed(), Some(12)),
    Outcome::Unknown(Doubt::Gap)
)]
#[case::absence_after_the_gap(
    vec![Part::Watches],
    since(never(failed(), Some(8)), "await"),
    Outcome::Pass
)]
fn a_declared_outage_of_the_watches_exempts_their_gaps(
    #[case] parts: Vec<Part>,
    #[case] claim: Claim,
    #[case] expected: Outcome,
) {
    let story = Story::submitted().well_until(3_000).begun("await").at(4_000);
    let story = story.gap().at(5_000).workflow(Change::Found, &json!({})).marked(Kind::Workflow);
    let story = story.well_until(6_000).done("await").well_until(20_000).ended();
    let outage = |part| Outage { step: "await".to_owned(), part };
    let outages = parts.into_iter().map(outage).collect();
    let finding = judged(story, claim, false, outages);
    assert_eq!(finding.outcome, expected, "{finding:?}");
}
