//! Online and offline are one evaluator; `settled` says when online may stop.

use judge::{Judge, judge};
use model::claim::Claims;
use rstest::rstest;

use crate::story::{
    Story, eventually, lacks_finalizer, never, no_objects, only_while, since, some_objects,
    succeeded,
};

/// Number of the event after which the claims are settled.
fn settled_after(story: Story, claims: Vec<model::Claim>) -> Option<u64> {
    settled_after_of(story.history(), claims).map(|event| event.n)
}

/// The event after which the claims are settled.
fn settled_after_of(history: model::History, claims: Vec<model::Claim>) -> Option<model::Event> {
    let claims = Claims { claims, ..Claims::default() };
    let mut judge = Judge::new(&history.header, &claims);
    assert!(!judge.settled(), "nothing has happened");
    let settled = |event: &model::Event| {
        judge.push(event);
        judge.settled()
    };
    history.events.into_iter().find(settled)
}

#[test]
fn is_settled_when_every_claim_is_decided() {
    let story = Story::new().done("submit").phase("Succeeded").gone();
    let both = vec![eventually(succeeded(), 10), eventually(crate::story::gone(), 10)];
    assert_eq!(settled_after(story, both), Some(3));
}

#[test]
fn the_claims_that_hold_up_the_run_are_named() {
    let story = Story::new().done("submit").phase("Succeeded").gone();
    let gone = model::Claim { id: "goes".to_owned(), ..eventually(crate::story::gone(), 10) };
    let done = model::Claim { id: "succeeds".to_owned(), ..eventually(succeeded(), 10) };
    let (history, claims) =
        (story.history(), Claims { claims: vec![gone, done], ..Claims::default() });
    let mut judge = Judge::new(&history.header, &claims);
    let mut unsettled = Vec::new();
    for event in &history.events {
        judge.push(event);
        unsettled.push(judge.unsettled().collect::<Vec<_>>().join(" "));
    }
    assert_eq!(unsettled, ["goes succeeds", "goes", ""]);
}

#[test]
fn an_open_end_holds_up_the_run_for_its_floor_only() {
    let story = Story::new().done("submit").phase("Running").well_until(10_000).history();
    let claims = vec![never(succeeded(), None)];
    let settled = settled_after_of(story, claims).map(|event| event.at);
    assert_eq!(settled, Some(4_000), "the first healthy probe of the controller after 3s");
}

#[test]
fn a_bounded_window_holds_up_the_run() {
    let story = Story::new().done("submit").phase("Running").well_until(12_000).history();
    let settled = settled_after_of(story, vec![never(succeeded(), Some(10))]);
    assert_eq!(settled.map(|event| event.at), Some(12_000));
}

#[test]
fn a_window_that_is_not_open_holds_up_the_run() {
    let story = Story::new().done("submit").phase("Running").well_until(8_000).done("delete");
    let claims = vec![since(never(succeeded(), None), "delete")];
    let settled = settled_after_of(story.well_until(20_000).history(), claims);
    assert_eq!(settled.map(|event| event.at), Some(12_000));
}

#[test]
fn a_suspicion_holds_up_the_run_until_the_store_is_asked() {
    let claim = only_while(never(lacks_finalizer(), None), some_objects());
    let story = Story::new().done("submit").finalizers(&["gc"]).at(20).listed(&["a"]);
    let story = story.well_until(4_000).at(4_030).finalizers(&[]);
    let story = story.well_until(9_000).at(14_031);
    let history = story.finalizers(&[]).history();
    let claims = Claims { claims: vec![claim], ..Claims::default() };
    let mut judge = Judge::new(&history.header, &claims);
    let mut changes = Vec::new();
    for event in &history.events {
        judge.push(event);
        if changes.last().is_some_and(|(_, settled)| *settled) != judge.settled() {
            changes.push((event.at, judge.settled()));
        }
    }
    assert_eq!(changes, [(4_000, true), (4_030, false), (14_031, true)]);
}

#[test]
fn events_after_the_end_say_nothing() {
    let story = || Story::submitted().well_until(12_000).ended();
    let before = story().judge(eventually(succeeded(), 10));
    let after = story().phase("Succeeded").judge(eventually(succeeded(), 10));
    assert_eq!(after, before);
}

#[rstest]
fn online_is_offline(#[values(0, 3, 7, 20, 200)] length: usize, #[values(true, false)] torn: bool) {
    let story = Story::submitted().finalizers(&["gc"]).listing_until(&["a"], 20_000);
    let mut history = story.finalizers(&[]).listing_until(&[], 30_000).ended().history();
    history.events.truncate(length);
    history.torn = torn;
    let claims = Claims {
        claims: vec![
            eventually(no_objects(), 10),
            never(succeeded(), None),
            only_while(never(lacks_finalizer(), Some(20)), some_objects()),
        ],
        ..Claims::default()
    };
    let mut online = Judge::new(&history.header, &claims);
    for event in &history.events {
        online.push(event);
        let _ = online.settled();
    }
    let findings = if torn { online.finish_torn() } else { online.finish() };
    assert_eq!(findings, judge(&claims, &history));
}
