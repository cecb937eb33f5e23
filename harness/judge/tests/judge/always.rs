//! `always` is `never` of the opposite.

use insta::assert_snapshot;
use model::verdict::{Doubt, Outcome};

use crate::story::{Story, always, gone, only_while, running, told};

#[test]
fn fails_at_the_first_false_moment() {
    let story = Story::submitted().at(5_000).phase("Failed").at(6_000).phase("Running").ended();
    assert_snapshot!(told(&story.judge(always(running(), None))), @r"
    fail at 5000, events [21, 23]:
    at 5.0s (event 23): phase Failed; no nodes
    ");
}

#[test]
fn passes_when_it_was_true_throughout() {
    let story = Story::submitted().at(5_000).phase("Running").well_until(6_000).ended();
    assert_snapshot!(told(&story.judge(always(running(), None))), @r"
    pass at 6000, events [21, 44]:
    no violation from 1.0s to 6.0s, last evaluated at 6.0s (event 44); at the end:
    phase Running; no nodes
    ");
}

#[test]
fn moments_at_which_nothing_is_known_do_not_count() {
    // Unknown when the window opens: the workflow is seen only afterwards.
    let story =
        Story::new().done("submit").well_until(5_000).phase("Running").well_until(9_000).ended();
    assert_eq!(story.judge(always(running(), None)).outcome, Outcome::Pass);
    let story = Story::new().done("submit").at(6_000).ended();
    assert_eq!(
        story.judge(always(running(), None)).outcome,
        Outcome::Unknown(Doubt::MatchedNothing)
    );
}

#[test]
fn counts_only_while() {
    let claim = || only_while(always(running(), None), gone());
    let story = Story::submitted().phase("Failed").at(3_000).gone().well_until(5_000).ended();
    assert_eq!(story.judge(claim()).outcome, Outcome::Pass);
    let story = Story::submitted().phase("Failed").at(3_000).ended();
    assert_eq!(story.judge(claim()).outcome, Outcome::Unknown(Doubt::NeverEvaluated));
}
