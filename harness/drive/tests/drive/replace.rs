//! Steps that replace the installation of a run.

use std::sync::Arc;

use drive::health::Health;
use drive::joint::Participant;
use model::history::{Controllers, Event, EventKind, History, Kind, StepOutcome, Versions};
use model::{Plan, Step, StepKind};
use provision::argo::pair::{Member, Pair};
use rstest::rstest;
use serde_json::json;

use crate::api::{FakeApi, Fault, controller};
use crate::bench::{Bench, outcome, plan};

const DEPLOYMENT: &str = "/deployments/workflow-controller";
const READINESS_PROBE: &str = "/workflows/readiness-probe-run-1";

fn member(bench: &Bench, version: &str) -> Member {
    let deployment = json!({ "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "workflow-controller", "namespace": "argo" },
        "spec": { "replicas": 1 } });
    Member {
        versions: Versions::all(version),
        argo: bench.installation.argo.clone(),
        definitions: Vec::new(),
        objects: vec![deployment],
    }
}

/// A bench with a pair of installations: the one that runs, and 4.0.5.
async fn bench() -> Bench {
    let mut bench = Bench::new().await;
    let (first, second) = (member(&bench, "3.7.0"), member(&bench, "4.0.5"));
    bench.installation.versions.to = Some(Box::new(Versions::all("4.0.5")));
    bench.installation.pair = Some(Arc::new(Pair { first, second }));
    bench.api.until_asked("watch", "/pods", 1).await;
    bench
}

