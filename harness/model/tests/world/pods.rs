//! The pods that are the workflow's.

use model::Fact;
use model::fact::Count;
use model::fact::PodFact;
use model::history::{Change, Kind};
use model::truth::Truth::{False, True};
use rstest::rstest;
use serde_json::{Value, json};

use super::{seen, watching, world};

/// The labels of a pod decide whether it is the workflow's.
#[rstest]
#[case::ours(json!({ "workflows.argoproj.io/workflow": "wf" }), true)]
#[case::of_another(json!({ "workflows.argoproj.io/workflow": "other" }), false)]
#[case::of_a_job(json!({ "job-name": "wf" }), false)]
#[case::of_nobody(json!({}), false)]
fn a_pod_is_the_workflows_by_its_label(#[case] labels: Value, #[case] ours: bool) {
    let object = json!({ "metadata": { "name": "p", "uid": "p", "labels": labels },
        "status": { "phase": "Running" } });
    let world = world(vec![watching(Kind::Pod), seen(Kind::Pod, Change::Added, object)]);
    let expected = if ours { True } else { False };
    let count = Count::AtLeast(1);
    assert_eq!(world.holds(&Fact::Pods(PodFact::Seen { of: None, count })), expected);
    assert_eq!(world.holds(&Fact::Pods(PodFact::Left { of: None, count })), expected);
}
