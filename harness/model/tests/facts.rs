//! The truth of each kind of fact on a world.

use model::expression::Expression;
use model::fact::{Count, Fact, NodeFact, ObjectFact, OutputFact};
use model::fact::{NodesFact, PodFact, StoreFact, TaskFact};
use model::history::{Change, EventKind, Header, Kind, Observation, Versions};
use model::truth::Truth::{False, True, Unknown};
use model::workflow::node_names;
use model::{Event, Truth, World};
use rstest::rstest;
use serde_json::{Value, json};

fn header() -> Header {
    let text = || "x".to_owned();
    Header {
        format: (model::history::MAJOR, model::history::MINOR),
        run: text(),
        case: text(),
        argo: Versions::all("x"),
        namespace: "ns".to_owned(),
        workflow: "wf".to_owned(),
        started: text(),
        steps: vec![],
        controller: None,
        requests: false,
        challenge: None,
    }
}

fn seen(kind: Kind, change: Change, object: Value) -> EventKind {
    EventKind::Observed(Observation { kind, change, object })
}

fn workflow(status: &Value) -> EventKind {
    seen(
        Kind::Workflow,
        Change::Modified,
        json!({ "metadata": { "name": "wf" }, "status": status }),
    )
}

fn pod(name: &str, node: Option<&str>, change: Change) -> EventKind {
    let metadata = match node {
        Some(node) => json!({ "name": name, "uid": name,
            "labels": { "workflows.argoproj.io/workflow": "wf" },
            "annotations": { "workflows.argoproj.io/node-name": node } }),
        None => json!({ "name": name, "uid": name,
            "labels": { "workflows.argoproj.io/workflow": "wf",
                "workflows.argoproj.io/component": "artifact-gc" } }),
    };
    seen(Kind::Pod, change, json!({ "metadata": metadata, "status": { "phase": "Running" } }))
}

fn listed(objects: &[(&str, &str)]) -> EventKind {
    let (keys, etags) = objects.iter().map(|(k, e)| ((*k).to_owned(), (*e).to_owned())).unzip();
    EventKind::Listed { asked_at: 0, keys, etags }
}

fn watching(kind: Kind) -> EventKind {
    EventKind::Bookmark { kind, version: "1".to_owned(), asked_at: 0 }
}

fn gc_task(change: Change) -> EventKind {
    seen(Kind::GcTask, change, json!({ "metadata": { "name": "t" } }))
}

fn world(events: Vec<EventKind>) -> World {
    let mut world = World::new(&header());
    for (index, what) in events.into_iter().enumerate() {
        let n = index as u64 + 1;
        world.apply(&Event { n, at: n, kind: what });
    }
    world
}

/// A workflow of two steps, the first of which was tried twice.
fn nodes() -> World {
    let node = |display: &str, start: &str| {
        let outputs = json!({ "parameters": [{ "name": "p", "value": "1" }],
            "artifacts": [{ "name": "a" }] });
        json!({ "id": display, "displayName": display, "phase": "Succeeded",
            "startedAt": format!("2026-01-01T00:00:{start}Z"), "outputs": outputs })
    };
    let nodes = json!({ "a": node("wf", "00"), "b": node("[0]", "00"), "c": node("one", "01"),
        "d": node("one(0)", "01"), "e": node("one(1)", "03"), "f": node("two", "05"),
        "g": node("wf.onExit", "09") });
    world(vec![workflow(&json!({ "phase": "Running", "progress": "1/2", "nodes": nodes }))])
}

fn names(words: &str) -> Vec<String> {
    words.split(' ').map(str::to_owned).collect()
}

#[rstest]
#[case::all("onExit one one(0) one(1) root two", True)]
#[case::one_is_missing("onExit one one(0) one(1) root", False)]
#[case::one_too_many("onExit one one(0) one(1) one(2) root two", False)]
fn node_tree(#[case] tree: &str, #[case] expected: Truth) {
    assert_eq!(nodes().holds(&Fact::Nodes(NodesFact::Tree(names(tree)))), expected);
    assert_eq!(world(vec![]).holds(&Fact::Nodes(NodesFact::Tree(names(tree)))), Unknown);
}

#[rstest]
#[case("one", 2, True)]
#[case("one", 1, False)]
#[case("two", 0, True)]
#[case("root", 0, True)]
fn attempts(#[case] of: &str, #[case] n: usize, #[case] expected: Truth) {
    let fact = Fact::Nodes(NodesFact::Attempts { of: of.to_owned(), count: Count::Exactly(n) });
    assert_eq!(nodes().holds(&fact), expected);
    assert_eq!(world(vec![]).holds(&fact), Unknown);
}