fn rolled_out(api: &FakeApi) {
    let status =
        json!({ "status": { "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1 } });
    api.edit("deployments", "argo", "workflow-controller", &status);
}

fn shown(history: &History) -> Vec<Controllers> {
    let shown = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Controllers(shown) => Some(shown.clone()),
        _ => None,
    });
    shown.collect()
}

fn uids(shown: &Controllers) -> Vec<&str> {
    shown.pods.iter().map(|pod| pod.uid.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn it_is_upgraded_when_only_new_controllers_exist() {
    let bench = bench().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let run = bench.run(plan([StepKind::Upgrade]));
    bench.api.until_asked("apply", DEPLOYMENT, 1).await;
    bench.api.put(&controller("c2", 0, true));
    rolled_out(&bench.api);
    assert_eq!(bench.api.count("apply", READINESS_PROBE), 0, "the old controller exists");
    bench.api.delete("pods", "argo", "workflow-controller-c1");
    bench.api.until_asked("apply", READINESS_PROBE, 1).await;
    bench.api.until_asked("watch", "/argo/workflows", 1).await;
    let status = json!({ "status": { "phase": "Running" } });
    bench.api.edit("workflows", "argo", "readiness-probe-run-1", &status);
    let history = run.ended().await;
    let said = "Argo 4.0.5, workflow-controller-c2 with ";
    assert_eq!(outcome(&history, "upgrade"), Some(StepOutcome::Done(said.to_owned())));
    let shown = shown(&history);
    let [before, after] = shown.as_slice() else { panic!("{shown:?}") };
    assert_eq!((uids(before), &before.argo), (vec!["c1"], &Versions::all("3.7.0")));
    assert_eq!((uids(after), &after.argo), (vec!["c2"], &Versions::all("4.0.5")));
}

#[tokio::test(start_paused = true)]
async fn it_waits_until_the_other_cases_are_held() {
    let mut bench = bench().await;
    let mut both = Participant::together(2);
    let other = both.remove(1);
    bench.participant = Arc::new(both.remove(0));
    let mut run = bench.run(plan([StepKind::Upgrade]));
    let ended = |kind: &EventKind| matches!(kind, EventKind::StepEnded { .. }).then_some(());
    run.events.next(ended).await;
    assert_eq!(bench.api.count("apply", DEPLOYMENT), 0);
    let so_far = std::fs::read_to_string(bench.history()).expect("a history");
    let begun = so_far.lines().skip(1).any(|line| line.contains("upgrade"));
    assert!(!begun, "the outage has begun: {so_far}");
    drop(other);
    bench.api.until_asked("apply", DEPLOYMENT, 1).await;
    run.stop.cancel();
    let history = run.ended().await;
    let begun = |event: &Event| matches!(&event.kind, EventKind::StepBegun { .. });
    assert_eq!(history.events.iter().filter(|event| begun(event)).count(), 2);
}

/// A bench with a pair of installations, whose controller has a Deployment.
async fn deployed() -> Bench {
    let bench = bench().await;
    bench.api.put(&json!({ "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "workflow-controller", "namespace": "argo" } }));
    bench
}

/// A plan that creates the workflow with its status.
fn restore() -> Plan {
    let mut plan = plan([]);
    let act = StepKind::Restore { workflow: () };
    plan.steps = vec![Step { name: act.verb().to_owned(), act }];
    plan.workflow["status"] =
        json!({ "phase": "Failed", "message": "in argo-conformance.namespace" });
    plan
}

#[tokio::test(start_paused = true)]
async fn a_workflow_is_restored_when_no_controller_exists() {
    let bench = deployed().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let run = bench.run(restore());
    bench.api.until_asked("delete", DEPLOYMENT, 1).await;
    assert_eq!(bench.api.count("create", "/workflows"), 0, "the controller exists");
    bench.api.delete("pods", "argo", "workflow-controller-c1");
    let history = run.ended().await;
    let outcome = outcome(&history, "restore");
    assert!(matches!(outcome, Some(StepOutcome::Done(_))), "{outcome:?}");
    let shown = shown(&history);
    let [before, after] = shown.as_slice() else { panic!("{shown:?}") };
    assert_eq!((uids(before), uids(after)), (vec!["c1"], vec![]));
    let created = history.events.iter().find_map(|event| match &event.kind {
        EventKind::Observed(seen) if seen.kind == Kind::Workflow => Some(&seen.object),
        _ => None,
    });
    let message = &created.expect("the workflow is created")["status"]["message"];
    assert_eq!(*message, format!("in {}", history.header.namespace));
}

#[tokio::test(start_paused = true)]
async fn a_workflow_is_not_restored_beside_a_controller() {
    let bench = deployed().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let history = bench.run(restore()).ended().await;
    let outcome = outcome(&history, "restore");
    let said = "it did not end within 180s";
    assert_eq!(outcome, Some(StepOutcome::Unknown(said.to_owned())));
    assert_eq!(bench.api.count("create", "/workflows"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_workflow_is_not_restored_without_a_pair() {
    let mut bench = bench().await;
    bench.installation.pair = None;
    let history = bench.run(restore()).ended().await;
    let said = "the run has no second installation".to_owned();
    assert_eq!(outcome(&history, "restore"), Some(StepOutcome::Refused(said)));
    assert_eq!(bench.api.count("delete", DEPLOYMENT), 0);
}

#[rstest]
#[case::no_pair(
    StepKind::Upgrade,
    |bench: &mut Bench| bench.installation.pair = None,
    StepOutcome::Refused("the run has no second installation".to_owned())
)]
#[case::back_before_there(
    StepKind::Rollback,
    |_: &mut Bench| (),
    StepOutcome::Refused("Argo 3.7.0 runs, and not 4.0.5".to_owned())
)]
#[case::not_allowed(
    StepKind::Upgrade,
    |bench: &mut Bench| bench.api.fault("list", "/argo/pods", Fault::Refuse(403, "you may not")),
    StepOutcome::Refused("you may not".to_owned())
)]
#[case::never_new(
    StepKind::Upgrade,
    |_: &mut Bench| (),
    StepOutcome::Unknown("failed to install Argo: Deployment workflow-controller is not rolled out \
        after 180s; it was last: null".to_owned())
)]
#[tokio::test(start_paused = true)]
async fn it_is_not_replaced(
    #[case] act: StepKind,
    #[case] trouble: fn(&mut Bench),
    #[case] expected: StepOutcome,
) {
    let mut bench = bench().await;
    trouble(&mut bench);
    let verb = act.verb();
    let history = bench.run(plan([act])).ended().await;
    assert_eq!(outcome(&history, verb), Some(expected));
    assert!(shown(&history).len() < 2);
}
