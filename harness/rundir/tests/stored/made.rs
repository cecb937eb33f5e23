//! The cases that come from recorded workflows, and the workflows without a case.

use model::history::{Action, Change, EndReason, EventKind, Kind, Observation, Versions};
use model::verdict::Verdict;
use rstest::rstest;
use rundir::Error;
use rundir::stored;
use serde_json::{Value, json};

use crate::recorded::{NOW, Recorded, ended_as, resumed_in, seen, succeeded, suspended, workflow};

fn claims(case: &model::Case) -> Vec<&str> {
    case.claims.claims.iter().map(|claim| claim.id.as_str()).collect()
}

fn verbs(case: &model::Case) -> Vec<&str> {
    case.plan.steps.iter().map(|step| step.act.verb()).collect()
}

fn says(error: anyhow::Error) -> String {
    error.downcast::<Error>().map_or_else(|error| error.to_string(), |error| error.text())
}

#[test]
fn an_ended_workflow_keeps_its_status_and_loses_the_fields_of_its_cluster() {
    let case = Recorded::of(ended_as(workflow(&json!({})))).only();
    assert_eq!(case.id, "stored/ended/area/one");
    assert_eq!(case.component, model::case::Component::Controller);
    assert_eq!(verbs(&case), ["restore", "upgrade"]);
    let all = ["stays-ended", "end-stays", "runs-nothing", "nodes-stay", "finalizers-stay"];
    assert_eq!(claims(&case), all);
    let metadata = json!({ "name": "one", "labels": { "workflows.argoproj.io/completed": "true" },
        "finalizers": ["workflows.argoproj.io/artifact-gc"] });
    assert_eq!(case.plan.workflow["metadata"], metadata);
    let text = "no key \"argo-conformance.namespace/a\" is there";
    assert_eq!(case.plan.workflow["status"]["message"], text);
}

#[test]
fn the_image_of_the_steps_has_its_name_of_case_files() {
    let step = json!({ "name": "files", "container": {
        "image": "registry.example.com/shell:1", "command": ["sh"] } });
    let main = json!({ "name": "main", "suspend": {} });
    let spec = json!({ "spec": { "templates": [main, step] } });
    let case = Recorded::of(ended_as(workflow(&spec))).only();
    let image = &case.plan.workflow["spec"]["templates"][1]["container"]["image"];
    assert_eq!(image, model::image::SHELL);
}

#[rstest]
#[case::deleted(json!({ "metadata": { "deletionTimestamp": NOW }, "status": { "phase": "Error" } }))]
#[case::another(json!({ "metadata": { "name": "two" }, "status": { "phase": "Error" } }))]
fn the_last_state_that_stays_is_stored(#[case] later: Value) {
    let mut events = ended_as(workflow(&json!({})));
    events.insert(1, seen(Kind::Workflow, workflow(&later)));
    let case = Recorded::of(events).only();
    assert_eq!(case.plan.workflow["status"]["phase"], "Failed");
}

#[test]
fn the_last_state_of_a_deleted_object_is_not_stored() {
    let (change, object) = (Change::Deleted, workflow(&json!({ "status": { "phase": "Error" } })));
    let mut events = ended_as(workflow(&json!({})));
    events.insert(1, EventKind::Observed(Observation { kind: Kind::Workflow, change, object }));
    assert_eq!(Recorded::of(events).only().plan.workflow["status"]["phase"], "Failed");
}

/// The workflow ended 30 min before it is stored.
#[rstest]
#[case::no_time_to_live(json!({}), "stored/ended/area/one")]
#[case::over(json!({ "secondsAfterCompletion": 60 }), "stored/expired/area/one")]
#[case::far(json!({ "secondsAfterCompletion": 86_400 }), "stored/ended/area/one")]
#[case::of_its_phase(
    json!({ "secondsAfterCompletion": 86_400, "secondsAfterFailure": 60 }),
    "stored/expired/area/one"
)]
#[case::of_another_phase(json!({ "secondsAfterSuccess": 60 }), "stored/ended/area/one")]
fn the_time_to_live_decides(#[case] ttl: Value, #[case] id: &str) {
    let object = workflow(&json!({ "spec": { "ttlStrategy": ttl } }));
    assert_eq!(Recorded::of(ended_as(object)).only().id, id);
}

#[test]
fn an_artifact_that_is_due_leaves_its_finalizer_without_a_claim() {
    let strategy = json!({ "artifactGC": { "strategy": "OnWorkflowCompletion" } });
    let case = Recorded::of(ended_as(workflow(&json!({ "spec": strategy })))).only();
    assert!(!claims(&case).contains(&"finalizers-stay"), "{:?}", claims(&case));
}

#[test]
fn a_suspended_workflow_is_stored_too() {
    let recorded = Recorded::of(resumed_in(suspended(&json!({}))));
    let cases = recorded.stored().cases;
    let ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids, ["stored/ended/area/one", "stored/suspended/area/one"]);
    assert_eq!(verbs(&cases[1]), ["restore", "upgrade", "resume", "await"]);
    assert_eq!(claims(&cases[1]), ["ends", "runs-nothing-twice"]);
    assert_eq!(cases[1].plan.workflow["status"]["phase"], "Running");
}