#[rstest]
#[case("one two onExit", True)]
#[case("two one", False)]
#[case::the_same_second("one one(0)", Unknown)]
#[case::one_never_was("one three", Unknown)]
#[case::one_is_out_of_order("one onExit two", False)]
fn starts(#[case] order: &str, #[case] expected: Truth) {
    assert_eq!(nodes().holds(&Fact::Nodes(NodesFact::Starts(names(order)))), expected);
}

#[rstest]
#[case::there("one", "p", false, None, True)]
#[case::with_the_value("one", "p", false, Some("1"), True)]
#[case::with_another("one", "p", false, Some("2"), False)]
#[case::not_there("one", "q", false, None, False)]
#[case::artifact("one", "a", true, None, True)]
#[case::no_artifact("one", "p", true, None, False)]
#[case::no_node("three", "p", false, None, Unknown)]
fn outputs(
    #[case] node: &str,
    #[case] name: &str,
    #[case] is_artifact: bool,
    #[case] value: Option<&str>,
    #[case] expected: Truth,
) {
    let value = value.map(str::to_owned);
    let (node, name) = (node.to_owned(), name.to_owned());
    let fact = Fact::Nodes(NodesFact::Output(OutputFact { node, name, is_artifact, value }));
    assert_eq!(nodes().holds(&fact), expected);
}

#[rstest]
#[case::there("one", True)]
#[case::not_there("three", False)]
fn a_node_exists(#[case] name: &str, #[case] expected: Truth) {
    let (name, message) = (name.to_owned(), None);
    let fact =
        Fact::Nodes(NodesFact::Node(NodeFact { name, phase: None, message, started_as_at: None }));
    assert_eq!(nodes().holds(&fact), expected);
    assert_eq!(world(vec![workflow(&json!({}))]).holds(&fact), Unknown, "nobody has acted");
}

#[rstest]
#[case::there("a/b.txt", true, None, True)]
#[case::not_there("b.txt", true, None, False)]
#[case::an_end("*.txt", true, None, True)]
#[case::a_beginning("a/*", true, None, True)]
#[case::a_part("*/b*", true, None, True)]
#[case::anything("*", true, None, True)]
#[case::with_the_etag("a/b.txt", true, Some("e1"), True)]
#[case::with_another("a/b.txt", true, Some("e2"), False)]
#[case::absent("b.txt", false, None, True)]
#[case::not_absent("a/b.txt", false, None, False)]
fn objects(
    #[case] key: &str,
    #[case] there: bool,
    #[case] etag: Option<&str>,
    #[case] expected: Truth,
) {
    let fact = ObjectFact { key: key.to_owned(), there, etag: etag.map(str::to_owned) };
    let listed = listed(&[("a/b.txt", "e1"), ("c", "e2")]);
    assert_eq!(world(vec![listed]).holds(&Fact::Store(StoreFact::Object(fact.clone()))), expected);
    assert_eq!(world(vec![]).holds(&Fact::Store(StoreFact::Object(fact))), Unknown);
}

#[rstest]
#[case::one_is_left(Change::Modified, 1)]
#[case::none_is_left(Change::Deleted, 0)]
fn what_is_left(#[case] change: Change, #[case] left: usize) {
    let kinds = Kind::ALL.map(watching).to_vec();
    let pods = vec![
        pod("p", Some("wf.one"), Change::Added),
        pod("g", None, Change::Added),
        gc_task(Change::Added),
        pod("p", Some("wf.one"), change),
        pod("g", None, change),
        gc_task(change),
    ];
    let unwatched = world(pods.clone());
    let watched = world([kinds, pods].concat());
    let (of, count) = (Some("one".to_owned()), Count::Exactly(left));
    for fact in [
        Fact::Pods(PodFact::Left { of: None, count }),
        Fact::Pods(PodFact::Left { of, count }),
        Fact::Pods(PodFact::GcLeft(count)),
        Fact::Tasks(TaskFact::GcLeft(count)),
        Fact::Pods(PodFact::GcSeen(Count::Exactly(1))),
    ] {
        assert_eq!(watched.holds(&fact), True, "{fact}; {}", watched.describe(&fact));
        assert_eq!(unwatched.holds(&fact), Unknown, "{fact}");
    }
}

