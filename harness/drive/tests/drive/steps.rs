//! Steps: their order, and waiting.

use std::time::Duration;

use model::StepKind;
use model::history::{Change, EventKind, History, Kind, StepOutcome};
use rstest::rstest;

use crate::bench::{Bench, NAMESPACE, WORKFLOW, outcome, phase, plan, read, wait};

fn unmet(words: &str) -> StepOutcome {
    StepOutcome::Unmet(words.to_owned())
}

fn done(words: &str) -> StepOutcome {
    StepOutcome::Done(words.to_owned())
}

/// Names of the steps that began, and of those that ended, in order.
fn begun_and_ended(history: &History) -> (Vec<&str>, Vec<&str>) {
    let (mut begun, mut ended) = (Vec::new(), Vec::new());
    for event in &history.events {
        match &event.kind {
            EventKind::StepBegun { step, .. } => begun.push(step.as_str()),
            EventKind::StepEnded { step, .. } => ended.push(step.as_str()),
            _ => {}
        }
    }
    (begun, ended)
}

/// Milliseconds from the beginning of a step to its end.
fn lasted(history: &History, name: &str) -> u64 {
    let at = |is: &dyn Fn(&EventKind) -> bool| {
        history.events.iter().find(|event| is(&event.kind)).expect("the step").at
    };
    let begun = at(&|what| matches!(what, EventKind::StepBegun { step, .. } if step == name));
    at(&|what| matches!(what, EventKind::StepEnded { step, .. } if step == name)) - begun
}

#[tokio::test(start_paused = true)]
async fn an_await_fires_on_the_state_and_not_before() {
    let bench = Bench::new().await;
    let mut run = bench.run(plan([wait(phase("Succeeded"), 30)]));
    run.events.begun("await").await;
    for wrong in ["Pending", "Running", "Failed", "Error"] {
        bench.phase(wrong);
        let next = run.events.next(|what| match what {
            EventKind::Observed(seen) => Some(seen.object["status"]["phase"].clone()),
            EventKind::StepEnded { outcome, .. } => panic!("after {wrong}: {outcome:?}"),
            _ => None,
        });
        assert_eq!(next.await, wrong);
    }
    bench.phase("Succeeded");
    let history = run.ended().await;
    assert_eq!(outcome(&history, "await"), Some(done("phase Succeeded; no nodes")));
    let at = |is: &dyn Fn(&EventKind) -> bool| history.events.iter().position(|e| is(&e.kind));
    let seen = at(&|what| {
        let succeeded = |o: &serde_json::Value| o["status"]["phase"] == "Succeeded";
        matches!(what, EventKind::Observed(seen) if succeeded(&seen.object))
    });
    let ended = at(&|what| matches!(what, EventKind::StepEnded { step, .. } if step == "await"));
    assert!(seen.expect("seen") < ended.expect("ended"), "what it waited for is in the file");
}

#[tokio::test(start_paused = true)]
async fn an_await_of_what_holds_already_ends_at_once() {
    let bench = Bench::new().await;
    let there =
        model::Fact::Workflow(model::fact::WorkflowFact::Presence(model::fact::Presence::Present));
    let history = bench.run(plan([wait(there, 30)])).ended().await;
    assert_eq!(lasted(&history, "await"), 0);
}

