//! Rights granted and revoked, recorded with the answers of the API server.

use model::history::{History, StepOutcome};
use model::step::Right;
use model::{Plan, StepKind};
use rstest::rstest;

use crate::api::Fault;
use crate::bench::{Bench, NAMESPACE, outcome, plan};

const REVIEWS: &str = "/localsubjectaccessreviews";

/// A right of every case at its start.
fn report() -> Right {
    Right { verb: "create".to_owned(), resource: "workflowtaskresults".to_owned() }
}

fn revoke() -> Plan {
    plan([StepKind::Revoke(report())])
}

fn done(words: &str) -> StepOutcome {
    StepOutcome::Done(words.to_owned())
}

async fn history(bench: &Bench, plan: Plan) -> History {
    bench.run(plan).ended().await
}

#[tokio::test(start_paused = true)]
async fn a_right_is_taken_away_and_given_back_as_the_api_server_says() {
    let bench = Bench::new().await;
    let acts = [StepKind::Revoke(report()), StepKind::Grant(report())];
    let mut plan = plan(acts);
    plan.steps.push(model::Step { name: "again".to_owned(), act: StepKind::Revoke(report()) });
    let history = history(&bench, plan).await;
    assert_eq!(outcome(&history, "revoke"), Some(done("the API server says: denied")));
    assert_eq!(outcome(&history, "grant"), Some(done("the API server says: allowed")));
    assert_eq!(outcome(&history, "again"), Some(done("the API server says: denied")));
    assert_eq!(bench.api.count("create", REVIEWS), 3, "one question each was enough");
    let left = bench.api.left_in(NAMESPACE);
    let kept = "rolebindings/patch-workflowtaskresults".to_owned();
    assert!(left.contains(&kept), "another right is left alone: {left:?}");
}

#[tokio::test(start_paused = true)]
async fn a_right_that_lingers_is_asked_for_until_it_has_changed() {
    let bench = Bench::new().await;
    bench.api.stale_reviews(3);
    let history = history(&bench, revoke()).await;
    assert_eq!(outcome(&history, "revoke"), Some(done("the API server says: denied")));
    assert_eq!(bench.api.count("create", REVIEWS), 4);
}

#[tokio::test(start_paused = true)]
async fn a_right_that_never_changes_is_unknown() {
    let bench = Bench::new().await;
    bench.api.stale_reviews(usize::MAX);
    let history = history(&bench, revoke()).await;
    let why = "the right did not change in 15s".to_owned();
    assert_eq!(outcome(&history, "revoke"), Some(StepOutcome::Unknown(why)));
}

#[tokio::test(start_paused = true)]
async fn a_right_that_is_not_had_cannot_be_taken_away() {
    let bench = Bench::new().await;
    let right = Right { verb: "get".to_owned(), resource: "pods".to_owned() };
    let history = history(&bench, plan([StepKind::Revoke(right)])).await;
    let why = r#"rolebindings "get-pods" not found"#.to_owned();
    assert_eq!(outcome(&history, "revoke"), Some(StepOutcome::Refused(why)));
    assert_eq!(bench.api.count("create", REVIEWS), 0);
}

/// The binding is gone. The effect of its deletion is not known.
#[rstest]
#[case::refused(Fault::Refuse(403, "you may not ask"), "you may not ask")]
#[case::broken(Fault::Break, "connection reset")]
#[case::silent(Fault::Hang, "60s")]
#[tokio::test(start_paused = true)]
async fn a_right_of_which_nothing_is_said_is_unknown(#[case] fault: Fault, #[case] words: &str) {
    let bench = Bench::new().await;
    bench.api.fault("create", REVIEWS, fault);
    match outcome(&history(&bench, revoke()).await, "revoke") {
        Some(StepOutcome::Unknown(why)) => assert!(why.contains(words), "{why}"),
        other => panic!("{other:?}"),
    }
}
