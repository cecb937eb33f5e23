//! The section "What the store said".

use insta::assert_snapshot;
use model::Fact;
use model::history::Part;
use model::verdict::{Doubt, Outcome};
use rstest::rstest;

use crate::story::{
    Story, eventually, gone, lacks_finalizer, never, no_objects, only_while, since, some_objects,
    told,
};

/// Objects lie there from 1s on, listed every two seconds until 9s, and the finalizer is on.
fn stored() -> Story {
    Story::submitted().finalizers(&["gc"]).listing_until(&["a", "b"], 9_000)
}

#[test]
fn a_listing_of_the_window_passes() {
    let story = stored().at(9_500).listed(&[]).well_until(10_000);
    assert_snapshot!(told(&story.judge(eventually(no_objects(), 10))), @r"
    pass at 9500, events [21, 108]:
    8.5s after step submit: no objects
    ");
}

#[test]
fn a_listing_from_before_the_window_does_not_count() {
    let story = Story::submitted().at(2_000).listed(&[]).done("await").at(3_000);
    let finding = story.ended().judge(since(eventually(no_objects(), 10), "await"));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::HistoryTooShort), "{finding:?}");
}

#[test]
fn a_listing_asked_before_the_window_does_not_count() {
    let story = Story::submitted().at(2_000).done("await").at(2_005).listed_since(1_999, &[]);
    let claim = || since(eventually(no_objects(), 10), "await");
    let finding = story.well_until(20_000).judge(claim());
    assert_snapshot!(told(&finding), @r"
    unknown at -, events [23, 75]:
    never evaluated: the store was not asked in the window
    ");
    let story = Story::submitted().listed_since(900, &["a"]).at(2_000).done("await");
    let story = story.at(2_005).listed_since(2_000, &[]).well_until(3_000);
    assert_eq!(story.judge(claim()).outcome, Outcome::Pass);
}

#[test]
fn objects_that_stay_fail() {
    let story = stored().listing_until(&["b"], 14_000).ended();
    assert_snapshot!(told(&story.judge(eventually(no_objects(), 10))), @r"
    fail at 11000, events [21, 139]:
    at the deadline: 1 objects: b
    ");
}

#[rstest]
#[case::asked_at_the_deadline(11_000, Outcome::Unknown(Doubt::Order))]
#[case::asked_after_it(11_001, Outcome::Fail)]
fn an_answer_that_overlaps_the_deadline_is_unknown(#[case] asked: u64, #[case] expected: Outcome) {
    let story = stored().well_until(11_050).listed_since(asked, &[]).well_until(14_000).ended();
    let finding = story.judge(eventually(no_objects(), 10));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[test]
fn an_overlapping_answer_is_waited_for() {
    // Each other part has a probe after the deadline and before the answer.
    let story = stored().well_until(10_990).at(11_010).well_until(11_020).at(11_300);
    let story = story.listed_since(10_995, &[]).ended();
    assert_snapshot!(told(&story.judge(eventually(no_objects(), 10))), @r"
    unknown at -, events [21, 128, 148]:
    the store shows it in an answer that overlaps the deadline: asked at 10.9s,
    answered at 11.3s (event 148)
    ");
}

#[test]
fn a_stale_listing_says_nothing_about_the_deadline() {
    let story = stored().well_until(40_000).ended();
    assert_snapshot!(told(&story.judge(eventually(no_objects(), 30))), @r"
    unknown at -, events [21, 228]:
    the store was last asked at 8.9s, too long before the deadline 31.0s
    ");
}

#[test]
fn trouble_of_the_store_is_unknown() {
    let story = stored().troubled(Part::Store).listing_until(&["b"], 14_000).ended();
    let finding = story.judge(eventually(no_objects(), 10));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
    let story = stored().troubled(Part::Store).listing_until(&["b"], 14_000).ended();
    let finding = story.judge(never(no_objects(), None));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
}

#[test]
fn never_of_objects_alone_fails_at_the_listing() {
    let story = stored().at(10_000).finalizers(&[]).listed(&[]).ended();
    assert_snapshot!(told(&story.judge(never(no_objects(), None))), @r"
    fail at 10000, events [21, 109]:
    at 10.0s (event 109): no objects
    ");
}

#[test]
fn never_whose_last_answer_overlaps_the_deadline_is_unknown() {
    let story = stored().well_until(11_050).listed_since(10_999, &[]).well_until(14_000).ended();
    assert_snapshot!(told(&story.judge(never(no_objects(), Some(10)))), @r"
    unknown at -, events [21, 128, 138]:
    the order cannot be told: the store shows it in an answer that overlaps the
    deadline
    ");
}

#[test]
fn an_orphan_is_confirmed_by_the_next_listing() {
    let claim = only_while(never(lacks_finalizer(), None), some_objects());
    let story = stored().at(10_000).finalizers(&[]).at(10_500).listed(&["a", "b"]).ended();
    assert_snapshot!(told(&story.judge(claim)), @r"
    fail at 10500, events [21, 108, 109]:
    at 10.0s (event 108): the workflow object is there, phase Running, finalizers
    [], conditions []; while 2 objects: a, b; confirmed at 10.5s (event 109)
    ");
}

#[test]
fn an_orphan_in_a_quiet_listing_is_certain() {
    let claim = only_while(never(lacks_finalizer(), None), some_objects());
    let story = Story::submitted().finalizers(&[]).at(5_000).listed(&["a"]).ended();
    assert_eq!(story.judge(claim).outcome, Outcome::Fail);
}

#[test]
fn an_orphan_that_the_next_listing_does_not_show_is_unknown() {
    let claim = only_while(never(lacks_finalizer(), None), some_objects());
    let story = stored().at(10_000).finalizers(&[]).at(10_500).listed(&[]).ended();
    assert_snapshot!(told(&story.judge(claim)), @r"
    unknown at -, events [21, 108]:
    the order cannot be told: it looks violated at 10.0s (event 108), by a listing
    older than that, and no longer at 10.5s (event 109)
    ");
}

#[test]
fn an_orphan_is_not_confirmed_by_a_listing_asked_before() {
    let claim = only_while(never(lacks_finalizer(), None), some_objects());
    let story = stored().at(10_000).finalizers(&[]).listed_since(10_000, &["a", "b"]).ended();
    assert_snapshot!(told(&story.judge(claim)), @r"
    unknown at -, events [21, 108]:
    it looks violated at 10.0s (event 108), but the store was not asked again after
    that
    ");
}

#[test]
fn an_orphan_of_the_window_may_be_confirmed_after_it() {
    let claim = only_while(never(lacks_finalizer(), Some(10)), some_objects());
    let story = stored().at(10_900).finalizers(&[]).at(11_500).listed(&["a", "b"]);
    let finding = story.well_until(20_000).ended().judge(claim);
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn collected_before_released_passes() {
    let claim = only_while(never(lacks_finalizer(), None), some_objects());
    let story = stored().at(10_000).listed(&[]).at(10_500).finalizers(&[]).at(11_000).listed(&[]);
    assert_eq!(story.ended().judge(claim).outcome, Outcome::Pass);
}

#[test]
fn a_listing_soon_after_the_deadline_makes_up_for_a_stale_one() {
    let story = stored().well_until(31_500).listed(&["b"]).ended();
    let finding = story.judge(eventually(no_objects(), 30));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn a_stale_listing_does_not_matter_where_the_rest_is_false_anyway() {
    let both = Fact::All(vec![no_objects(), gone()]);
    let story = stored().well_until(42_000).ended();
    assert_eq!(story.judge(eventually(both, 30)).outcome, Outcome::Fail);
}

#[test]
fn a_fact_made_of_others_asks_the_store_if_one_of_them_does() {
    let both = || Fact::All(vec![no_objects(), gone()]);
    let story = stored().troubled(Part::Store).listing_until(&["b"], 14_000).ended();
    assert_eq!(story.judge(eventually(both(), 10)).outcome, Outcome::Unknown(Doubt::Environment));
    let orphaned = Fact::All(vec![some_objects(), lacks_finalizer()]);
    let story = stored().at(10_000).finalizers(&[]).at(10_500).listed(&[]).ended();
    assert_eq!(story.judge(never(orphaned, None)).outcome, Outcome::Unknown(Doubt::Order));
    let listed = Fact::All(vec![no_objects(), Fact::Any(vec![no_objects()])]);
    let story = stored().at(10_000).finalizers(&[]).listed(&[]).ended();
    assert_eq!(story.judge(never(listed, None)).outcome, Outcome::Fail);
}
