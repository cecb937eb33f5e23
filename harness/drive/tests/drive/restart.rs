//! Restarts of the workflow controller.

use drive::health::Health;
use model::history::{EventKind, History, Part, StepOutcome};
use model::{Plan, StepKind};
use rstest::rstest;
use serde_json::json;

use crate::api::{FakeApi, Fault, controller};
use crate::bench::{Bench, outcome, plan};

const OLD: &str = "/pods/workflow-controller-c1";
const READINESS_PROBE: &str = "/workflows/readiness-probe-run-1";

fn restart() -> Plan {
    plan([StepKind::RestartController])
}

/// Like the Deployment: the successor is there before the old controller has gone.
fn successor_comes(api: &FakeApi) {
    let made = api.clone();
    api.on_request(move |asked| {
        if asked.is("delete", OLD) {
            made.put(&controller("c2", 0, false));
        }
    });
}

fn takes_up_the_workflow(api: &FakeApi) {
    let status = json!({ "status": { "phase": "Running" } });
    api.edit("workflows", "argo", "readiness-probe-run-1", &status);
}

/// The last health of the controller before the step ended.
fn last_word(history: &History) -> Option<String> {
    let before = history.events.iter().take_while(|event| {
        !matches!(&event.kind, EventKind::StepEnded { step, .. } if step == "restart-controller")
    });
    let words = before.filter_map(|event| match &event.kind {
        EventKind::Probed { part: Part::Controller, error: trouble } => Some(trouble.clone()),
        _ => None,
    });
    words.last().expect("a word of the controller")
}

#[tokio::test(start_paused = true)]
async fn it_is_restarted_when_another_has_taken_up_a_workflow_and_the_old_one_is_gone() {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    // A workflow of a step that gave up. Its phase is not the answer to this step.
    bench.api.put(&json!({ "kind": "Workflow",
        "metadata": { "name": "readiness-probe-run-1", "namespace": "argo" },
        "status": { "phase": "Running" } }));
    let mut old = controller("c1", 0, true);
    old["metadata"]["finalizers"] = json!(["it/stays"]);
    bench.api.put(&old);
    successor_comes(&bench.api);
    let mut run = bench.run(restart());
    bench.api.until_asked("delete", OLD, 1).await;
    bench.api.put(&controller("c2", 0, true));
    // The new controller is ready. The step starts no readiness probe while the old pod exists.
    for _ in 0..5 {
        run.events
            .next(|what| matches!(what, EventKind::Probed { part: Part::Api, .. }).then_some(()))
            .await;
    }
    assert_eq!(bench.api.count("apply", READINESS_PROBE), 0);
    let gone = json!({ "metadata": { "finalizers": null } });
    bench.api.edit("pods", "argo", "workflow-controller-c1", &gone);
    bench.api.until_asked("apply", READINESS_PROBE, 1).await;
    bench.api.until_asked("watch", "/argo/workflows", 1).await;
    assert!(!run.driven.is_finished());
    takes_up_the_workflow(&bench.api);
    let history = run.ended().await;
    let done = StepOutcome::Done("c2".to_owned());
    assert_eq!(outcome(&history, "restart-controller"), Some(done));
    assert_eq!(last_word(&history), None, "the new one is the one that must stay");
    assert_eq!(bench.api.object("workflows", "argo", "readiness-probe-run-1"), None);
    let asked = bench.api.asked().into_iter().find(|asked| asked.is("delete", OLD));
    assert_eq!(asked.expect("a deletion").body["gracePeriodSeconds"], 1);
}

#[rstest]
#[case::there_is_none(|api: &FakeApi| api.delete("pods", "argo", "workflow-controller-c1"),
    StepOutcome::Refused("there is no workflow controller".to_owned()))]
#[case::there_are_two(|api: &FakeApi| api.put(&controller("c2", 0, true)),
    StepOutcome::Refused("there is not one pod of the workflow controller: \
        [\"workflow-controller-c1\", \"workflow-controller-c2\"]".to_owned()))]
#[case::not_allowed(|api: &FakeApi| api.fault("delete", OLD, Fault::Refuse(403, "you may not")),
    StepOutcome::Refused("you may not".to_owned()))]
#[case::perhaps(|api: &FakeApi| api.fault("delete", OLD, Fault::Refuse(500, "etcd is slow")),
    StepOutcome::Unknown("etcd is slow".to_owned()))]
#[case::nothing_takes_its_place(|_: &FakeApi| (),
    StepOutcome::Unknown("it did not end within 60s".to_owned()))]
#[tokio::test(start_paused = true)]
async fn it_is_not_restarted(#[case] trouble: fn(&FakeApi), #[case] expected: StepOutcome) {
    let bench = Bench::new().await;
    bench.api.until_asked("watch", "/pods", 1).await;
    let (_recorder, mut events) = bench.record("other");
    let _health = Health::start(&bench.installation, &bench.watches);
    trouble(&bench.api);
    // The watch has told the change by then.
    events
        .next(|what| matches!(what, EventKind::Probed { part: Part::Api, .. }).then_some(()))
        .await;
    events
        .next(|what| matches!(what, EventKind::Probed { part: Part::Api, .. }).then_some(()))
        .await;
    let history = bench.run(restart()).ended().await;
    assert_eq!(outcome(&history, "restart-controller"), Some(expected));
}
