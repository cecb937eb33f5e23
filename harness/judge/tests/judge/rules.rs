//! The rules of evidence, one table of stories for each.

use model::claim::{Claim, Claims, Outage};
use model::fact::{Count, Fact};
use model::fact::{PodFact, StoreFact, WorkflowFact};
use model::history::{Change, EventKind, Kind, Observation, Part};
use model::verdict::{Doubt, Finding, Outcome};
use rstest::rstest;
use serde_json::json;

use crate::story::{
    Story, eventually, gone, happens, never, no_objects, since, some_objects, succeeded,
};

pub(crate) fn failed() -> Fact {
    Fact::Workflow(WorkflowFact::Phase(vec!["Failed".to_owned(), "Error".to_owned()]))
}

fn pods_seen(least: usize) -> Fact {
    Fact::Pods(PodFact::Seen { of: None, count: Count::AtLeast(least) })
}

fn no_pods_left() -> Fact {
    Fact::Pods(PodFact::Left { of: None, count: Count::Exactly(0) })
}

fn pod(story: Story, uid: &str, change: Change) -> Story {
    let object = json!({ "metadata": { "name": uid, "uid": uid,
        "labels": { "workflows.argoproj.io/workflow": "wf" },
        "annotations": { "workflows.argoproj.io/node-name": "wf.a" } } });
    story.push(EventKind::Observed(Observation { kind: Kind::Pod, change, object }))
}

pub(crate) fn judged(
    story: Story,
    claim: Claim,
    uses_store: bool,
    outages: Vec<Outage>,
) -> Finding {
    let claims = Claims { claims: vec![claim], uses_store, outages, ..Claims::default() };
    story.judge_all(&claims).remove(0)
}

/// The part is unhealthy from `from` on, and healthy again from `to` on, to 30s.
fn unhealthy(story: Story, part: Part, from: u64, to: u64) -> Story {
    let mut story = story.well_until(from);
    for at in (from..to).step_by(1_000) {
        story = story.at(at).well_but(Some(part)).troubled(part);
    }
    story.at(to).well_until(30_000)
}

#[rstest]
fn no_absence_passes_beside_an_unhealthy_part(
    #[values(Part::Api, Part::Node, Part::Controller, Part::Watches, Part::Harness)] part: Part,
    #[values(never(failed(), Some(20)), never(gone(), Some(20)), never(failed(), None))]
    claim: Claim,
    #[values(true, false)] silent: bool,
) {
    let pass = Story::submitted().well_until(30_000).ended().judge(claim.clone());
    assert_eq!(pass.outcome, Outcome::Pass, "{pass:?}");
    let story = if silent {
        Story::submitted().well_until(4_000).well_but_until(Some(part), 30_000)
    } else {
        unhealthy(Story::submitted(), part, 5_000, 8_000)
    };
    let finding = story.ended().judge(claim);
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
    assert!(finding.reason.contains(part.name()), "{finding:?}");
}

#[rstest]
#[case::never_none(never(no_objects(), Some(20)))]
#[case::never_some(never(Fact::Store(StoreFact::Objects(Count::AtLeast(2))), Some(20)))]
fn no_absence_passes_by_one_old_listing(#[case] claim: Claim) {
    let story = || Story::submitted().listing_until(&["a"], 2_000);
    let pass = story().listing_until(&["a"], 30_000).ended().judge(claim.clone());
    assert_eq!(pass.outcome, Outcome::Pass, "{pass:?}");
    let finding = story().well_but_until(Some(Part::Store), 30_000).ended().judge(claim);
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
}

#[test]
fn no_absence_passes_without_a_probe_of_the_controller_after_its_window() {
    let story = Story::submitted().well_until(11_000).at(11_500).marked_all();
    let story = story.well_but(Some(Part::Controller)).at(12_000).ended();
    let finding = story.judge(never(failed(), Some(10)));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
    let said = "no violation was seen, but no healthy probe of the workflow controller came after \
                11.0s";
    assert_eq!(finding.reason, said);
}

/// The store counts where the workflow uses it.
#[rstest]
#[case::used(true, Some(Doubt::Environment))]
#[case::not_used(false, None)]
fn a_failure_asks_the_store_that_the_workflow_uses(
    #[case] uses_store: bool,
    #[case] doubt: Option<Doubt>,
    #[values(eventually(succeeded(), 10), never(failed(), Some(10)))] claim: Claim,
) {
    let story = Story::submitted().well_until(2_000).troubled(Part::Store);
    let story = story.at(4_000).phase("Error").troubled(Part::Store).well_until(30_000);
    let finding = judged(story.ended(), claim, uses_store, Vec::new());
    assert_eq!(finding.outcome.doubt(), doubt, "{finding:?}");
}

