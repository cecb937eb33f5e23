//! Steps that disturb the workflow controllers.

use std::time::Duration;

use model::StepKind;
use model::history::{Controllers, EventKind, History, StepOutcome};
use rstest::rstest;
use serde_json::{Value, json};

use crate::api::{FakeApi, controller};
use crate::bench::{Bench, outcome, plan};

const OLD: &str = "/pods/workflow-controller-c1";
const READINESS_PROBE: &str = "/workflows/readiness-probe-run-1";

fn lease(holder: &str) -> Value {
    json!({ "kind": "Lease", "metadata": { "name": "workflow-controller", "namespace": "argo" },
        "spec": { "holderIdentity": holder } })
}

fn deployment() -> Value {
    json!({ "kind": "Deployment",
        "metadata": { "name": "workflow-controller", "namespace": "argo" },
        "spec": { "replicas": 2 },
        "status": { "replicas": 2, "updatedReplicas": 2, "availableReplicas": 2 } })
}

/// Two controllers, of which `c1` leads.
async fn bench() -> Bench {
    let bench = Bench::new().await;
    bench.api.put(&controller("c2", 0, true));
    bench.api.put(&lease("workflow-controller-c1"));
    bench.api.put(&deployment());
    bench.api.until_asked("watch", "/pods", 1).await;
    bench
}

fn shown(history: &History) -> Vec<Controllers> {
    let shown = history.events.iter().filter_map(|event| match &event.kind {
        EventKind::Controllers(shown) => Some(shown.clone()),
        _ => None,
    });
    shown.collect()
}

async fn take_up(api: &FakeApi, time: usize) {
    api.until_asked("apply", READINESS_PROBE, time).await;
    api.until_asked("watch", "/argo/workflows", time).await;
    let status = json!({ "status": { "phase": "Running" } });
    api.edit("workflows", "argo", "readiness-probe-run-1", &status);
}

#[tokio::test(start_paused = true)]
async fn the_leader_is_killed_when_another_controller_leads_and_has_taken_up_a_workflow() {
    let bench = bench().await;
    let run = bench.run(plan([StepKind::KillLeader]));
    bench.api.until_asked("delete", OLD, 1).await;
    bench.api.put(&controller("c3", 0, true));
    assert_eq!(bench.api.count("apply", READINESS_PROBE), 0, "nobody leads");
    bench.api.put(&lease("workflow-controller-c2"));
    take_up(&bench.api, 1).await;
    let history = run.ended().await;
    let said = "Argo 3.7.0, workflow-controller-c2 with , workflow-controller-c3 with , \
        leader workflow-controller-c2";
    assert_eq!(outcome(&history, "kill-leader"), Some(StepOutcome::Done(said.to_owned())));
    let leaders: Vec<Option<String>> = shown(&history).into_iter().map(|s| s.leader).collect();
    let names = ["c1", "c2"].map(|uid| Some(format!("workflow-controller-{uid}")));
    assert_eq!(leaders, names);
}

#[rstest]
#[case::alone(StepKind::KillLeader,
    |api: &FakeApi| api.delete("pods", "argo", "workflow-controller-c2"),
    "controllers: 1, and a failover needs two")]
#[case::no_leader(StepKind::LoseLease, |api: &FakeApi| api.put(&lease("")),
    "no controller holds the Lease, but nobody")]
#[case::leader_is_gone(StepKind::KillLeader, |api: &FakeApi| api.put(&lease("c9")),
    "no controller holds the Lease, but c9")]
#[case::elsewhere(StepKind::FreezeLeader(Duration::from_secs(40)), |_: &FakeApi| (),
    "the processes of the pods run where the harness cannot stop them")]
#[tokio::test(start_paused = true)]
async fn the_leader_is_not_disturbed(
    #[case] act: StepKind,
    #[case] trouble: fn(&FakeApi),
    #[case] expected: &str,
) {
    let bench = bench().await;
    trouble(&bench.api);
    let verb = act.verb();
    let history = bench.run(plan([act])).ended().await;
    assert_eq!(outcome(&history, verb), Some(StepOutcome::Refused(expected.to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_nobody_takes_is_no_failover() {
    let bench = bench().await;
    let history = bench.run(plan([StepKind::LoseLease])).ended().await;
    let ended = outcome(&history, "lose-lease").expect("an outcome");
    assert!(matches!(ended, StepOutcome::Unknown(_)), "{ended:?}");
    let held = bench.api.object("leases", "argo", "workflow-controller").expect("a Lease");
    assert_eq!(held["spec"]["holderIdentity"], "argo-conformance");
}
