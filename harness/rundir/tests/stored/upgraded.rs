//! Verdicts about stored workflows: the workflow stays as it is, or a claim fails.

use judge::judge;
use model::Case;
use model::history::{
    Action, Change, ControllerPod, Controllers, EndReason, Event, EventKind, Header, History, Kind,
    Observation, Part, Versions,
};
use model::verdict::Outcome;
use rstest::rstest;
use serde_json::{Value, json};

use crate::recorded::{Recorded, begun, done, ended_as, pod, resumed_in, suspended, workflow};

const PAIR: &str = "3.5.12+to.3.7.18";

fn controllers(argo: &str, uids: &[&str]) -> EventKind {
    let pod = |uid: &&str| ControllerPod {
        uid: (*uid).to_owned(),
        name: format!("controller-{uid}"),
        image: format!("workflow-controller:{argo}"),
        restarts: Some(0),
        executor: Some(format!("argoexec:{argo}")),
    };
    let (argo, pods) = (Versions::all(argo), uids.iter().map(pod).collect());
    EventKind::Controllers(Controllers { asked_at: 0, argo, pods, leader: None })
}

/// The environment is healthy, and each watch is up to date.
fn well(at: u64) -> Vec<EventKind> {
    let parts = Part::ALL.map(|part| EventKind::Probed { part, error: None });
    let told =
        Kind::ALL.map(|kind| EventKind::Bookmark { kind, version: "9".to_owned(), asked_at: at });
    parts.into_iter().chain(told).collect()
}

fn observed(change: Change, object: Value) -> EventKind {
    EventKind::Observed(Observation { kind: Kind::Workflow, change, object })
}

/// The history of a stored workflow: restored after 1 s, upgraded after 2 s, resumed after 3 s.
/// `events` come 5 s after that, in a healthy environment.
fn history(case: &Case, stored: Value, events: Vec<EventKind>) -> History {
    let mut all: Vec<(u64, EventKind)> = Vec::new();
    let mut at = |at: u64, events: Vec<EventKind>| all.extend(events.into_iter().map(|e| (at, e)));
    at(0, well(0));
    let workflow = stored.clone();
    at(
        1_000,
        vec![
            begun("restore", Action::Restore { workflow }),
            controllers("3.5.12", &["a"]),
            controllers("3.5.12", &[]),
            observed(Change::Added, stored),
            done("restore"),
            begun("upgraded", Action::Upgrade),
            controllers("3.5.12", &[]),
        ],
    );
    at(2_000, vec![controllers("3.7.18", &["b"]), done("upgraded")]);
    at(2_000, well(2_000));
    if case.plan.steps.iter().any(|step| step.name == "resumed") {
        let status = json!({ "status": { "nodes": { "one": { "phase": "Succeeded" } } } });
        let waits_no_more = observed(Change::Modified, suspended(&status));
        let resumed = begun("resumed", Action::Resume);
        at(3_000, vec![resumed, waits_no_more, done("resumed")]);
    }
    at(8_000, events);
    for second in 8..100 {
        at(second * 1_000, well(second * 1_000));
    }
    at(100_000, vec![EventKind::Ended(EndReason::Decided)]);
    let events = (1..).zip(all).map(|(n, (at, kind))| Event { n, at, kind }).collect();
    let header = Header {
        format: (model::history::MAJOR, model::history::MINOR),
        run: "r2".to_owned(),
        case: case.id.clone(),
        argo: Versions::of_name(PAIR),
        namespace: "area-one-3".to_owned(),
        workflow: "one".to_owned(),
        started: "2026-11-30T08:30:00Z".to_owned(),
        steps: case.plan.steps.iter().map(|step| step.name.clone()).collect(),
        controller: None,
        requests: false,
        challenge: None,
    };
    History { header, events, torn: false }
}

/// The claims that did not pass, with their outcomes.
fn not_passed(case: &Case, stored: Value, events: Vec<EventKind>) -> Vec<(String, Outcome)> {
    let findings = judge(&case.claims, &history(case, stored, events));
    let findings = findings.into_iter().filter(|finding| finding.outcome != Outcome::Pass);
    findings.map(|finding| (finding.claim, finding.outcome)).collect()
}

fn failed(claims: &[&str]) -> Vec<(String, Outcome)> {
    claims.iter().map(|claim| ((*claim).to_owned(), Outcome::Fail)).collect()
}

