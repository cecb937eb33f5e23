//! An absence means something only of what was there.

use std::collections::BTreeSet;

use model::Fact;
use model::fact::{Count, ObjectFact};
use model::fact::{PodFact, StoreFact};
use model::history::Kind;
use rstest::rstest;
use serde_json::json;

use super::{listed, pod, watching, workflow, world};

#[rstest]
#[case::it_lay_there("a/main.log", true)]
#[case::one_like_it("*/main.log", true)]
#[case::another_lay_there("*/result.tgz", false)]
fn the_absence_of_a_key_is_of_that_key(#[case] key: &str, #[case] came_about: bool) {
    let acted = workflow(&json!({ "phase": "Running" }));
    let world = world(vec![acted, listed(&["a/main.log"]), listed(&["b"]), listed(&[])]);
    let object = ObjectFact { key: key.to_owned(), there: false, etag: None };
    let empty = world.absent_from_the_start(&Fact::Store(StoreFact::Object(object)));
    assert_eq!(empty.is_none(), came_about, "{empty:?}");
}

/// Whether the absence of a pod of `b`, which was left out, means something beside `a`.
#[rstest]
#[case::a_pod_was_seen("Pod", "Succeeded", true, true)]
#[case::a_node_ran_and_no_pod_was_seen("Pod", "Succeeded", false, false)]
#[case::a_node_failed_and_no_pod_was_seen("Pod", "Failed", false, false)]
#[case::no_node_ran("Pod", "Error", false, true)]
#[case::no_node_needs_a_pod("Suspend", "Succeeded", false, true)]
fn the_absence_of_a_pod_needs_pods_that_are_told(
    #[case] kind: &str,
    #[case] phase: &str,
    #[case] seen: bool,
    #[case] means_something: bool,
) {
    let node = |name: &str, phase: &str| json!({ "name": format!("wf.{name}"), "displayName": name, "type": kind, "phase": phase });
    let nodes = json!({ "a": node("a", phase), "b": node("b", "Skipped") });
    let completed = workflow(&json!({ "phase": "Succeeded", "nodes": nodes }));
    let pods = seen.then(|| pod("p", "wf.a"));
    let events = [watching(Kind::Pod)].into_iter().chain(pods).chain([completed]).collect();
    let names: BTreeSet<String> = ["a", "b"].map(str::to_owned).into();
    let fact = Fact::Pods(PodFact::Seen { of: Some("b".to_owned()), count: Count::AtLeast(1) });
    let empty = world(events).with_names(&names).matched_nothing(&fact);
    assert_eq!(empty.is_none(), means_something, "{empty:?}");
}
