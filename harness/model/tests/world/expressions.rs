//! An expression that fails says nothing, and says why.

use model::expression::Expression;
use model::fact::WorkflowFact;
use model::history::{Change, Kind};
use model::truth::Truth::{False, True, Unknown};
use model::{Fact, Truth, World};
use rstest::rstest;
use serde_json::{Value, json};

use super::{fold, header, listed, nodes, pod, seen, watching, workflow, world};

fn cel(text: &str) -> Fact {
    Fact::Cel(Expression::parse(text).expect(text))
}

fn object(kind: Kind, change: Change, status: &Value) -> model::EventKind {
    let metadata = json!({ "name": "o", "uid": "o",
        "labels": { "workflows.argoproj.io/workflow": "wf" } });
    seen(kind, change, json!({ "metadata": metadata, "status": status }))
}

const KILLED: &str = "pod.status.containerStatuses.exists(c, c.state.terminated.exitCode == 137)";

/// The reason is of the first kind of object: the words of the interpreter are not ours.
#[rstest]
#[case::holds(KILLED, json!({ "containerStatuses": [
    { "state": { "terminated": { "exitCode": 137 } } }] }), True, false)]
#[case::holds_not(KILLED, json!({ "containerStatuses": [
    { "state": { "terminated": { "exitCode": 1 } } }] }), False, false)]
#[case::a_field_is_missing(KILLED, json!({}), Unknown, true)]
#[case::a_field_within_is_missing(KILLED, json!({ "containerStatuses": [{ "state": {} }] }),
    Unknown, true)]
#[case::types_that_do_not_fit("pod.status.phase > pod.status.reason",
    json!({ "phase": 1, "reason": "x" }), Unknown, true)]
#[case::not_boolean("dyn(pod.status.phase)", json!({ "phase": "x" }), Unknown, true)]
fn on_a_pod(
    #[case] text: &str,
    #[case] status: Value,
    #[case] expected: Truth,
    #[case] fails: bool,
) {
    let fact = cel(text);
    let events = vec![
        workflow(&json!({ "phase": "Running" })),
        watching(Kind::Pod),
        object(Kind::Pod, Change::Added, &status),
    ];
    for world in [World::new(&header()), World::for_facts(&header(), [&fact])] {
        let world = fold(world, events.clone());
        assert_eq!(world.holds(&fact), expected);
        assert_eq!(world.unevaluable(&fact).is_some(), fails, "{:?}", world.unevaluable(&fact));
        let all = Fact::All(vec![
            Fact::Workflow(WorkflowFact::Phase(vec!["Failed".to_owned()])),
            fact.clone(),
        ]);
        assert_eq!(world.unevaluable(&all), None, "the other part is false");
        let any = Fact::Any(vec![
            Fact::Workflow(WorkflowFact::Phase(vec!["Running".to_owned()])),
            fact.clone(),
        ]);
        assert_eq!(world.unevaluable(&any), None, "the other part is true");
        let both = Fact::All(vec![
            Fact::Workflow(WorkflowFact::Phase(vec!["Running".to_owned()])),
            fact.clone(),
        ]);
        assert_eq!(world.unevaluable(&both), world.unevaluable(&fact));
    }
}

#[rstest]
#[case::pods("pod.status.phase == 'Failed'", Kind::Pod)]
#[case::task_results("has(task_result.metadata.labels)", Kind::TaskResult)]
#[case::gc_tasks("gc_task.metadata.name == 'x'", Kind::GcTask)]
fn of_a_kind_that_was_never_seen(#[case] text: &str, #[case] kind: Kind) {
    let fact = cel(text);
    let begun = vec![workflow(&json!({ "phase": "Running" })), watching(kind)];
    let gone = [
        begun.clone(),
        vec![
            object(kind, Change::Added, &json!({ "phase": "Running" })),
            object(kind, Change::Deleted, &json!({ "phase": "Running" })),
        ],
    ]
    .concat();
    for kept in [World::new(&header()), World::for_facts(&header(), [&fact])] {
        let never = fold(kept.clone(), begun.clone());
        assert_eq!(never.holds(&fact), Unknown, "there is no evidence");
        assert_eq!(never.unevaluable(&fact), None, "nor is anything wrong");
        assert!(never.matched_nothing(&fact).is_some());
        let gone = fold(kept, gone.clone());
        assert_eq!(gone.holds(&fact), False, "all that were there are gone");
        assert_eq!(gone.matched_nothing(&fact), None);
    }
}

