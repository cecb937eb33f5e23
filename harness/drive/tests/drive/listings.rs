//! The answers of the object store, and the trouble of a store that does not answer.

use drive::health::Health;
use model::history::{EventKind, Part};
use provision::store::StoreAddress;
use rstest::rstest;

use crate::bench::{Bench, phase, plan, wait};
use crate::health::said;
use crate::store::{FakeStore, Mood};

/// Uses real time: the object store is behind a socket.
#[rstest]
#[case::healthy(Mood::Healthy, None)]
#[case::forbidden(Mood::Refuses(403, "AccessDenied"), Some("AccessDenied"))]
#[case::server_error(Mood::Refuses(500, "InternalError"), Some("InternalError"))]
#[tokio::test]
async fn a_store_that_refuses_is_trouble_and_not_empty(
    #[case] mood: Mood,
    #[case] reason: Option<&str>,
) {
    let store = FakeStore::start().await;
    store.put("ns/a/b.tgz");
    store.put("other/c.tgz");
    store.mood(mood);
    let bench = Bench::with_store(store.address()).await;
    let mut run = bench.run(plan([wait(phase("Running"), 60)]));
    let said = run.events.next(|what| match what {
        EventKind::Listed { keys, .. } => Some(Ok(keys.clone())),
        EventKind::Probed { part: Part::Store, error: trouble } => Some(Err(trouble.clone())),
        _ => None,
    });
    match (said.await, reason) {
        (Ok(keys), None) => assert_eq!(keys, ["a/b.tgz"], "of the case, without its prefix"),
        (Err(Some(trouble)), Some(reason)) => {
            assert!(trouble.starts_with("failed to list objects (bucket bucket)"), "{trouble}");
            assert!(trouble.contains(reason), "{trouble}");
        }
        other => panic!("{other:?}"),
    }
    run.stop.cancel();
    let history = run.ended().await;
    let listings =
        history.events.iter().filter(|e| matches!(e.kind, EventKind::Listed { .. })).count();
    assert_eq!(listings > 0, reason.is_none(), "an error is no listing");
}

/// Several cases share one listing of the harness's own object store. Any other listing is of the
/// keys below a case's prefix alone.
#[rstest]
#[case::of_our_own(Bench::with_store, "")]
#[case::of_our_own_for_one_case(Bench::of_one_case, "ns/")]
#[case::prepared(Bench::prepared, "ns/")]
#[tokio::test]
async fn what_is_asked_of_a_store<F: Future<Output = Bench>>(
    #[case] bench: impl Fn(StoreAddress) -> F,
    #[case] prefix: &str,
) {
    let store = FakeStore::start().await;
    store.put("ns/a/b.tgz");
    store.put("other/c.tgz");
    let bench = bench(store.address()).await;
    let mut run = bench.run(plan([wait(phase("Running"), 60)]));
    let listed = run.events.next(|what| match what {
        EventKind::Listed { keys, .. } => Some(keys.clone()),
        _ => None,
    });
    assert_eq!(listed.await, ["a/b.tgz"]);
    run.stop.cancel();
    run.ended().await;
    assert_eq!(store.prefixes(), [prefix.to_owned()].into());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_is_trouble_and_holds_up_nobody() {
    let store = FakeStore::start().await;
    store.mood(Mood::Hangs);
    let bench = Bench::with_store(store.address()).await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let mut run = bench.run(plan([wait(phase("Running"), 60)]));
    run.events.begun("await").await;
    let said = said(&mut run.events, 20).await;
    let (_, trouble) = &said[&Part::Store];
    let trouble = trouble.clone().expect("it is in trouble");
    assert!(trouble.contains("timeout"), "{trouble}");
    assert!((19..=21).contains(&said[&Part::Api].0), "{said:?}");
    run.stop.cancel();
    run.ended().await;
}