/// The window opens with the violation, and the API server was unhealthy up to that moment.
#[rstest]
#[case::never(never(failed(), Some(10)))]
#[case::not_once(happens(failed(), Count::Exactly(0), 10))]
#[case::at_most_none(happens(failed(), Count::AtMost(0), 10))]
fn a_violation_at_the_opening_needs_a_healthy_environment_since_submit(#[case] claim: Claim) {
    let claim = Claim { after: Some(failed()), ..claim };
    let violated = |story: Story| {
        let story = story.at(3_000).phase("Failed").well_until(30_000).ended();
        story.judge(claim.clone()).outcome
    };
    assert_eq!(violated(Story::submitted()), Outcome::Fail);
    let troubled = Story::submitted().at(1_500).troubled(Part::Api);
    assert_eq!(violated(troubled), Outcome::Unknown(Doubt::Environment));
}

/// A violation at 10s: the node was unhealthy from `from` to `to`, and the workflow ran up to then.
#[rstest]
#[case::long_before(3_000, 5_000, Outcome::Fail)]
#[case::at_that_moment(8_000, 12_000, Outcome::Unknown(Doubt::Environment))]
#[case::found_right_after_it(11_000, 12_000, Outcome::Unknown(Doubt::Environment))]
#[case::long_after_it(13_000, 15_000, Outcome::Fail)]
fn a_violation_needs_a_healthy_environment(
    #[case] from: u64,
    #[case] to: u64,
    #[case] expected: Outcome,
) {
    let mut story = Story::submitted();
    for at in (2_000..20_000).step_by(1_000) {
        let unhealthy = (from..to).contains(&at);
        story = story.at(at).well_but(unhealthy.then_some(Part::Node));
        story = if unhealthy { story.troubled(Part::Node) } else { story };
        story = if at == 10_000 { story.at(10_500).phase("Failed") } else { story };
    }
    let finding = story.ended().judge(never(failed(), Some(15)));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

/// The form `eventually Succeeded since completed`: the cause lies before the window.
#[rstest]
#[case::unhealthy_before_it(2_000, 6_000, Outcome::Unknown(Doubt::Environment))]
#[case::healthy(29_000, 29_500, Outcome::Fail)]
fn a_failure_asks_the_time_before_its_window(
    #[case] from: u64,
    #[case] to: u64,
    #[case] expected: Outcome,
) {
    let mut story = Story::submitted();
    for at in (2_000..20_000).step_by(1_000) {
        let unhealthy = (from..to).contains(&at);
        story = story.at(at).well_but(unhealthy.then_some(Part::Node));
        story = if unhealthy { story.troubled(Part::Node) } else { story };
        story = if at == 8_000 { story.phase("Failed").done("await") } else { story };
    }
    let finding = story.ended().judge(since(eventually(succeeded(), 2), "await"));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

/// A second pod of the window, told at `told` only; the marks tell up to `told` from then on.
#[rstest]
#[case::in_the_window(10_900, Outcome::Fail)]
#[case::after_it(18_000, Outcome::Unknown(Doubt::Order))]
fn an_event_that_arrives_late_may_be_of_the_window(#[case] told: u64, #[case] expected: Outcome) {
    let claim = never(pods_seen(2), Some(10));
    let story = pod(Story::submitted(), "a", Change::Added).well_until(10_000);
    let parts = |story| Part::ALL.into_iter().fold(story, Story::probed);
    let story = pod(parts(story.at(told)), "b", Change::Added).well_until(20_000);
    let finding = story.ended().judge(claim);
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[test]
fn a_window_waits_until_the_watches_passed_its_end() {
    let mut story = pod(Story::submitted(), "a", Change::Added).well_until(10_000);
    for at in (12_000..60_000).step_by(2_000) {
        story = Part::ALL.into_iter().fold(story.at(at), Story::probed);
    }
    let finding = story.ended().judge(never(pods_seen(2), Some(10)));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Gap), "{finding:?}");
    let said = "no violation was seen, but the watch of workflows told everything only up to 10.0s";
    assert_eq!(finding.reason, said);
}

/// A gap of the pods' watch at 2s, and the relist after it, which shows these pods.
fn after_a_gap(shown: &[&str]) -> Story {
    let story = pod(pod(Story::submitted(), "a", Change::Added), "b", Change::Added);
    let story =
        story.well_until(2_000).push(EventKind::Gap { kind: Kind::Pod, reason: "410".into() });
    let relist = |story, uid: &&str| pod(story, uid, Change::Found);
    shown.iter().fold(story, relist).at(2_500).marked_all().at(3_000)
}

#[rstest]
#[case::what_counts_is_unknown_for_good(never(pods_seen(3), Some(5)), Some(Doubt::NeverEvaluated))]
#[case::a_failure_needs_the_watch(never(pods_seen(2), Some(5)), Some(Doubt::Gap))]
#[case::what_went_is_lost(eventually(no_pods_left(), 5), None)]
fn after_a_gap_before_the_window(#[case] claim: Claim, #[case] doubt: Option<Doubt>) {
    let story = after_a_gap(&[]).done("await").well_until(30_000).ended();
    let finding = story.judge(since(claim, "await"));
    assert_eq!(finding.outcome.doubt(), doubt, "{finding:?}");
}

#[test]
fn a_workflow_that_a_relist_does_not_show_is_not_known_to_be_gone() {
    let story = Story::submitted().well_until(2_000).gap().well_until(30_000).ended();
    let finding = story.judge(eventually(gone(), 10));
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Gap), "{finding:?}");
}

