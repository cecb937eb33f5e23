//! Steps that replace the workflow controller: the proof, and what is no proof.

use model::claim::{Claims, Outage};
use model::history::{Action, ControllerPod, Controllers, EventKind, Part, StepOutcome, Versions};
use model::step::{Change, Replacement};
use model::verdict::{Doubt, Finding, Outcome};
use rstest::rstest;
use serde_json::json;

use crate::guards::doubted;
use crate::story::{Story, eventually, running, since, succeeded};

const PAIR: &str = "3.5.12+to.3.7.18";

fn pod(uid: &str, version: &str) -> ControllerPod {
    ControllerPod {
        uid: uid.to_owned(),
        name: format!("workflow-controller-{uid}"),
        image: format!("quay.io/argoproj/workflow-controller:v{version}"),
        restarts: None,
        executor: Some(format!("quay.io/argoproj/argoexec:v{version}")),
    }
}

fn controllers(version: &str, pods: &[&str], leader: Option<&str>) -> Controllers {
    Controllers {
        asked_at: 1_000,
        argo: Versions::all(version),
        pods: pods.iter().map(|uid| pod(uid, version)).collect(),
        leader: leader.map(|uid| format!("workflow-controller-{uid}")),
    }
}

fn before() -> Controllers {
    controllers("3.5.12", &["a"], Some("a"))
}

fn after() -> Controllers {
    controllers("3.7.18", &["b"], Some("b"))
}

/// The step `restore` shows the first controllers, and the step `delete` shows the others.
fn restored(first: &[Controllers], others: &[Controllers]) -> Vec<Finding> {
    let shown = |story: Story, shown: &[Controllers]| {
        shown.iter().cloned().map(EventKind::Controllers).fold(story, Story::push)
    };
    let begun = |step: &str, action| EventKind::StepBegun { step: step.to_owned(), action };
    let workflow = json!({});
    let story = Story::new().of(PAIR).well_until(1_000);
    let story = story.push(begun("restore", Action::Restore { workflow }));
    let story = shown(story, first).done("restore").phase("Running");
    let story = shown(story.push(begun("delete", Action::Upgrade)).at(3_000), others);
    let story = story.done("delete").phase("Running").well_until(20_000).ended();
    judged(story, Change::Upgrade, Some("restore"))
}

/// The step `delete` of a pair replaces the controller, and shows these controllers.
fn replaced(change: Change, shown: &[Controllers], outcome: StepOutcome) -> Vec<Finding> {
    let action = match change {
        Change::Upgrade => Action::Upgrade,
        Change::Rollback => Action::Rollback,
    };
    let begun = EventKind::StepBegun { step: "delete".to_owned(), action };
    let story = Story::submitted().of(PAIR).push(begun).at(3_000);
    let shown = shown.iter().cloned().map(EventKind::Controllers);
    let story = shown.fold(story, Story::push).step("delete", outcome);
    judged(story.phase("Running").well_until(20_000).ended(), change, None)
}

fn judged(story: Story, change: Change, restored: Option<&str>) -> Vec<Finding> {
    let restored = restored.map(str::to_owned);
    let step = || "delete".to_owned();
    let claims = [running(), succeeded()].map(|fact| since(eventually(fact, 10), "delete"));
    story.judge_all(&Claims {
        replacements: vec![Replacement { step: step(), change, restored }],
        outages: vec![Outage { step: step(), part: Part::Controller }],
        claims: claims.to_vec(),
        ..Claims::default()
    })
}

fn outcomes(findings: &[Finding]) -> Vec<Outcome> {
    findings.iter().map(|finding| finding.outcome).collect()
}

fn done() -> StepOutcome {
    StepOutcome::Done(String::new())
}

#[rstest]
#[case::upgrade(Change::Upgrade, before(), after())]
#[case::rollback(
    Change::Rollback,
    controllers("3.7.18", &["a"], Some("a")),
    controllers("3.5.12", &["b"], Some("b"))
)]
#[case::no_lease(
    Change::Upgrade,
    controllers("3.5.12", &["a"], None),
    controllers("3.7.18", &["b"], None)
)]
#[case::two_replicas(
    Change::Upgrade,
    controllers("3.5.12", &["a", "b"], Some("a")),
    controllers("3.7.18", &["c", "d"], Some("d"))
)]
fn a_step_with_a_proof_is_believed(
    #[case] change: Change,
    #[case] before: Controllers,
    #[case] after: Controllers,
) {
    let findings = replaced(change, &[before, after], done());
    assert_eq!(outcomes(&findings), [Outcome::Pass, Outcome::Fail], "{findings:?}");
}

