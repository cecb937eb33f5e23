//! The number of requests to the API server.

use std::collections::BTreeMap;
use std::time::Duration;

use drive::health::Health;
use model::history::{EventKind, Kind};
use rstest::rstest;

use crate::api::Asked;
use crate::bench::{Bench, phase, plan, wait};

fn counts(asked: &[Asked]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for asked in asked {
        *counts.entry(format!("{} {}", asked.verb, asked.path)).or_default() += 1;
    }
    counts
}

#[rstest]
#[case::one_case(1)]
#[case::many_cases(30)]
#[tokio::test(start_paused = true)]
async fn waiting_asks_for_health_and_marks_and_for_nothing_else(#[case] cases: usize) {
    let bench = Bench::new().await;
    let _health = Health::start(&bench.installation, &bench.watches);
    let more: Vec<_> = (1..cases).map(|n| bench.record(&format!("more-{n}"))).collect();
    let mut run = bench.run(plan([wait(phase("Running"), 600)]));
    run.events.begun("await").await;
    let before = bench.api.asked().len();
    // A minute of probes.
    let health = |what: &EventKind| matches!(what, EventKind::Probed { .. }).then_some(());
    let minute = async {
        loop {
            run.events.next(health).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), minute).await.is_err());
    let asked = counts(&bench.api.asked()[before..]);
    let names: Vec<&str> = asked.keys().map(String::as_str).collect();
    let expected = [
        "get /api/v1/namespaces/argo/pods/workflow-controller-c1:6060/proxy/alive",
        "get /readyz",
        "list-metadata /api/v1/pods",
        "list-metadata /apis/argoproj.io/v1alpha1/workflowartifactgctasks",
        "list-metadata /apis/argoproj.io/v1alpha1/workflows",
        "list-metadata /apis/argoproj.io/v1alpha1/workflowtaskresults",
    ];
    assert_eq!(names, expected, "{cases} cases");
    let of_a_version = |asked: &Asked| {
        asked.verb == "list-metadata" && asked.query.contains_key("resourceVersion")
    };
    assert!(!bench.api.asked().iter().any(of_a_version), "marks are consistent reads");
    assert!(asked.values().all(|count| (59..=61).contains(count)), "once a second: {asked:?}");
    drop(more);
    run.stop.cancel();
    run.ended().await;
}

#[tokio::test(start_paused = true)]
async fn each_kind_is_listed_once_and_watched_once_for_all_namespaces() {
    let bench = Bench::new().await;
    let one = bench.record("one");
    let two = bench.record("two");
    bench.api.until_asked("watch", "/", Kind::ALL.len()).await;
    for verb in ["list", "watch"] {
        let asked: Vec<Asked> =
            bench.api.asked().into_iter().filter(|asked| asked.verb == verb).collect();
        let counts = counts(&asked);
        assert_eq!(counts.len(), Kind::ALL.len());
        assert!(counts.values().all(|count| *count == 1), "{counts:?}");
        let all = asked.iter().all(|asked| !asked.path.contains("/namespaces/"));
        assert!(all, "over the whole cluster: {counts:?}");
    }
    let bookmarks =
        |asked: &Asked| asked.verb != "watch" || asked.query["allowWatchBookmarks"] == "true";
    assert!(bench.api.asked().iter().all(bookmarks));
    drop((one, two));
}
