//! The guards against empty truths: each is its own outcome, with its own message.

use model::claim::{Claim, Claims};
use model::fact::{Count, Fact, NodeFact};
use model::fact::{NodesFact, PodFact, TaskFact, WorkflowFact};
use model::history::{
    Action, Change, EventKind, Kind, Observation, Operation, Request, StepOutcome,
};
use model::verdict::{Doubt, Finding, Outcome};
use rstest::rstest;
use serde_json::json;

use crate::story::{
    Story, always, eventually, lacks_finalizer, never, no_objects, running, since, succeeded, told,
};

fn pods_of(node: &str, least: usize) -> Fact {
    Fact::Pods(PodFact::Seen { of: Some(node.to_owned()), count: Count::AtLeast(least) })
}

fn node(name: &str) -> Fact {
    let phase = Some(vec!["Succeeded".to_owned()]);
    let (message, started_as_at) = (None, None);
    Fact::Nodes(NodesFact::Node(NodeFact { name: name.to_owned(), phase, message, started_as_at }))
}

pub(crate) fn watching(story: Story, kind: Kind) -> Story {
    story.push(EventKind::Bookmark { kind, version: "1".to_owned(), asked_at: 0 })
}

pub(crate) fn pod(story: Story, node: &str, uid: &str) -> Story {
    let object = json!({ "metadata": { "name": uid, "uid": uid,
        "labels": { "workflows.argoproj.io/workflow": "wf" },
        "annotations": { "workflows.argoproj.io/node-name": format!("wf.{node}") } } });
    story.push(EventKind::Observed(Observation { kind: Kind::Pod, change: Change::Added, object }))
}

pub(crate) fn doubted(finding: &Finding) -> Option<Doubt> {
    finding.outcome.doubt()
}

#[rstest]
#[case::no_pod_of_that_node(never(pods_of("b", 2), None), "no pod of node b was ever seen")]
#[case::no_such_pods_left(
    eventually(Fact::Pods(PodFact::Left { of: Some("b".to_owned()), count: Count::Exactly(0) }), 10),
    "no pod of node b was ever seen"
)]
#[case::no_task_result(
    never(Fact::Tasks(TaskFact::Complete(false)), None),
    "no task result was ever seen"
)]
#[case::a_finalizer_that_never_was(
    eventually(lacks_finalizer(), 10),
    "the workflow never had the finalizer gc"
)]
#[case::objects_that_never_were(
    eventually(no_objects(), 10),
    "no object ever lay under the case's prefix"
)]
#[case::gc_tasks_that_never_were(
    eventually(Fact::Tasks(TaskFact::GcLeft(Count::Exactly(0))), 10),
    "there never was an artifact GC task"
)]
fn a_selector_that_matched_nothing(#[case] claim: Claim, #[case] what: &str) {
    let story = Kind::ALL.into_iter().fold(Story::new(), watching).well_until(1_000);
    let story = pod(story.done("submit").phase("Running"), "a", "a1");
    let finding = story.listing_until(&[], 16_000).ended().judge(claim);
    assert_eq!(doubted(&finding), Some(Doubt::MatchedNothing), "{finding:?}");
    assert_eq!(finding.reason, format!("matched nothing: {what}"));
}

