//! Facts that hold of nothing, and facts that cannot be evaluated.

use model::Fact;
use model::expression::Expression;
use model::fact::Count;
use model::fact::TaskFact;
use model::history::{Change, Kind};
use model::verdict::Doubt;
use rstest::rstest;
use serde_json::json;

use crate::guards::{doubted, pod, watching};
use crate::story::{
    Story, eventually, happens, lacks_finalizer, never, no_objects, running, until, whenever,
};

/// Each use of a fact as something that comes about, with a fact of what was never there.
#[rstest]
fn an_absence_from_the_start_comes_about_for_no_claim(
    #[values(lacks_finalizer(), no_objects(), Fact::Tasks(TaskFact::GcLeft(Count::Exactly(0))))]
    fact: Fact,
    #[values(Use::Eventually, Use::Answer, Use::Release, Use::Time)] used: Use,
) {
    let claim = match used {
        Use::Eventually => eventually(fact, 10),
        Use::Answer => whenever(running(), fact, 5),
        Use::Release => until(running(), fact, 10),
        Use::Time => happens(fact, Count::AtLeast(1), 10),
    };
    let story = Kind::ALL.into_iter().fold(Story::new(), watching).well_until(1_000);
    let story = pod(story.done("submit").phase("Running"), "a", "a1");
    let finding = story.listing_until(&[], 16_000).ended().judge(claim);
    assert_eq!(doubted(&finding), Some(Doubt::MatchedNothing), "{finding:?}");
}

/// The uses of a fact as something that comes about.
#[derive(Clone, Copy, Debug)]
enum Use {
    Eventually,
    Answer,
    Release,
    Time,
}

/// An expression on the phase of node `a`, which fails while the node is missing.
#[rstest]
#[case::missing_at_one_moment(&[true, false, true], Some(Doubt::Unevaluable))]
#[case::missing_at_the_end(&[true, true, false], Some(Doubt::Unevaluable))]
#[case::never_missing(&[true, true, true], None)]
fn an_expression_that_fails_at_a_moment(#[case] there: &[bool], #[case] expected: Option<Doubt>) {
    let expression =
        r#"has(workflow.status.nodes) && workflow.status.nodes["a"].phase == "Failed""#;
    let fact = Fact::Cel(Expression::parse(expression).expect("an expression"));
    let mut story = Story::submitted();
    for (second, there) in (2..).zip(there) {
        let node = if *there { json!({ "phase": "Running" }) } else { json!(null) };
        let nodes = json!({ "status": { "phase": "Running", "nodes": { "a": node } } });
        story = story.well_until(second * 1_000).workflow(Change::Modified, &nodes);
    }
    let finding = story.well_until(20_000).ended().judge(never(fact, Some(10)));
    assert_eq!(doubted(&finding), expected, "{finding:?}");
}