fn active(kind: &str) -> Value {
    suspended(&json!({ "status": { "nodes": { "two": { "type": kind, "phase": "Running" } } } }))
}

const HELD: &str = "suspended: a pod is not over, or no node waits for `resume`";

#[rstest]
#[case::a_pod_runs(resumed_in(active("Pod")), HELD)]
#[case::it_ends_by_itself(
    resumed_in(suspended(&json!({ "spec": { "templates": [
        { "name": "main", "suspend": { "duration": "9s" } }] } }))),
    HELD
)]
#[case::another_step_follows(
    {
        let mut events = resumed_in(suspended(&json!({})));
        events.insert(3, crate::recorded::begun("stop", Action::Stop));
        events
    },
    "suspended: its history does not show its end after `resume` alone"
)]
#[case::it_was_stopped(
    {
        let mut events = resumed_in(suspended(&json!({})));
        events.pop();
        events.push(EventKind::Ended(EndReason::Stopped));
        events
    },
    "suspended: its history does not show its end after `resume` alone"
)]
#[case::its_end_is_near(
    ended_as(workflow(&json!({ "spec": { "ttlStrategy": { "secondsAfterCompletion": 1860 } } }))),
    "its time to live is over at 2026-11-30T08:31:00Z"
)]
#[case::it_runs(
    ended_as(suspended(&json!({}))),
    "its workflow has not ended; its last phase is Running"
)]
#[case::its_nodes_are_elsewhere(
    ended_as(workflow(&json!({ "status": { "offloadNodeStatusVersion": "fnv:1" } }))),
    "its nodes are compressed or offloaded"
)]
#[case::it_is_large(
    ended_as(workflow(&json!({ "metadata": { "annotations": { "a": "x".repeat(300_000) } } }))),
    "ended: workflow.yaml has 30"
)]
fn a_state_without_a_case_has_a_reason(#[case] events: Vec<EventKind>, #[case] reason: &str) {
    let left_out = Recorded::of(events).stored().left_out;
    let [only] = left_out.as_slice() else { panic!("{left_out:?}") };
    assert!(only.starts_with(&format!("area/one: {reason}")), "{only}");
}

#[test]
fn a_groups_node_that_waits_for_its_children_is_no_pod() {
    let found = Recorded::of(resumed_in(active("Steps"))).stored();
    assert_eq!((found.cases.len(), found.left_out), (2, Vec::new()));
}

#[test]
fn all_trimmed_histories_are_told_at_once() {
    let trimmed = || ended_as(workflow(&json!({ "metadata": { "creationTimestamp": null } })));
    let recorded = Recorded::of(trimmed()).add("area/two", "3.5.12", Verdict::Pass, {
        let mut events = trimmed();
        events[0] = seen(Kind::Workflow, {
            let two = json!({ "metadata": { "name": "two", "creationTimestamp": null } });
            workflow(&two)
        });
        events
    });
    let now = NOW.parse().expect("a time");
    let cases = stored::cases(recorded.path(), &Versions::all("3.5.12"), |_| true, now);
    let said =
        says(cases.expect_err("trimmed")).replace(&*recorded.path().to_string_lossy(), "RUN");
    let one = |id: &str| {
        format!(
            "error: invalid --from-objects: failed to read \
             RUN/3.5.12/cases/area.{id}/history.jsonl: the history is trimmed: workflow {id} lacks \
             fields\nhint: Name a run directory of `run` or `matrix`. The histories of the \
             repository are trimmed."
        )
    };
    assert_eq!(said, [one("one"), one("two")].join("\n"));
}

#[rstest]
#[case::the_only_one(&["3.5.12"], None, Ok("3.5.12"))]
#[case::named(&["3.5.12", "3.6.5"], Some("v3.6.5"), Ok("3.6.5"))]
#[case::beside_a_pair(&["3.5.12", "3.5.12+to.3.6.5"], None, Ok("3.5.12"))]
#[case::not_there(&["3.5.12", "3.6.5"], Some("3.7.1"), Err(
    "error: invalid --from: RUN has no history of Argo 3.7.1; it has 3.5.12, 3.6.5\n\
     hint: Name one of these installations with --from."
))]
#[case::several(&["3.5.12", "3.6.5"], None, Err(
    "error: invalid arguments: RUN has several installations: 3.5.12, 3.6.5\n\
     hint: Name one of these installations with --from."
))]
#[case::only_a_pair(&["3.5.12+to.3.6.5"], None, Err(
    "error: invalid --from-objects: RUN has no history of one installation\n\
     hint: Name a run directory of `run` or `matrix`."
))]
fn the_installation_of_a_run(
    #[case] there: &[&str],
    #[case] named: Option<&str>,
    #[case] expected: Result<&str, &str>,
) {
    let recorded = there.iter().fold(Recorded::new(), |recorded, argo| {
        recorded.add("area/one", argo, Verdict::Pass, ended_as(succeeded()))
    });
    let path = recorded.path().to_string_lossy().into_owned();
    let found = stored::installation(recorded.path(), named);
    let found = found.map(|of| of.name()).map_err(|error| says(error).replace(&path, "RUN"));
    assert_eq!(found.as_deref().map_err(String::as_str), expected);
}
