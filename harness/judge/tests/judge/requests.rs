//! Claims about requests to the store, and faults that no request met.

use model::claim::Claims;
use model::fact::RequestFact;
use model::fact::{Count, Fact, RequestsFact};
use model::history::{Operation, Part};
use model::verdict::{Doubt, Finding, Outcome};
use rstest::rstest;

use crate::story::{Story, eventually, never, running, succeeded, told};

const DELETE: Operation = Operation::DeleteObject;

fn deleted() -> Fact {
    let (on, key, done) = (DELETE, "*".to_owned(), Some(true));
    Fact::Requests(RequestFact::Requests(RequestsFact { on, key, done, count: Count::AtLeast(1) }))
}

fn recorded() -> Story {
    Story::submitted().with_requests()
}

#[test]
fn a_request_that_was_done_passes() {
    let story = recorded().well_until(2_000).asked(DELETE, 503, None).at(3_000);
    let finding = story.asked(DELETE, 204, None).judge(eventually(deleted(), 10));
    insta::assert_snapshot!(told(&finding), @r"
    pass at 3000, events [21, 44]:
    2.0s after step submit: DeleteObject a: 503, DeleteObject a: 204
    ");
}

#[test]
fn one_that_was_refused_fails_where_all_is_well() {
    let story = || recorded().well_until(2_000).asked(DELETE, 403, None);
    let finding = story().listing_until(&["a"], 20_000).ended().judge(eventually(deleted(), 10));
    insta::assert_snapshot!(told(&finding), @r"
    fail at 11000, events [21, 138]:
    at the deadline: DeleteObject a: 403
    ");
    let unhealthy = story().troubled(Part::Store).well_until(20_000).ended();
    let finding = unhealthy.judge(eventually(deleted(), 10));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
}

#[rstest]
#[case::eventually(eventually(deleted(), 10))]
#[case::never(never(deleted(), Some(10)))]
fn what_was_not_recorded_says_nothing(#[case] claim: model::Claim) {
    let finding = Story::submitted().well_until(20_000).ended().judge(claim);
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::MatchedNothing), "{finding:?}");
}

#[rstest]
#[case::read_again(Operation::GetObject, Outcome::Fail)]
#[case::asked_whether_it_is_gone(Operation::HeadObject, Outcome::Pass)]
fn after_a_deletion(#[case] then: Operation, #[case] expected: Outcome) {
    let story = recorded().well_until(2_000).asked(DELETE, 204, None).at(3_000);
    let story = story.asked(then, 404, None).well_until(20_000).ended();
    let claim = never(Fact::Requests(RequestFact::ReadAfterDeletion("*".to_owned())), Some(10));
    let finding = story.judge(claim);
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[test]
fn nothing_is_astray_where_nothing_was_asked_for() {
    let story = recorded().well_until(20_000).ended();
    let finding =
        story.judge(never(Fact::Requests(RequestFact::Astray(Count::AtLeast(1))), Some(10)));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::MatchedNothing), "{finding:?}");
}

/// A story whose step `broken` lets the store misbehave, and one claim.
fn with_fault(story: Story, claim: model::Claim) -> Finding {
    let faults = vec!["broken".to_owned()];
    story.judge_all(&Claims { faults, claims: vec![claim], ..Claims::default() }).remove(0)
}

fn begun() -> Story {
    recorded().done("broken").well_until(2_000)
}

#[test]
fn a_fault_that_a_request_met_is_believed() {
    let story = begun().asked(DELETE, 503, Some("broken")).ended();
    let finding = with_fault(story, eventually(running(), 10));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[rstest]
#[case::never_begun(recorded(), "the fault of step broken never began")]
#[case::never_met(begun().asked(DELETE, 204, None), "no request met the fault of step broken")]
#[case::another(
    begun().asked(DELETE, 503, Some("other")),
    "no request met the fault of step broken"
)]
fn a_fault_that_no_request_met(#[case] story: Story, #[case] reason: &str) {
    let finding = with_fault(story.ended(), eventually(running(), 10));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Precondition), "{finding:?}");
    assert_eq!(finding.reason, reason);
}

#[test]
fn a_claim_that_fails_fails_whatever_met_the_fault() {
    let story = begun().listing_until(&["a"], 20_000).ended();
    let finding = with_fault(story, eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}
