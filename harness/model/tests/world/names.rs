//! The nodes that a name stands for.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use model::fact::{Count, NodeFact, OutputFact};
use model::fact::{NodesFact, PodFact, WorkflowFact};
use model::history::Kind;
use model::truth::Truth::{False, True, Unknown};
use model::workflow::{attempt_of, node_names, parts};
use model::{Fact, Truth, World};
use rstest::rstest;
use serde_json::{Value, json};

use super::{nodes, pod, watching, workflow, world};

fn is_failed(name: &str) -> Fact {
    let phase = Some(vec!["Failed".to_owned()]);
    Fact::Nodes(NodesFact::Node(NodeFact {
        name: name.to_owned(),
        phase,
        message: None,
        started_as_at: None,
    }))
}

fn exists(name: &str) -> Fact {
    let name = name.to_owned();
    Fact::Nodes(NodesFact::Node(NodeFact { name, phase: None, message: None, started_as_at: None }))
}

fn attempts(of: &str, n: usize) -> Fact {
    Fact::Nodes(NodesFact::Attempts { of: of.to_owned(), count: Count::Exactly(n) })
}

fn output(node: &str, value: &str) -> Fact {
    let (node, name, value) = (node.to_owned(), "p".to_owned(), Some(value.to_owned()));
    Fact::Nodes(NodesFact::Output(OutputFact { node, name, is_artifact: false, value }))
}

#[rstest]
#[case("work(0)", Some("work"))]
#[case("each(0:a)(12)", Some("each(0:a)"))]
#[case("work.onExit(1)", Some("work.onExit"))]
#[case("each(0:a)", None)]
#[case("each(0:f(1))", None)]
#[case("each(0:f(1))(0)", Some("each(0:f(1))"))]
#[case("each(0:(1)", None)]
#[case("work", None)]
#[case("work()", None)]
fn an_attempt_ends_in_a_number(#[case] name: &str, #[case] of: Option<&str>) {
    assert_eq!(attempt_of(name), of);
}

#[rstest]
#[case("wf", &["wf"])]
#[case("wf[0].one", &["wf", "one"])]
#[case("wf(0)[10].one.onExit[2]", &["wf(0)", "one", "onExit"])]
#[case("wf.each(0:a.b[1])(2).x", &["wf", "each(0:a.b[1])(2)", "x"])]
fn a_full_name_has_parts(#[case] name: &str, #[case] expected: &[&str]) {
    assert_eq!(parts(name), expected);
}

fn nested() -> World {
    world(vec![nodes(&[
        ("wf", "wf", "Running"),
        ("wf[0]", "[0]", "Running"),
        ("wf[0].one", "one", "Running"),
        ("wf[0].one[0].work", "work", "Succeeded"),
        ("wf[0].two(0)", "two(0)", "Failed"),
        ("wf[0].two(0)[0].work", "work", "Failed"),
        ("wf[0].one.hooks.done", "one.hooks.done", "Failed"),
        ("wf[0].one.onExit", "one.onExit", "Succeeded"),
        ("wf.onExit", "wf.onExit", "Failed"),
        ("wf.hooks.running", "wf.hooks.running", "Failed"),
        ("wf.onExit.tidy", "tidy", "Failed"),
        ("wf[0].set.main", "main", "Failed"),
    ])])
}

#[rstest]
#[case::several("work", Unknown, true)]
#[case::by_a_path("one.work", False, false)]
#[case::by_another("two(0).work", True, false)]
#[case::by_the_whole("root.one.work", False, false)]
#[case::of_no_such_path("three.work", Unknown, false)]
#[case::own_hook("hooks.running", True, false)]
#[case::a_steps_hook("one.hooks.done", True, false)]
#[case::no_step("done", Unknown, false)]
#[case::exit_handler("onExit", True, false)]
#[case::in_the_exit_handler("onExit.tidy", True, false)]
#[case::a_steps_exit_handler("one.onExit", False, false)]
#[case::root("root", False, false)]
#[case::a_container("main", True, false)]
#[case::a_container_by_its_path("set.main", True, false)]
fn a_name_stands_for_one_node(#[case] name: &str, #[case] expected: Truth, #[case] several: bool) {
    let world = nested();
    assert_eq!(world.holds(&is_failed(name)), expected, "{}", world.describe(&is_failed(name)));
    let reason = world.unevaluable(&is_failed(name));
    assert_eq!(reason.is_some(), several, "{reason:?}");
    for fact in [
        exists(name),
        output(name, "x"),
        Fact::Nodes(NodesFact::Starts(vec![name.into(), "root".into()])),
    ] {
        assert_eq!(world.unevaluable(&fact).is_some(), several, "{fact}");
        assert!(!several || world.holds(&fact) == Unknown, "{fact}");
    }
}

