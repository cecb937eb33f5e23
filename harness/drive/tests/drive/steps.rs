//! Steps: what is done, and what is recorded of it.

use model::Act;
use model::history::{StepOutcome, What};

use crate::bench::{Bench, outcome, phase, plan, wait};

#[tokio::test(start_paused = true)]
async fn an_await_fires_on_the_state_and_not_before() {
    let bench = Bench::new().await;
    let mut run = bench.run(plan([wait(phase("Succeeded"), 30), Act::Delete]));
    run.events.begun("await").await;
    bench.phase("Running");
    let next = run.events.next(|what| match what {
        What::Seen(seen) if seen.object["status"]["phase"] == "Running" => Some("seen"),
        What::StepEnded { .. } => Some("ended"),
        _ => None,
    });
    assert_eq!(next.await, "seen");
    assert_eq!(bench.argo.ran(), [""; 0]);
    bench.phase("Succeeded");
    run.events.begun("delete").await;
    bench.argo.answers(|_| (0, "deleted"));
    let history = run.ended().await;
    assert_eq!(
        outcome(&history, "await"),
        Some(StepOutcome::Done("phase Succeeded; no nodes".to_owned()))
    );
}