#[test]
fn a_selector_that_matched_something_is_believed() {
    let story = watching(Story::submitted(), Kind::Pod);
    let finding =
        pod(story, "b", "b1").well_until(5_000).ended().judge(never(pods_of("b", 2), None));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[test]
fn what_is_there_by_now_fails_if_it_stays() {
    let left = Fact::Pods(PodFact::Left { of: Some("b".to_owned()), count: Count::Exactly(0) });
    let story = watching(Story::submitted(), Kind::Pod).well_until(3_000);
    let finding = pod(story, "b", "b1").well_until(16_000).ended().judge(eventually(left, 10));
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

#[test]
fn a_workflow_that_was_never_seen() {
    let story = watching(Story::new(), Kind::Pod).well_until(1_000).done("submit").ended();
    let finding = story.judge(never(Fact::Pods(PodFact::GcSeen(Count::AtLeast(1))), None));
    assert_eq!(doubted(&finding), Some(Doubt::MatchedNothing), "{finding:?}");
    insta::assert_snapshot!(told(&finding), @r"
    unknown at -, events [22]:
    matched nothing: the workflow was never seen
    ");
}

#[rstest]
#[case::always(always(node("b"), None))]
#[case::never(never(node("b"), None))]
#[case::eventually(eventually(node("b"), 10))]
fn a_node_that_never_existed(#[case] claim: Claim) {
    let node = json!({ "id": "a", "displayName": "a", "phase": "Running" });
    let nodes = json!({ "status": { "nodes": { "a": node } } });
    let story = Story::submitted().workflow(Change::Modified, &nodes).well_until(20_000).ended();
    let finding = story.judge(claim);
    assert_eq!(doubted(&finding), Some(Doubt::NodeNeverExisted), "{finding:?}");
    assert_eq!(finding.reason, "node b never existed; there are: a");
}

/// The workflow as it is created: no phase, no finalizers.
fn untouched() -> Story {
    let object = json!({ "metadata": { "name": "wf" } });
    let seen = Observation { kind: Kind::Workflow, change: Change::Added, object };
    Story::new().well_until(1_000).done("submit").push(EventKind::Observed(seen))
}

#[rstest]
#[case::finalizer(lacks_finalizer())]
#[case::condition(Fact::Workflow(WorkflowFact::Condition("ArtifactGCError".to_owned(), false)))]
#[case::objects(no_objects())]
fn an_absence_before_the_controller_acted(
    #[case] fact: Fact,
    #[values(false, true)] to_the_end: bool,
) {
    let story = untouched().listing_until(&[], 14_000).ended();
    let claim = if to_the_end { always(fact, None) } else { eventually(fact, 10) };
    let finding = story.judge(claim);
    assert_eq!(doubted(&finding), Some(Doubt::AbsentBeforeActing), "{finding:?}");
    let said = "but the controller had not acted on the workflow yet";
    assert!(finding.reason.ends_with(said), "{finding:?}");
}

#[test]
fn an_absence_after_the_controller_acted_is_believed() {
    let story = untouched().finalizers(&["gc"]).finalizers(&[]).well_until(2_000).well_until(3_000);
    assert_eq!(story.judge(eventually(lacks_finalizer(), 10)).outcome, Outcome::Pass);
}

fn retry() -> Action {
    Action::Retry { parameters: Vec::new() }
}

/// The step `delete` does this from 1s to 3s, with what happened in between.
fn acted(action: Action, between: impl FnOnce(Story) -> Story) -> Story {
    let story = Story::submitted().phase("Failed");
    let begun = EventKind::StepBegun { step: "delete".to_owned(), action };
    between(story.push(begun).at(3_000)).done("delete").phase("Failed").well_until(20_000).ended()
}

fn judged_with_effect(story: Story) -> Finding {
    let failed = Fact::Workflow(WorkflowFact::Phase(vec!["Failed".to_owned()]));
    let claim = since(eventually(failed, 10), "delete");
    let effects = vec!["delete".to_owned()];
    story.judge_all(&Claims { effects, claims: vec![claim], ..Claims::default() }).remove(0)
}

#[test]
fn a_verb_that_changed_nothing() {
    let finding = judged_with_effect(acted(Action::Stop, |story| story));
    assert_eq!(doubted(&finding), Some(Doubt::StepChangedNothing), "{finding:?}");
    insta::assert_snapshot!(told(&finding), @r"
    unknown at -, events [25]:
    step delete changed nothing: at 3.0s (event 25) the fields that `argo stop`
    writes are as they were when the step began
    ");
}

#[test]
fn a_verb_without_a_beginning() {
    let story = Story::submitted().phase("Failed").at(3_000).phase("Running").done("delete");
    let finding = judged_with_effect(story.phase("Failed").well_until(20_000).ended());
    assert_eq!(doubted(&finding), Some(Doubt::StepChangedNothing), "{finding:?}");
}

/// A status and a spec that nothing but the verb writes, and what else changes meanwhile.
#[rstest]
#[case::our_own_touch(retry(), json!({ "metadata": { "annotations": { "argo-conformance/touched": "1" } } }))]
#[case::another_version(retry(), json!({ "metadata": { "resourceVersion": "9" } }))]
#[case::a_finalizer(retry(), json!({ "metadata": { "finalizers": ["gc"] } }))]
#[case::stop_and_progress(Action::Stop, json!({ "status": { "progress": "1/2" } }))]
#[case::stop_and_a_node(Action::Stop, json!({ "status": { "nodes": { "a": { "id": "a" } } } }))]
#[case::terminate_and_suspended(Action::Terminate, json!({ "spec": { "suspend": true } }))]
#[case::suspend_and_shut_down(Action::Suspend, json!({ "spec": { "shutdown": "Stop" } }))]
#[case::resume_and_a_pod(
    Action::Resume,
    json!({ "status": { "nodes": { "a": { "type": "Pod", "phase": "Succeeded" } } } })
)]
#[case::delete_and_a_label(Action::Delete, json!({ "metadata": { "labels": { "a": "b" } } }))]
fn what_changes_by_itself_is_no_effect(#[case] action: Action, #[case] more: serde_json::Value) {
    let mut more = more;
    more["status"]["phase"] = json!("Failed");
    let finding =
        judged_with_effect(acted(action, |story| story.workflow(Change::Modified, &more)));
    assert_eq!(doubted(&finding), Some(Doubt::StepChangedNothing), "{finding:?}");
}

#[rstest]
#[case::phase(retry(), json!({ "status": { "phase": "Running" } }))]
#[case::failed_again(
    retry(),
    json!({ "status": { "phase": "Failed", "finishedAt": "2026-01-01T00:00:09Z" } })
)]
#[case::stop(Action::Stop, json!({ "spec": { "shutdown": "Stop" } }))]
#[case::terminate(Action::Terminate, json!({ "spec": { "shutdown": "Terminate" } }))]
#[case::suspend(Action::Suspend, json!({ "spec": { "suspend": true } }))]
#[case::resume(
    Action::Resume,
    json!({ "status": { "nodes": { "a": { "type": "Suspend", "phase": "Succeeded" } } } })
)]
#[case::delete(
    Action::Delete,
    json!({ "metadata": { "deletionTimestamp": "2026-01-01T00:00:02Z" } })
)]
fn a_verb_that_wrote_its_field_is_believed(
    #[case] action: Action,
    #[case] more: serde_json::Value,
) {
    let story = acted(action, |story| story.workflow(Change::Modified, &more));
    let finding = judged_with_effect(story);
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[test]
fn a_verb_after_which_the_workflow_is_gone_is_believed() {
    let finding = judged_with_effect(acted(Action::Delete, Story::gone));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

#[test]
fn a_claim_that_fails_fails_whatever_the_verb_changed() {
    let claim = since(eventually(succeeded(), 10), "delete");
    let claims =
        Claims { effects: vec!["delete".to_owned()], claims: vec![claim], ..Claims::default() };
    let finding = acted(retry(), |story| story).judge_all(&claims).remove(0);
    assert_eq!(finding.outcome, Outcome::Fail, "{finding:?}");
}

fn versioned(story: Story, version: &str) -> Story {
    let more = json!({ "metadata": { "uid": "u", "resourceVersion": version } });
    story.workflow(Change::Modified, &more)
}

#[rstest]
#[case::pass(running())]
#[case::fail(succeeded())]
fn versions_that_run_backwards(#[case] fact: Fact) {
    let story = versioned(versioned(Story::submitted(), "10"), "9").well_until(20_000).ended();
    let finding = story.judge(eventually(fact, 10));
    assert_eq!(doubted(&finding), Some(Doubt::Order), "{finding:?}");
    let said = "the history is out of order: wf has version 9 at 1.0s (event 24), after 10";
    assert_eq!(finding.reason, said);
}

#[rstest]
#[case::time(|events: &mut Vec<model::Event>| events[3].at = 5_000)]
#[case::numbers(|events: &mut Vec<model::Event>| events[3].n = 9)]
#[case::hole(|events: &mut Vec<model::Event>| { events.remove(3); })]
fn events_out_of_order(#[case] alter: fn(&mut Vec<model::Event>)) {
    let mut history = Story::submitted().phase("Succeeded").ended().history();
    let claims = Claims { claims: vec![eventually(succeeded(), 10)], ..Claims::default() };
    assert_eq!(judge::judge(&claims, &history)[0].outcome, Outcome::Pass);
    alter(&mut history.events);
    let finding = judge::judge(&claims, &history).remove(0);
    assert_eq!(doubted(&finding), Some(Doubt::Order), "{finding:?}");
}

/// A step that begins or ends out of the order of the plan: submit, await, delete.
#[rstest]
#[case::ends_before_it_begins(|story: Story| story.done("await").begun("await"))]
#[case::begins_twice(|story: Story| story.begun("await").begun("await"))]
#[case::ends_twice(|story: Story| story.begun("await").done("await").done("await"))]
#[case::in_another_order(|story: Story| story.begun("delete").done("delete").begun("await"))]
#[case::before_submit(|story: Story| story.begun("submit"))]
#[case::in_each_other(|story: Story| story.begun("await").begun("delete").done("await"))]
fn steps_out_of_order(#[case] steps: fn(Story) -> Story) {
    let story = steps(Story::submitted()).phase("Succeeded").well_until(20_000).ended();
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(doubted(&finding), Some(Doubt::Order), "{finding:?}");
}

#[test]
fn steps_in_order_are_believed() {
    let story = Story::submitted().begun("await").done("await").begun("delete");
    let story = story.step("delete", StepOutcome::Unmet(String::new())).phase("Succeeded");
    let finding = story.well_until(20_000).ended().judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, Outcome::Pass, "{finding:?}");
}

/// An answer at 1s to a question of 1.001s.
#[rstest]
#[case::listing(EventKind::Listed { asked_at: 1_001, keys: Vec::new(), etags: Vec::new() })]
#[case::mark(EventKind::Bookmark { kind: Kind::Pod, version: "1".to_owned(), asked_at: 1_001 })]
#[case::request(request(1_001))]
fn an_answer_before_its_question(#[case] what: EventKind) {
    let story = Story::submitted().push(what).phase("Succeeded").well_until(20_000).ended();
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(doubted(&finding), Some(Doubt::Order), "{finding:?}");
}

fn request(asked: u64) -> EventKind {
    EventKind::Requested(Request {
        from: "10.0.0.1".to_owned(),
        operation: Operation::GetObject,
        bucket: "b".to_owned(),
        key: "ns/a".to_owned(),
        asked_at: asked,
        status: Some(200),
        sent: 0,
        received: 0,
        broken: false,
        fault: None,
    })
}

/// The case's workflow, then another one of its name.
#[rstest]
#[case::the_same("u1", Outcome::Pass)]
#[case::another("u2", Outcome::Fail)]
fn a_workflow_of_another_uid(#[case] uid: &str, #[case] expected: Outcome) {
    let object = |uid: &str, phase: &str| json!({ "metadata": { "uid": uid }, "status": { "phase": phase } });
    let story = Story::new().well_until(1_000).done("submit");
    let story = story.workflow(Change::Added, &object("u1", "Running"));
    let story = story.workflow(Change::Modified, &object(uid, "Succeeded"));
    let finding = story.well_until(20_000).ended().judge(eventually(succeeded(), 10));
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

/// Before 3.5.3 no task result says whether it is complete.
#[rstest]
#[case::without_the_label(&[None], Outcome::Unknown(Doubt::Unevaluable))]
#[case::one_of_two_without_it(&[Some("true"), None], Outcome::Unknown(Doubt::Unevaluable))]
#[case::complete(&[Some("true"), Some("true")], Outcome::Pass)]
#[case::incomplete(&[None, Some("false")], Outcome::Fail)]
fn a_task_result_without_its_label(#[case] labels: &[Option<&str>], #[case] expected: Outcome) {
    let mut story = watching(Story::submitted(), Kind::TaskResult);
    for (index, label) in labels.iter().enumerate() {
        let mut labels = json!({ "workflows.argoproj.io/workflow": "wf" });
        if let Some(label) = label {
            labels["workflows.argoproj.io/report-outputs-completed"] = json!(label);
        }
        let object = json!({ "metadata": { "name": format!("r{index}"), "labels": labels } });
        let seen = Observation { kind: Kind::TaskResult, change: Change::Added, object };
        story = story.push(EventKind::Observed(seen));
    }
    let claim = never(Fact::Tasks(TaskFact::Complete(false)), Some(10));
    let finding = story.well_until(20_000).ended().judge(claim);
    assert_eq!(finding.outcome, expected, "{finding:?}");
}

#[test]
fn objects_of_another_namespace_are_not_seen() {
    let elsewhere =
        json!({ "metadata": { "namespace": "other" }, "status": { "phase": "Succeeded" } });
    let story = Story::new().well_until(1_000).done("submit");
    let story = story.workflow(Change::Modified, &elsewhere).well_until(20_000).ended();
    let finding = story.judge(eventually(succeeded(), 10));
    assert_eq!(doubted(&finding), Some(Doubt::MatchedNothing), "{finding:?}");
}