#[test]
fn the_reason_says_which_nodes_there_are() {
    let reason = nested().unevaluable(&is_failed("work"));
    let expected = "several nodes are called work: wf[0].one[0].work, wf[0].two(0)[0].work";
    assert_eq!(reason.as_deref(), Some(expected));
    assert_eq!(nested().describe(&is_failed("work")), expected);
}

#[test]
fn only_the_exit_handler_of_the_workflow_is_its_exit_handler() {
    let world =
        world(vec![nodes(&[("wf", "wf", "Running"), ("wf.a.onExit", "a.onExit", "Failed")])]);
    assert_eq!(world.holds(&is_failed("onExit")), Unknown);
    assert_eq!(world.holds(&exists("onExit")), False);
}

#[rstest]
#[case::of_an_item("each(0:a)", Some(2))]
#[case::of_another_item("each(1:b)", Some(1))]
#[case::items_are_no_attempts("each", Some(0))]
#[case::of_the_root("root", Some(1))]
#[case::of_one_of_two("x.work", Some(1))]
#[case::of_two("work", None)]
#[case::of_a_longer_name("ach(0:a)", Some(0))]
fn attempts_are_those_of_one_node(#[case] of: &str, #[case] n: Option<usize>) {
    let world = world(vec![nodes(&[
        ("wf", "wf", "Running"),
        ("wf(0)", "wf(0)", "Running"),
        ("wf(0).each", "each", "Running"),
        ("wf(0).each(0:a)", "each(0:a)", "Running"),
        ("wf(0).each(0:a)(0)", "each(0:a)(0)", "Failed"),
        ("wf(0).each(0:a)(1)", "each(0:a)(1)", "Running"),
        ("wf(0).each(1:b)", "each(1:b)", "Running"),
        ("wf(0).each(1:b)(0)", "each(1:b)(0)", "Running"),
        ("wf(0).x.work(0)", "work(0)", "Running"),
        ("wf(0).y.work(0)", "work(0)", "Running"),
    ])]);
    let Some(n) = n else {
        assert_eq!(world.holds(&attempts(of, 1)), Unknown);
        assert!(world.unevaluable(&attempts(of, 1)).is_some());
        return;
    };
    assert_eq!(world.holds(&attempts(of, n)), True);
    assert_eq!(world.holds(&attempts(of, n + 1)), False);
    assert_eq!(world.unevaluable(&attempts(of, n)), None);
}

#[rstest]
#[case("each(0:a)", true)]
#[case("three", true)]
#[case("one", false)]
fn attempts_of_a_node_that_never_was_mean_nothing(#[case] of: &str, #[case] nothing: bool) {
    let empty = nested().matched_nothing(&attempts(of, 0));
    assert_eq!(empty.is_some(), nothing, "{empty:?}");
}