/// The watch of pods is broken when the window opens; a second pod is not told.
#[rstest]
#[case::healthy(None, Outcome::Pass)]
#[case::broken(Some(Part::Watches), Outcome::Unknown(Doubt::Environment))]
fn an_absence_does_not_come_true_on_a_stale_world(
    #[case] part: Option<Part>,
    #[case] expected: Outcome,
) {
    let story = pod(Story::submitted(), "a", Change::Added).well_until(2_000);
    let mut story = pod(story, "a", Change::Deleted);
    for at in (3_000..30_000).step_by(1_000) {
        story = story.at(at).well_but(part);
        story = if part.is_some() { story.troubled(Part::Watches) } else { story };
        story = if at == 6_000 { story.done("await") } else { story };
    }
    let finding = story.ended().judge(since(eventually(no_pods_left(), 10), "await"));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[rstest]
#[case::none(2_000, Some(Doubt::HistoryTooShort))]
#[case::shorter(3_900, Some(Doubt::HistoryTooShort))]
#[case::long_enough(4_000, None)]
fn a_window_without_an_end_has_a_floor(#[case] end: u64, #[case] doubt: Option<Doubt>) {
    let finding = Story::submitted().well_until(end).ended().judge(never(failed(), None));
    assert_eq!(finding.outcome.doubt(), doubt, "{finding:?}");
}

#[rstest]
#[case::of_that_part(Some(Part::Node), Outcome::Fail)]
#[case::of_another(Some(Part::Api), Outcome::Unknown(Doubt::Environment))]
#[case::of_none(None, Outcome::Unknown(Doubt::Environment))]
fn a_claim_may_judge_regardless_of_one_part(
    #[case] regardless: Option<Part>,
    #[case] expected: Outcome,
) {
    let story = unhealthy(Story::submitted(), Part::Node, 2_000, 12_000).ended();
    let claim = Claim { regardless, ..eventually(succeeded(), 10) };
    let finding = story.judge(claim);
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

/// The part is unhealthy from 2s to the end.
#[rstest]
fn an_absence_may_pass_regardless_of_one_part(
    #[values(Part::Api, Part::Controller, Part::Node)] part: Part,
    #[values(Some(10), None)] within: Option<u64>,
    #[values(true, false)] states: bool,
) {
    let story = unhealthy(Story::submitted(), part, 2_000, 30_000).ended();
    let regardless = states.then_some(part);
    let finding = story.judge(Claim { regardless, ..never(failed(), within) });
    let expected = if states { Outcome::Pass } else { Outcome::Unknown(Doubt::Environment) };
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[test]
fn a_positive_fact_needs_no_health() {
    let story = Story::submitted().troubled(Part::Controller).at(2_000).listed(&["a"]);
    assert_eq!(story.judge(eventually(some_objects(), 10)).outcome, Outcome::Pass);
}

/// Every part is silent from about 4 s to 20 s. `last` is the part with the last probe before.
fn still(last: Part) -> Story {
    let story = Story::submitted().well_until(4_000).at(4_400);
    let others = Part::ALL.into_iter().filter(|part| *part != last);
    let story = others.fold(story, Story::probed).at(4_800).probed(last).at(20_000);
    story.troubled(Part::Harness).at(20_001).well_until(40_000).ended()
}

/// A harness that stands still records no probe. The silence of the others has the reason of the
/// harness.
#[rstest]
#[case::a_failure(eventually(succeeded(), 30), "not in time, but ")]
#[case::an_absence(never(failed(), Some(30)), "no violation was seen, but ")]
fn the_silence_of_the_harness_explains_that_of_the_others(
    #[case] claim: Claim,
    #[case] but: &str,
    #[values(Part::Harness, Part::Api, Part::Node)] last: Part,
) {
    let finding = still(last).judge(claim);
    assert_eq!(finding.outcome, Outcome::Unknown(Doubt::Environment), "{finding:?}");
    let words = format!("{but}nothing was heard of the harness between ");
    assert!(finding.reason.starts_with(&words), "{finding:?}");
}

/// The harness stands still at another time.
#[test]
fn a_silence_while_the_harness_runs_is_named() {
    let story = Story::submitted().well_until(4_000).well_but_until(Some(Part::Node), 16_000);
    let story = story.well_until(18_000).troubled(Part::Harness).well_until(40_000).ended();
    let finding = story.judge(eventually(succeeded(), 30));
    let words = "not in time, but nothing was heard of the node between 4.0s and 16.0s";
    assert!(finding.reason.starts_with(words), "{finding:?}");
}
