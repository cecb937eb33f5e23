//! A run that is stopped. It ends promptly, and its history says so.

use std::time::Duration;

use model::StepKind;
use model::history::{EndReason, EventKind, StepOutcome};
use rstest::rstest;

use crate::api::Fault;
use crate::bench::{Bench, NAMESPACE, outcome, phase, plan, wait};

/// The run ends without another event.
const PROMPTLY: Duration = Duration::from_millis(500);

#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopped_while_it_waits_ends_at_once() {
    let bench = Bench::new().await;
    let mut run = bench.run(plan([wait(phase("Running"), 300), StepKind::Delete]));
    run.events.begun("await").await;
    run.stop.cancel();
    let history = tokio::time::timeout(PROMPTLY, run.ended()).await.expect("promptly");
    assert_eq!(history.events.last().expect("an end").kind, EventKind::Ended(EndReason::Stopped));
    assert_eq!(outcome(&history, "await"), None, "it did not come to an end");
    assert_eq!(bench.argo.ran(), [""; 0]);
}

#[rstest]
#[case::of_the_api("create", "/workflows")]
#[case::of_the_namespace("apply", "/namespaces")]
#[case::of_the_account("list", "/serviceaccounts")]
#[tokio::test(start_paused = true)]
async fn a_run_that_is_stopped_while_nobody_answers_ends_at_once(
    #[case] verb: &'static str,
    #[case] path: &'static str,
) {
    let bench = Bench::new().await;
    bench.api.fault(verb, path, Fault::Hang);
    let run = bench.run(plan([]));
    bench.api.until_asked(verb, path, 1).await;
    run.stop.cancel();
    let history = tokio::time::timeout(PROMPTLY, run.ended()).await.expect("promptly");
    assert_eq!(history.events.last().expect("an end").kind, EventKind::Ended(EndReason::Stopped));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_was_stopped_before_does_nothing() {
    let bench = Bench::new().await;
    let run = bench.run(plan([]));
    run.stop.cancel();
    let history = run.ended().await;
    assert_eq!(outcome(&history, "submit"), None);
    assert_eq!(bench.api.count("create", "/workflows"), 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_recorded_after_the_end() {
    let bench = Bench::new().await;
    let run = bench.run(plan([wait(phase("Running"), 300)]));
    bench.api.until_asked("create", "/workflows", 1).await;
    run.stop.cancel();
    let history = run.ended().await;
    bench.phase("Running");
    let (_recorder, mut events) = bench.record("other");
    bench.api.put(&serde_json::json!({ "kind": "Pod",
        "metadata": { "name": "later", "namespace": "other" } }));
    events.next(|what| matches!(what, EventKind::Observed(_)).then_some(())).await;
    assert_eq!(crate::bench::read(&bench.history()), history);
}

#[tokio::test]
async fn a_program_that_nobody_waits_for_any_more_is_killed() {
    let bench = Bench::new().await;
    bench.argo.hang();
    let mut run = bench.run(plan([StepKind::Stop]));
    run.events.begun("stop").await;
    bench.argo.until_asked().await;
    run.stop.cancel();
    let history = run.ended().await;
    assert_eq!(outcome(&history, "stop"), None);
    bench.argo.until_gone().await;
}

#[tokio::test(start_paused = true)]
async fn a_namespace_that_cannot_be_made_is_trouble_of_the_harness() {
    let bench = Bench::new().await;
    bench.api.fault("apply", "/secrets", Fault::Refuse(403, "you may not"));
    let run = bench.run(plan([]));
    let error = run.driven.await.expect("no panic").expect_err("it is refused");
    assert_eq!(error.to_string(), "failed to set up the namespace of the case");
    let cause = std::error::Error::source(&error).expect("a cause");
    assert_eq!(cause.to_string(), "failed to apply Secret artifact-store");
    let history = crate::bench::read(&bench.history());
    let Some(EventKind::Ended(EndReason::HarnessError(reason))) =
        history.events.last().map(|e| &e.kind)
    else {
        panic!("{history:?}")
    };
    assert!(reason.contains("failed to set up the namespace of the case"), "{reason}");
    assert_eq!(outcome(&history, "submit"), None::<StepOutcome>);
    assert!(bench.api.object("workflows", NAMESPACE, "case").is_none());
}