#[rstest]
#[case::short(1)]
#[case::long(300)]
#[tokio::test(start_paused = true)]
async fn patience_that_runs_out_is_recorded_and_ends_the_plan(#[case] seconds: u64) {
    let bench = Bench::new().await;
    let mut run = bench.run(plan([wait(phase("Succeeded"), seconds), StepKind::Delete]));
    run.events.begun("await").await;
    bench.phase("Running");
    let history = run.ended().await;
    assert_eq!(outcome(&history, "await"), Some(unmet("phase Running; no nodes")));
    assert_eq!(lasted(&history, "await"), seconds * 1_000);
    assert_eq!(begun_and_ended(&history).0, ["submit", "await"], "the rest would mean nothing");
    assert_eq!(bench.argo.ran(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn patience_that_runs_out_can_let_the_plan_go_on() {
    let bench = Bench::new().await;
    let mut waiting = wait(phase("Succeeded"), 7);
    if let StepKind::Await { go_on, .. } = &mut waiting {
        *go_on = true;
    }
    let mut run = bench.run(plan([waiting, StepKind::Stop]));
    run.events.begun("await").await;
    bench.phase("Running");
    let history = run.ended().await;
    let expected = done("not met, and the plan goes on: phase Running; no nodes");
    assert_eq!(outcome(&history, "await"), Some(expected));
    assert_eq!(begun_and_ended(&history).0, ["submit", "await", "stop"]);
}

#[tokio::test(start_paused = true)]
async fn a_state_that_must_hold_for_a_while_is_waited_for_anew_when_it_breaks() {
    let bench = Bench::new().await;
    let mut waiting = wait(phase("Running"), 60);
    if let StepKind::Await { held, .. } = &mut waiting {
        *held = Some(Duration::from_secs(3));
    }
    let mut run = bench.run(plan([waiting]));
    run.events.begun("await").await;
    for (phase, seconds) in [("Running", 2), ("Pending", 5), ("Running", 0)] {
        bench.phase(phase);
        let is_seen = |what: &EventKind| match what {
            EventKind::Observed(seen) => (seen.object["status"]["phase"] == phase).then_some(()),
            _ => None,
        };
        run.events.next(is_seen).await;
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }
    let history = run.ended().await;
    assert_eq!(outcome(&history, "await"), Some(done("phase Running; no nodes")));
    let lasted = lasted(&history, "await");
    assert!((10_000..10_500).contains(&lasted), "2 s, 5 s, and 3 s without a break: {lasted}");
}

#[tokio::test(start_paused = true)]
async fn each_step_is_done_once_and_after_the_one_before() {
    let bench = Bench::new().await;
    let mut plan = plan([wait(phase("Running"), 30), StepKind::Stop, wait(phase("Failed"), 30)]);
    plan.steps[3].name = "again".to_owned();
    let mut run = bench.run(plan);
    run.events.begun("await").await;
    let api = bench.api.clone();
    bench.argo.answers(move |_| {
        let failed = serde_json::json!({ "status": { "phase": "Failed" } });
        api.edit("workflows", NAMESPACE, WORKFLOW, &failed);
        (0, "stopped")
    });
    bench.phase("Running");
    // The awaited fact of the first wait becomes true, false, and true again.
    run.events.begun("again").await;
    bench.phase("Running");
    let history = run.ended().await;
    let steps = ["submit", "await", "stop", "again"];
    assert_eq!(begun_and_ended(&history), (steps.to_vec(), steps.to_vec()));
    assert_eq!(bench.argo.ran(), [format!("stop {WORKFLOW} --namespace {NAMESPACE}")]);
    assert_eq!(outcome(&history, "stop"), Some(done("stopped")));
}

/// Waits, and touches the workflow every 2 s.
fn touching(fact: model::Fact, seconds: u64) -> StepKind {
    let patience = Duration::from_secs(seconds);
    let touching = Some(Duration::from_secs(2));
    StepKind::Await { fact, held: None, patience, touching, go_on: false }
}

#[tokio::test(start_paused = true)]
async fn touching_is_at_its_interval_and_only_while_it_waits() {
    let bench = Bench::new().await;
    let mut plan = plan([touching(phase("Running"), 60), wait(phase("Succeeded"), 60)]);
    plan.steps[2].name = "untouched".to_owned();
    let mut run = bench.run(plan);
    run.events.begun("await").await;
    bench.api.until_asked("merge", WORKFLOW, 5).await;
    bench.phase("Running");
    let history = run.ended().await;
    assert_eq!(outcome(&history, "untouched"), Some(unmet("phase Running; no nodes")));
    assert_eq!(bench.api.count("merge", WORKFLOW), 5, "none in the minute after");
    let annotation = |what: &EventKind| match what {
        EventKind::Observed(seen) => {
            let touched = &seen.object["metadata"]["annotations"]["argo-conformance/touched"];
            touched.as_str().map(str::to_owned)
        }
        _ => None,
    };
    let mut touches: Vec<_> =
        history.events.iter().filter_map(|e| Some((annotation(&e.kind)?, e.at))).collect();
    touches.dedup_by(|later, earlier| later.0 == earlier.0);
    let numbers: Vec<&str> = touches.iter().map(|(number, _)| number.as_str()).collect();
    assert_eq!(numbers, ["1", "2", "3", "4", "5"]);
    assert!(touches.windows(2).all(|pair| pair[1].1 - pair[0].1 == 2_000), "{touches:?}");
}

#[tokio::test(start_paused = true)]
async fn what_holds_already_is_not_touched() {
    // More than once: tasks that are ready at the same time run in any order.
    for _ in 0..16 {
        let bench = Bench::new().await;
        let there = model::Fact::Workflow(model::fact::WorkflowFact::Presence(
            model::fact::Presence::Present,
        ));
        bench.run(plan([touching(there, 30)])).ended().await;
        assert_eq!(bench.api.count("merge", WORKFLOW), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_touch_that_is_refused_does_not_end_the_wait() {
    let bench = Bench::new().await;
    bench.api.fault("merge", WORKFLOW, crate::api::Fault::Refuse(500, "no"));
    let mut run = bench.run(plan([touching(phase("Running"), 60)]));
    run.events.begun("await").await;
    bench.api.until_asked("merge", WORKFLOW, 3).await;
    bench.phase("Running");
    assert_eq!(outcome(&run.ended().await, "await"), Some(done("phase Running; no nodes")));
}

#[tokio::test(start_paused = true)]
async fn a_driver_that_dies_in_a_step_leaves_a_beginning_without_an_end() {
    let bench = Bench::new().await;
    let mut run = bench.run(plan([wait(phase("Running"), 60)]));
    run.events.begun("await").await;
    run.driven.abort();
    assert!(run.driven.await.expect_err("aborted").is_cancelled());
    let history = read(&bench.history());
    assert_eq!(begun_and_ended(&history), (vec!["submit", "await"], vec!["submit"]));
    assert!(!history.torn);
}

#[tokio::test(start_paused = true)]
async fn what_the_watch_tells_of_a_step_comes_before_its_end() {
    let bench = Bench::new().await;
    let api = bench.api.clone();
    bench.argo.answers(move |_| {
        api.delete("workflows", NAMESPACE, WORKFLOW);
        (0, "deleted")
    });
    let history = bench.run(plan([StepKind::Delete])).ended().await;
    let mut told = Vec::new();
    for event in &history.events {
        match &event.kind {
            EventKind::Observed(seen) if seen.kind == Kind::Workflow => {
                told.push(match seen.change {
                    Change::Added => "added",
                    Change::Deleted => "gone",
                    _ => "?",
                });
            }
            EventKind::StepEnded { step, .. } => told.push(step),
            _ => {}
        }
    }
    assert_eq!(told, ["added", "submit", "gone", "delete"]);
    assert_eq!(outcome(&history, "delete"), Some(done("deleted")));
}

/// An environment that is broken for good makes no awaited fact true.
#[tokio::test(start_paused = true)]
async fn an_await_ends_when_the_environment_is_broken() {
    let bench = Bench::new().await;
    let mut run = bench.run(plan([wait(phase("Succeeded"), 30)]));
    run.events.begun("await").await;
    bench.installation.alarm.raise("etcd ended: signal SIGKILL".to_owned());
    let history = run.ended().await;
    let reason = StepOutcome::Unknown("etcd ended: signal SIGKILL".to_owned());
    assert_eq!(outcome(&history, "await"), Some(reason));
    assert_eq!(lasted(&history, "await"), 0);
}