#[rstest]
#[case::several("work", None)]
#[case::by_a_path("one.work", Some(1))]
#[case::exit_handler("onExit", Some(1))]
#[case::a_steps_exit_handler("one.onExit", Some(1))]
#[case::own_hook("hooks.running", Some(1))]
#[case::root("root", Some(0))]
#[case::an_attempt("root(0)", Some(1))]
#[case::a_pod_that_is_made_again("again", Some(2))]
fn pods_are_those_of_one_node(#[case] of: &str, #[case] n: Option<usize>) {
    let world = world(vec![
        watching(Kind::Pod),
        pod("a", "wf[0].one[0].work"),
        pod("b", "wf[0].two[0].work"),
        pod("c", "wf.onExit"),
        pod("d", "wf[0].one.onExit"),
        pod("e", "wf.hooks.running"),
        pod("f", "wf(0)"),
        pod("g", "wf[0].again"),
        pod("h", "wf[0].again"),
    ]);
    let seen = |n| Fact::Pods(PodFact::Seen { of: Some(of.to_owned()), count: Count::Exactly(n) });
    let left = |n| Fact::Pods(PodFact::Left { of: Some(of.to_owned()), count: Count::Exactly(n) });
    let running = Fact::Pods(PodFact::Phase { node: of.to_owned(), phase: "Running".to_owned() });
    match n {
        Some(n) => {
            assert_eq!(world.holds(&seen(n)), True, "{}", world.describe(&seen(n)));
            assert_eq!(world.holds(&left(n)), True);
            assert_eq!(world.holds(&running), Truth::of(n > 0));
            assert_eq!(world.pods_of(of).len(), n);
        }
        None => {
            for fact in [seen(1), left(1), running] {
                assert_eq!(world.holds(&fact), Unknown, "{fact}");
                assert!(world.unevaluable(&fact).is_some(), "{fact}");
            }
        }
    }
}

fn compressed(nodes: &Value) -> String {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(nodes.to_string().as_bytes()).expect("it writes to memory");
    BASE64_STANDARD.encode(encoder.finish().expect("it writes to memory"))
}

fn of_nodes() -> [Fact; 7] {
    let cel = model::expression::Expression::parse("node('work').phase == 'Failed'");
    [
        is_failed("work"),
        exists("work"),
        Fact::Nodes(NodesFact::Fulfilled),
        Fact::Nodes(NodesFact::Tree(vec!["work".to_owned()])),
        attempts("work", 0),
        output("work", "1"),
        Fact::Cel(cel.expect("an expression")),
    ]
}

#[test]
fn compressed_nodes_are_read() {
    let node = json!({ "id": "1", "name": "wf.work", "displayName": "work", "phase": "Failed",
        "outputs": { "parameters": [{ "name": "p", "value": "1" }] } });
    let text = compressed(&json!({ "1": node }));
    let world = world(vec![workflow(&json!({ "phase": "Running", "compressedNodes": text }))]);
    for fact in of_nodes() {
        assert_eq!(world.holds(&fact), True, "{fact}");
        assert_eq!(world.unevaluable(&fact), None, "{fact}");
    }
}

#[rstest]
#[case::offloaded(json!({ "offloadNodeStatusVersion": "fnv:1" }), "offloaded")]
#[case::no_base64(json!({ "compressedNodes": "%" }), "failed to inflate")]
#[case::no_gzip(json!({ "compressedNodes": "AAAA" }), "failed to inflate")]
#[case::no_map(json!({ "compressedNodes": compressed(&json!([])) }), "no map")]
fn nodes_that_cannot_be_read_are_unknown(#[case] status: Value, #[case] reason: &str) {
    let mut status = status;
    status["phase"] = json!("Running");
    let offloaded = world(vec![workflow(&status)]);
    for fact in of_nodes() {
        assert_eq!(offloaded.holds(&fact), Unknown, "{fact}");
        let said = offloaded.unevaluable(&fact).unwrap_or_default();
        assert!(said.contains(reason), "{fact}: {said}");
        assert_eq!(offloaded.matched_nothing(&fact), None, "{fact}");
        let described = offloaded.describe(&fact);
        assert!(!described.contains("no nodes"), "{fact}: {described}");
    }
    assert_eq!(
        offloaded.holds(&Fact::Workflow(WorkflowFact::Phase(vec!["Running".to_owned()]))),
        True
    );
}

#[test]
fn a_case_can_speak_of_the_workflows_own_hooks_and_of_containers() {
    let containers = json!([{ "name": "main" }, { "name": "side" }]);
    let workflow = json!({ "spec": { "hooks": { "exit": {}, "running": {} },
        "templates": [{ "name": "t", "containerSet": { "containers": containers } }] } });
    let found: Vec<String> = node_names(&workflow, &[]).into_iter().collect();
    assert_eq!(found, ["hooks.running", "main", "onExit", "root", "side"]);
}