#[rstest]
#[case::a_task("wf.one", "one", True)]
#[case::the_end_of_another_name("wf.someone", "one", False)]
#[case::an_attempt("wf[0].one(0)", "one(0)", True)]
#[case::a_hook("wf[0].one.hooks.done(0)", "one.hooks.done(0)", True)]
#[case::not_what_it_is_a_hook_of("wf[0].one.onExit", "one", False)]
#[case::the_only_one("wf", "root", True)]
fn what_a_pod_runs(#[case] full: &str, #[case] of: &str, #[case] expected: Truth) {
    let events = vec![watching(Kind::Pod), pod("p", Some(full), Change::Added)];
    let (of, count) = (Some(of.to_owned()), Count::Exactly(1));
    assert_eq!(world(events).holds(&Fact::Pods(PodFact::Seen { of, count })), expected);
}

#[test]
fn a_case_can_speak_of_hooks() {
    let hooks = json!({ "exit": {}, "done": {} });
    let steps = json!([[{ "name": "one", "hooks": hooks }], [{ "name": "two", "onExit": "t" }]]);
    let workflow = json!({ "spec": { "templates": [{ "name": "main", "steps": steps }] } });
    let found: Vec<String> = node_names(&workflow, &[]).into_iter().collect();
    assert_eq!(found, names("one one.hooks.done one.onExit root two two.onExit"));
}

#[test]
fn a_case_can_speak_of_nodes_of_the_templates_beside_its_workflow() {
    let steps = json!([[{ "name": "call", "templateRef": { "name": "t", "template": "main" } }]]);
    let workflow = json!({ "spec": { "templates": [{ "name": "main", "steps": steps }] } });
    let tasks = json!({ "tasks": [{ "name": "inner" }] });
    let template = json!({ "spec": { "onExit": "last", "templates": [{ "dag": tasks }] } });
    let found: Vec<String> = node_names(&workflow, &[template]).into_iter().collect();
    assert_eq!(found, names("call inner onExit root"));
}

#[rstest]
#[case::a_field("workflow.status.progress == '1/2'", True)]
#[case::another_value("workflow.status.progress == '2/2'", False)]
#[case::a_field_that_is_not_there("workflow.status.message == 'x'", Unknown)]
#[case::asked_for("has(workflow.status.message)", False)]
#[case::optional("workflow.status.?message.orValue('') == ''", True)]
#[case::no_predicate("dyn(workflow.status.progress)", Unknown)]
#[case::types_that_do_not_fit("dyn(workflow.status.progress) > 1", Unknown)]
#[case::a_map(
    "workflow.status.nodes.exists(id, workflow.status.nodes[id].phase == 'Failed')",
    False
)]
#[case::sizes("size(workflow.status.nodes) == 7", True)]
#[case::times(
    "seconds(workflow.status.nodes['f'].startedAt) \
     - seconds(workflow.status.nodes['c'].startedAt) == 4.0",
    True
)]
#[case::not_a_time("seconds(workflow.status.progress) > 0.0", Unknown)]
#[case::a_pattern("workflow.metadata.name.matches('^w.$')", True)]
fn expressions(#[case] text: &str, #[case] expected: Truth) {
    let expression = Expression::parse(text).expect(text);
    assert_eq!(nodes().holds(&Fact::Cel(expression)), expected);
}

#[rstest]
#[case::some_pod("pod.metadata.name == 'p'", True)]
#[case::no_pod("pod.metadata.name == 'q'", False)]
#[case::a_pod_that_is_gone("pod.metadata.name == 'gone'", False)]
#[case::keys("objects.exists(key, key.startsWith('a/'))", True)]
#[case::no_task("gc_task.metadata.name == 't'", Unknown)]
#[case::a_task_that_is_gone("task_result.metadata.name == 't'", False)]
#[case::true_of_one_that_fails_on_another("pod.status.reason == 'x'", True)]
#[case::fails_on_one("pod.status.reason == 'y'", Unknown)]
#[case::fails_on_those_that_are_there("pod.status.message == 'x'", Unknown)]
#[case::another_workflow("other_workflow.metadata.name == 'again'", True)]
#[case::another_workflow_that_is_gone("other_workflow.metadata.name == 'gone'", False)]
#[case::our_own_is_no_other("other_workflow.metadata.name == 'wf'", False)]
#[case::another_is_not_ours("workflow.metadata.name == 'again'", False)]
fn expressions_on_other_things(#[case] text: &str, #[case] expected: Truth) {
    let fact = Fact::Cel(Expression::parse(text).expect(text));
    let events = vec![
        watching(Kind::Pod),
        watching(Kind::GcTask),
        listed(&[("a/b", "")]),
        watching(Kind::TaskResult),
        pod("p", Some("wf.one"), Change::Added),
        seen(
            Kind::Pod,
            Change::Added,
            json!({ "metadata": { "name": "r", "uid": "r" },
            "status": { "reason": "x" } }),
        ),
        pod("gone", Some("wf.one"), Change::Added),
        pod("gone", Some("wf.one"), Change::Deleted),
        seen(Kind::TaskResult, Change::Added, json!({ "metadata": { "name": "r" } })),
        seen(Kind::TaskResult, Change::Deleted, json!({ "metadata": { "name": "r" } })),
        watching(Kind::Workflow),
        workflow(&json!({ "phase": "Failed" })),
        seen(Kind::Workflow, Change::Added, json!({ "metadata": { "name": "again" } })),
        seen(Kind::Workflow, Change::Added, json!({ "metadata": { "name": "gone" } })),
        seen(Kind::Workflow, Change::Deleted, json!({ "metadata": { "name": "gone" } })),
    ];
    let whole = world(events.clone());
    assert_eq!(whole.holds(&fact), expected);
    let mut kept = World::for_facts(&header(), [&fact]);
    for (index, what) in events.into_iter().enumerate() {
        kept.apply(&Event { n: index as u64 + 1, at: 1, kind: what });
    }
    assert_eq!(kept.holds(&fact), expected, "and where only what it reads is kept");
    assert_eq!(kept.unevaluable(&fact), whole.unevaluable(&fact), "and for the same reason");
    assert_eq!(kept.matched_nothing(&fact), whole.matched_nothing(&fact));
}