#[rstest]
#[case::size("size(objects) == 0", true)]
#[case::no_key("!objects.exists(key, key.endsWith('.log'))", true)]
#[case::of_another_key("!objects.exists(key, key.endsWith('.tgz'))", false)]
fn no_objects_are_an_absence(#[case] text: &str, #[case] came_about: bool) {
    let fact = cel(text);
    let acted = || workflow(&json!({ "phase": "Running" }));
    let idle = world(vec![workflow(&json!({})), listed(&[])]);
    assert_eq!(idle.holds(&fact), Unknown, "the controller has not acted");
    assert!(idle.untold(&fact).is_some());
    let empty = world(vec![acted(), listed(&[])]);
    assert_eq!(empty.holds(&fact), True);
    assert!(empty.absent_from_the_start(&fact).is_some(), "nothing ever lay there");
    let emptied = world(vec![acted(), listed(&["a/main.log"]), listed(&[])]);
    assert_eq!(emptied.holds(&fact), True);
    assert_eq!(emptied.absent_from_the_start(&fact).is_none(), came_about);
}

#[rstest]
#[case::holds("node('work').phase == 'Failed'", True)]
#[case::holds_not("node('root').phase == 'Failed'", False)]
#[case::beside_the_workflow("node('work').phase == 'Failed' && has(workflow.status.nodes)", True)]
#[case::output("node('work').outputs.parameters.exists(p, p.value == 'wf[0].work')", True)]
#[case::none("node('other').phase == 'Failed'", Unknown)]
#[case::several("node('twice').phase == 'Failed'", Unknown)]
#[case::by_its_path("node('b.twice').phase == 'Failed'", True)]
fn a_node_by_its_name(#[case] text: &str, #[case] expected: Truth) {
    let fact = cel(text);
    let world = world(vec![nodes(&[
        ("wf", "wf", "Running"),
        ("wf[0]", "[0]", "Running"),
        ("wf[0].work", "work", "Failed"),
        ("wf.a.twice", "twice", "Running"),
        ("wf.b.twice", "twice", "Failed"),
    ])]);
    assert_eq!(world.holds(&fact), expected);
    assert_eq!(world.unevaluable(&fact).is_some(), expected == Unknown);
}

#[rstest]
#[case::one_loop("objects.all(a, a != '')", 2_000, true)]
#[case::two_loops("objects.all(a, objects.all(b, a != b))", 20, true)]
#[case::two_loops_over_many("objects.all(a, objects.all(b, a != b || a == b))", 2_000, false)]
#[case::lists_of_lists("size(objects.map(a, objects.map(b, objects))) > 0", 50, true)]
#[case::lists_of_lists_of_many("size(objects.map(a, objects.map(b, objects))) > 0", 300, false)]
#[case::picked("size(objects.filter(a, a != '')) > 0", 2_000, true)]
#[case::joined("(objects + objects).all(a, objects.all(b, a != 'x'))", 500, false)]
#[case::spelt_out("size(objects) > 0 && [1, 2, 3].all(a, a > 0)", 3, true)]
fn loops_have_a_budget(#[case] text: &str, #[case] keys: usize, #[case] fits: bool) {
    let keys: Vec<String> = (0..keys).map(|n| format!("key-{n}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let world = world(vec![workflow(&json!({ "phase": "Running" })), listed(&keys)]);
    let reason = world.unevaluable(&cel(text));
    assert_eq!(reason.is_none(), fits, "{reason:?}");
    assert!(fits || reason.is_some_and(|reason| reason.contains("steps")));
}

/// Pods of no workflow are there for expressions, as those of another workflow are.
#[test]
fn pods_are_those_of_the_namespace() {
    let world = world(vec![watching(Kind::Pod), pod("p", "wf"), {
        let object = json!({ "metadata": { "name": "q", "uid": "q" }, "status": {} });
        seen(Kind::Pod, Change::Added, object)
    }]);
    assert_eq!(world.holds(&cel("pod.metadata.name == 'p'")), True);
    assert_eq!(world.holds(&cel("pod.metadata.name == 'q'")), True);
    let described = |text| world.describe(&cel(text));
    assert_eq!(described("pod.metadata.name == 'q'"), "the expression is true of pod q");
    let none = "the expression is true of none of the pods p, q";
    assert_eq!(described("pod.metadata.name == 'x'"), none);
}