#[rstest]
#[case::nothing_changes(vec![], &[])]
#[case::another_label(
    vec![observed(Change::Modified, workflow(&json!({ "metadata": { "labels": { "a": "b" } } })))],
    &[]
)]
#[case::it_runs_again(
    vec![observed(Change::Modified, workflow(&json!({ "status": { "phase": "Running" } })))],
    &["stays-ended", "runs-nothing"]
)]
#[case::it_is_deleted(
    vec![observed(Change::Deleted, workflow(&json!({})))],
    &["stays-ended", "finalizers-stay"]
)]
#[case::another_message(
    vec![observed(Change::Modified, workflow(&json!({ "status": { "message": "other" } })))],
    &["end-stays"]
)]
#[case::it_ends_once_more(
    vec![observed(Change::Modified, workflow(&json!(
        { "status": { "finishedAt": "2026-11-30T08:30:00Z" } })))],
    &["end-stays"]
)]
#[case::a_pod_comes(vec![pod("p")], &["runs-nothing"])]
#[case::another_phase_of_a_node(
    vec![observed(Change::Modified, workflow(&json!(
        { "status": { "nodes": { "one": { "phase": "Error" } } } })))],
    &["nodes-stay"]
)]
#[case::another_node(
    vec![observed(Change::Modified, workflow(&json!(
        { "status": { "nodes": { "two": { "phase": "Error" } } } })))],
    &["nodes-stay"]
)]
#[case::no_finalizer(
    vec![observed(Change::Modified, workflow(&json!({ "metadata": { "finalizers": [] } })))],
    &["finalizers-stay"]
)]
fn an_ended_workflow(#[case] events: Vec<EventKind>, #[case] expected: &[&str]) {
    let case = Recorded::of(ended_as(workflow(&json!({})))).only();
    assert_eq!(not_passed(&case, workflow(&json!({})), events), failed(expected));
}

#[rstest]
#[case::it_is_deleted(true, vec![], &[])]
#[case::it_stays(false, vec![], &["deleted"])]
#[case::a_pod_comes(true, vec![pod("p")], &["runs-nothing"])]
fn an_expired_workflow(
    #[case] deleted: bool,
    #[case] mut events: Vec<EventKind>,
    #[case] expected: &[&str],
) {
    let object = || {
        workflow(&json!({ "metadata": { "finalizers": [] },
            "spec": { "ttlStrategy": { "secondsAfterCompletion": 60 } } }))
    };
    let case = Recorded::of(ended_as(object())).only();
    events.extend(deleted.then(|| observed(Change::Deleted, object())));
    assert_eq!(not_passed(&case, object(), events), failed(expected));
}

fn ends_as(phase: &str) -> EventKind {
    let status = json!({ "status": { "phase": phase, "nodes": { "one": { "phase": phase } } } });
    observed(Change::Modified, suspended(&status))
}

#[rstest]
#[case::as_recorded(vec![pod("p"), ends_as("Succeeded")], &[])]
#[case::it_fails(vec![pod("p"), ends_as("Failed")], &["ends", "runs-nothing-twice"])]
#[case::it_hangs(vec![pod("p"), ends_as("Running")], &["ends"])]
#[case::a_step_runs_twice(
    vec![pod("p"), pod("q"), ends_as("Succeeded")],
    &["runs-nothing-twice"]
)]
fn a_suspended_workflow(#[case] events: Vec<EventKind>, #[case] expected: &[&str]) {
    let cases = Recorded::of(resumed_in(suspended(&json!({})))).stored().cases;
    let case = cases.iter().find(|case| case.id.contains("suspended")).expect("a case");
    assert_eq!(not_passed(case, suspended(&json!({})), events), failed(expected));
}

#[test]
fn a_workflow_beside_a_controller_proves_nothing() {
    let case = Recorded::of(ended_as(workflow(&json!({})))).only();
    let mut history = history(&case, workflow(&json!({})), Vec::new());
    history.events.retain(
        |event| !matches!(&event.kind, EventKind::Controllers(shown) if shown.pods.is_empty()),
    );
    let findings = judge(&case.claims, &history);
    let is_unknown = |outcome: &Outcome| matches!(outcome, Outcome::Unknown(_));
    assert!(findings.iter().all(|finding| is_unknown(&finding.outcome)), "{findings:?}");
}