#[rstest]
#[case::ours("wf", True)]
#[case::of_another_workflow("holder", False)]
fn only_expressions_tell_of_what_belongs_to_another_workflow(
    #[case] owner: &str,
    #[case] expected: Truth,
) {
    let labels = json!({ "workflows.argoproj.io/workflow": owner,
        "workflows.argoproj.io/report-outputs-completed": "false" });
    let metadata = json!({ "name": "p", "uid": "p", "labels": labels,
        "annotations": { "workflows.argoproj.io/node-name": owner } });
    let object = json!({ "metadata": metadata, "status": { "phase": "Running" } });
    let world = world(vec![
        workflow(&json!({ "phase": "Running" })),
        watching(Kind::Pod),
        watching(Kind::TaskResult),
        seen(Kind::Pod, Change::Added, object.clone()),
        seen(Kind::TaskResult, Change::Added, object),
    ]);
    let node = "root".to_owned();
    for fact in [
        Fact::Pods(PodFact::Phase { node: node.clone(), phase: "Running".to_owned() }),
        Fact::Pods(PodFact::Seen { of: None, count: Count::Exactly(1) }),
        Fact::Pods(PodFact::Left { of: Some(node), count: Count::Exactly(1) }),
        Fact::Tasks(TaskFact::Complete(false)),
    ] {
        assert_eq!(world.holds(&fact), expected, "{fact}");
    }
    let running = Expression::parse(r#"pod.status.phase == "Running""#).expect("an expression");
    assert_eq!(world.holds(&Fact::Cel(running)), True);
}

#[test]
fn whether_there_is_another_workflow_is_unknown_to_the_blind() {
    let text = "other_workflow.status.phase == 'Running'";
    let fact = Fact::Cel(Expression::parse(text).expect("an expression"));
    let again = json!({ "metadata": { "name": "again" }, "status": { "phase": "Running" } });
    let again = seen(Kind::Workflow, Change::Added, again);
    let (watched, ours) = (watching(Kind::Workflow), workflow(&json!({ "phase": "Failed" })));
    assert_eq!(world(vec![watched.clone()]).holds(&fact), Unknown);
    assert_eq!(world(vec![watched.clone(), again]).holds(&fact), True);
    assert_eq!(world(vec![watched, ours]).holds(&fact), Unknown, "there never was one");
}

/// A claim that another workflow never does something means nothing where there never was one.
#[test]
fn of_another_workflow_that_never_was_nothing_is_told() {
    let fact =
        Fact::Cel(Expression::parse("other_workflow.status.phase == 'Failed'").expect("CEL"));
    let ours = vec![watching(Kind::Workflow), workflow(&json!({ "phase": "Failed" }))];
    let empty = world(ours.clone()).matched_nothing(&fact);
    assert_eq!(empty, Some(model::world::Empty::Nothing("no other workflow was ever seen".into())));
    let again = json!({ "metadata": { "name": "again" }, "status": { "phase": "Running" } });
    let events = [ours, vec![seen(Kind::Workflow, Change::Added, again)]].concat();
    let world = world(events);
    assert_eq!(world.matched_nothing(&fact), None);
    assert_eq!(world.describe(&fact), "workflow again: Running");
}
