//! The end of the canary workflow by status, pods and time.

use std::time::Duration;

use model::CaseTrouble;
use rstest::rstest;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{End, Progress};

fn workflow(status: &Value) -> Value {
    json!({ "status": status })
}

fn pending() -> Value {
    json!({ "metadata": { "name": "p" }, "status": { "phase": "Pending" } })
}

/// A pod that no node takes.
fn unschedulable() -> Value {
    json!({ "metadata": { "name": "p" }, "status": { "phase": "Pending", "conditions": [
        { "type": "PodScheduled", "status": "False", "reason": "Unschedulable" }] } })
}

/// The end of a workflow that has a state throughout, and the seconds to this end.
fn ends(status: &Value, pods: &[Value]) -> (u64, End) {
    let began = Instant::now();
    let mut progress = Progress::new(began);
    for second in 0..1_000 {
        let now = began + Duration::from_secs(second);
        progress.see(&workflow(status), pods, now);
        if let Some(end) = progress.end(now) {
            return (second, end);
        }
    }
    panic!("it does not end: {progress:?}");
}

#[rstest]
#[case::not_taken_up(json!({}), vec![], 31, End::NotTakenUp)]
#[case::slow(
    json!({ "phase": "Running" }), vec![pending()], 181,
    End::Slow("the workflow is Running, its pods are [Pending]".to_owned())
)]
#[case::trouble(
    json!({ "phase": "Running" }), vec![unschedulable()], 31,
    End::Trouble(CaseTrouble::Scheduling, "there is none for pod p: Unschedulable".to_owned())
)]
#[case::failed(
    json!({ "phase": "Failed", "message": "a", "nodes": { "x": { "message": "a" }, "y": { "message": "b" } } }),
    vec![], 0, End::Failed("a; b".to_owned())
)]
#[case::failed_without_words(
    json!({ "phase": "Error" }), vec![], 0, End::Failed("no message tells why".to_owned())
)]
#[case::failed_by_the_environment(
    json!({ "phase": "Error", "message": "exceeded quota: q" }), vec![], 0,
    End::Trouble(CaseTrouble::Quota, "exceeded quota: q".to_owned())
)]
#[case::succeeded_without_an_artifact(
    json!({ "phase": "Succeeded" }), vec![], 0, End::Succeeded { artifact: None }
)]
fn the_end_of_a_workflow_and_its_time(
    #[case] status: Value,
    #[case] pods: Vec<Value>,
    #[case] seconds: u64,
    #[case] expected: End,
) {
    assert_eq!(ends(&status, &pods), (seconds, expected));
}

#[test]
fn trouble_that_passes_ends_nothing() {
    let began = Instant::now();
    let mut progress = Progress::new(began);
    let running = workflow(&json!({ "phase": "Running" }));
    let at = |second| began + Duration::from_secs(second);
    progress.see(&running, &[unschedulable()], at(1));
    progress.see(&running, &[pending()], at(20));
    progress.see(&running, &[unschedulable()], at(40));
    assert_eq!(progress.end(at(45)), None, "the second trouble began after 40 s");
}