#[rstest]
#[case::nothing_is_shown(&[], "the history does not show the controllers before and after")]
#[case::no_after(&[before()], "the history does not show the controllers before and after")]
#[case::it_did_not_happen(
    &[before(), before()],
    "after the step Argo is 3.5.12, and must be 3.7.18"
)]
#[case::it_happened_before(
    &[after(), after()],
    "before the step Argo is 3.7.18, and must be 3.5.12"
)]
#[case::the_old_one_stays(
    &[before(), Controllers { pods: vec![pod("a", "3.5.12"), pod("b", "3.7.18")], ..after() }],
    "controller workflow-controller-a of before still exists"
)]
#[case::two_came(
    &[before(), controllers("3.7.18", &["b", "c"], Some("b"))],
    "controllers before: 1, controllers after: 2"
)]
#[case::none_was_there(
    &[controllers("3.5.12", &[], None), controllers("3.7.18", &[], None)],
    "controllers before: 0, controllers after: 0"
)]
#[case::same_images(
    &[before(), Controllers { pods: vec![pod("b", "3.5.12")], ..after() }],
    "workflow-controller-b has the images of before: \
     quay.io/argoproj/workflow-controller:v3.5.12, quay.io/argoproj/argoexec:v3.5.12"
)]
#[case::old_leader(
    &[before(), controllers("3.7.18", &["b"], Some("a"))],
    "the leader is workflow-controller-a of before"
)]
fn a_step_without_a_proof_makes_everything_unknown(
    #[case] shown: &[Controllers],
    #[case] missing: &str,
) {
    let findings = replaced(Change::Upgrade, shown, done());
    for finding in &findings {
        assert_eq!(doubted(finding), Some(Doubt::Precondition), "{finding:?}");
        let reason = finding.reason.raw();
        assert!(reason.starts_with("step delete ended at "), "{reason}");
        assert!(reason.ends_with(&format!("without a proof: {missing}")), "{reason}");
    }
}

#[test]
fn a_step_that_is_not_done_needs_no_proof() {
    let trouble = StepOutcome::Unknown("the controller did not come up".to_owned());
    let findings = replaced(Change::Upgrade, &[before()], trouble);
    for finding in &findings {
        let reason = finding.reason.raw();
        assert!(reason.contains("the controller did not come up"), "{reason}");
    }
}

#[test]
fn a_history_of_one_installation_proves_nothing() {
    let begun = EventKind::StepBegun { step: "delete".to_owned(), action: Action::Upgrade };
    let story = Story::submitted().push(begun).at(3_000);
    let shown = [before(), after()].map(EventKind::Controllers);
    let story = shown.into_iter().fold(story, Story::push).done("delete");
    let findings = judged(story.phase("Running").well_until(20_000).ended(), Change::Upgrade, None);
    assert_eq!(doubted(&findings[0]), Some(Doubt::Precondition), "{findings:?}");
}

#[test]
fn controllers_outside_the_step_are_no_proof() {
    let shown = [before(), after()].map(EventKind::Controllers);
    let story = shown.into_iter().fold(Story::submitted().of(PAIR), Story::push);
    let begun = EventKind::StepBegun { step: "delete".to_owned(), action: Action::Upgrade };
    let story = story.push(begun).at(3_000).done("delete");
    let findings = judged(story.phase("Running").well_until(20_000).ended(), Change::Upgrade, None);
    assert_eq!(doubted(&findings[0]), Some(Doubt::Precondition), "{findings:?}");
}

fn nobody() -> Controllers {
    controllers("3.5.12", &[], None)
}

#[test]
fn a_workflow_restored_without_a_controller_is_believed() {
    let findings = restored(&[before(), nobody()], &[nobody(), after()]);
    assert_eq!(outcomes(&findings), [Outcome::Pass, Outcome::Fail], "{findings:?}");
}

#[rstest]
#[case::nobody_looked(&[], &[before(), after()],
    "the history does not show the controllers before and after")]
#[case::nobody_looked_after_the_removal(&[before()], &[nobody(), after()],
    "the history does not show that no controller existed")]
#[case::the_old_one_stayed(&[before(), before()], &[before(), after()],
    "controller workflow-controller-a existed while the workflow was restored")]
#[case::the_new_one_came_before(&[before(), nobody()], &[after(), after()],
    "controller workflow-controller-b existed while the workflow was restored")]
#[case::the_upgrade_showed_nothing(&[before(), nobody(), nobody(), after()], &[],
    "the history does not show the controllers before and after")]
#[case::none_came(&[before(), nobody()], &[nobody(), controllers("3.7.18", &[], None)],
    "controllers before: 1, controllers after: 0")]
#[case::it_did_not_happen(&[before(), nobody()], &[nobody(), controllers("3.5.12", &["b"], None)],
    "after the step Argo is 3.5.12, and must be 3.7.18")]
fn a_workflow_restored_beside_a_controller_makes_everything_unknown(
    #[case] first: &[Controllers],
    #[case] others: &[Controllers],
    #[case] missing: &str,
) {
    for finding in &restored(first, others) {
        assert_eq!(doubted(finding), Some(Doubt::Precondition), "{finding:?}");
        let reason = finding.reason.raw();
        assert!(reason.ends_with(&format!("without a proof: {missing}")), "{reason}");
    }
}
