//! Steps that disturb the controllers: the proof, and what is no proof.

use std::time::Duration;

use model::claim::{Claims, Outage};
use model::history::{Action, ControllerPod, Controllers, EventKind, Part, StepOutcome, Versions};
use model::step::{Disturbance, Failover};
use model::verdict::{Doubt, Finding, Outcome};
use rstest::rstest;

use crate::guards::doubted;
use crate::story::{Story, eventually, running, since, succeeded};

const FREEZE: Disturbance = Disturbance::Freeze(Duration::from_secs(40));
const NOT_SHOWN: &str = "the history does not show the controllers before and after";

/// Controllers by uid and number of restarts.
fn controllers(pods: &[(&str, i64)], leader: &str) -> Controllers {
    let pod = |&(uid, restarts): &(&str, i64)| ControllerPod {
        uid: uid.to_owned(),
        name: uid.to_uppercase(),
        image: "quay.io/argoproj/workflow-controller:v3.7.18".to_owned(),
        restarts: Some(restarts),
        executor: None,
    };
    Controllers {
        asked_at: 1_000,
        argo: Versions::all("3.7.18"),
        pods: pods.iter().map(pod).collect(),
        leader: (!leader.is_empty()).then(|| leader.to_owned()),
    }
}

fn two(leader: &str) -> Controllers {
    controllers(&[("a", 0), ("b", 0)], leader)
}

/// The two controllers after the end of the process of the first one.
fn restarted(leader: &str) -> Controllers {
    controllers(&[("a", 1), ("b", 0)], leader)
}

fn killed(leader: &str) -> Controllers {
    controllers(&[("b", 0), ("c", 0)], leader)
}

/// The step `delete` disturbs the controllers, and shows these.
fn disturbed(disturbance: Disturbance, shown: &[Controllers]) -> Vec<Finding> {
    let action = match disturbance {
        Disturbance::Kill => Action::KillLeader,
        Disturbance::Freeze(time) => Action::FreezeLeader(time),
        Disturbance::LoseLease => Action::LoseLease,
        Disturbance::Scale(count) => Action::ScaleController(count),
    };
    let step = || "delete".to_owned();
    let begun = EventKind::StepBegun { step: step(), action };
    let story = Story::submitted().push(begun).at(3_000);
    let shown = shown.iter().cloned().map(EventKind::Controllers);
    let done = StepOutcome::Done(String::new());
    let story = shown.fold(story, Story::push).step("delete", done);
    let claims = [running(), succeeded()].map(|fact| since(eventually(fact, 10), "delete"));
    story.phase("Running").well_until(20_000).ended().judge_all(&Claims {
        failovers: vec![Failover { step: step(), disturbance }],
        outages: vec![Outage { step: step(), part: Part::Controller }],
        claims: claims.to_vec(),
        ..Claims::default()
    })
}

#[rstest]
#[case::death(Disturbance::Kill, &[two("A"), killed("B")])]
#[case::new_pod_leads(Disturbance::Kill, &[two("A"), killed("C")])]
#[case::freeze(FREEZE, &[two("A"), two("B"), restarted("B")])]
#[case::lost_lease(Disturbance::LoseLease, &[two("A"), two("nobody"), restarted("B")])]
#[case::same_pod_leads(Disturbance::LoseLease, &[two("A"), two("nobody"), restarted("A")])]
#[case::no_holder(Disturbance::LoseLease, &[two("A"), two(""), restarted("B")])]
#[case::scaled(Disturbance::Scale(2), &[controllers(&[("a", 0)], "A"), two("A")])]
#[case::no_lease(Disturbance::Scale(2), &[controllers(&[("a", 0)], ""), two("")])]
fn a_step_with_a_proof_is_believed(
    #[case] disturbance: Disturbance,
    #[case] shown: &[Controllers],
) {
    let findings = disturbed(disturbance, shown);
    let outcomes: Vec<Outcome> = findings.iter().map(|finding| finding.outcome).collect();
    assert_eq!(outcomes, [Outcome::Pass, Outcome::Fail], "{findings:?}");
}

#[rstest]
#[case::nothing(Disturbance::Kill, &[], NOT_SHOWN)]
#[case::no_after(Disturbance::Kill, &[two("A")], NOT_SHOWN)]
#[case::it_lives(Disturbance::Kill, &[two("A"), two("B")], "the old leader A still exists")]
#[case::two_leaders(Disturbance::Kill, &[two("A"), killed("A")],
    "no controller leads: Argo 3.7.18, B with quay.io/argoproj/workflow-controller:v3.7.18, \
     C with quay.io/argoproj/workflow-controller:v3.7.18, leader A")]
#[case::nobody_led(Disturbance::Kill, &[two(""), killed("B")],
    "no controller led before the step: Argo 3.7.18, \
     A with quay.io/argoproj/workflow-controller:v3.7.18, \
     B with quay.io/argoproj/workflow-controller:v3.7.18")]
#[case::alone(Disturbance::Kill, &[controllers(&[("a", 0)], "A"), controllers(&[("b", 0)], "B")],
    "one controller alone has no successor")]
#[case::one_is_gone(Disturbance::Kill, &[two("A"), controllers(&[("b", 0)], "B")],
    "controllers before: 2, controllers later: 1")]
#[case::not_meanwhile(FREEZE, &[two("A"), restarted("B")], NOT_SHOWN)]
#[case::never_frozen(FREEZE, &[two("A"), two("A"), restarted("B")], "the old leader A leads")]
#[case::it_ended(FREEZE, &[two("A"), restarted("B"), restarted("B")],
    "the frozen leader A was restarted")]
#[case::it_went(FREEZE, &[two("A"), killed("B"), killed("B")], "the frozen leader A is gone")]
#[case::it_leads_again(FREEZE, &[two("A"), two("B"), restarted("A")],
    "A leads after the thaw, and B led before")]
#[case::it_goes_on(FREEZE, &[two("A"), two("B"), two("B")],
    "the process of the old leader A has not ended")]
#[case::kept(Disturbance::LoseLease, &[two("A"), two("A"), restarted("A")],
    "A holds the Lease that nobody must hold")]
#[case::it_leads_on(Disturbance::LoseLease, &[two("A"), two(""), two("B")],
    "the process of the old leader A has not ended")]
#[case::not_scaled(Disturbance::Scale(2), &[two("A"), two("A")],
    "the number of controllers was 2 before the step")]
#[case::another_number(Disturbance::Scale(3), &[controllers(&[("a", 0)], "A"), two("A")],
    "controllers after: 2, and not 3")]
fn a_step_without_a_proof_makes_everything_unknown(
    #[case] disturbance: Disturbance,
    #[case] shown: &[Controllers],
    #[case] missing: &str,
) {
    let findings = disturbed(disturbance, shown);
    for finding in &findings {
        assert_eq!(doubted(finding), Some(Doubt::Precondition), "{finding:?}");
        let reason = finding.reason.raw();
        assert!(reason.ends_with(&format!("without a proof: {missing}")), "{reason}");
    }
}

#[test]
fn other_versions_are_no_failover() {
    let after = Controllers { argo: Versions::all("4.0.5"), ..killed("B") };
    let findings = disturbed(Disturbance::Kill, &[two("A"), after]);
    let reason = findings[0].reason.raw();
    assert!(reason.ends_with("Argo 4.0.5 runs during the step, and 3.7.18 before it"), "{reason}");
}
