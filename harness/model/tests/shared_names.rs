//! Names that several nodes of a workflow can have.

use std::path::Path;

use model::parse::{CaseFiles, cases};
use rstest::rstest;

/// `first` and `second` call one template, `each` has two items, and `again` calls itself. The exit
/// handler has the template of `alone`.
const NESTED: &str = "
kind: Workflow
spec:
  entrypoint: main
  onExit: once
  templates:
    - name: main
      steps:
        - - { name: first, template: pair }
          - { name: second, template: pair }
        - - { name: alone, template: once }
        - - { name: each, template: other, withItems: [a, b] }
        - - { name: again, template: recursive }
    - name: pair
      dag: { tasks: [{ name: work, template: work, hooks: { exit: { template: work } } }] }
    - name: once
      steps: [[{ name: only, template: work }]]
    - name: other
      steps: [[{ name: inner, template: work }]]
    - name: recursive
      steps: [[{ name: again, template: recursive, when: 'false' }, { name: leaf, template: work }]]
    - name: work
      container: { image: argo-conformance/shell:1, command: [sh] }
";

/// The words about a case that claims this fact; empty if it is good.
fn said(fact: &str) -> String {
    let case = format!(
        "title: A rule\nwhy: https://example.com/1\nlevel: core\ncomponent: argo\nsteps:\n  \
         - submit: workflow.yaml\nclaims:\n  - id: c\n    never: {{ {fact} }}\n    within: 9s\n"
    );
    let files = [("case.yaml".to_owned(), case), ("workflow.yaml".to_owned(), NESTED.to_owned())];
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    let told = cases(&input).err().unwrap_or_default();
    told.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[rstest]
#[case::two_callers(
    "work",
    Some("several nodes are called `work`: root.first.work, root.second.work")
)]
#[case::two_callers_hint("work", Some("hint: Write a path: `first.work`."))]
#[case::an_attempt("work(0)", Some("several nodes are called `work(0)`"))]
#[case::a_hook("work.onExit", Some("several nodes are called `work.onExit`"))]
#[case::in_a_loop(
    "inner",
    Some("several nodes are called `inner`: root.each.inner, root.each.inner")
)]
#[case::in_the_exit_handler(
    "only",
    Some("several nodes are called `only`: root.alone.only, onExit.only")
)]
#[case::in_itself("leaf", Some("several nodes are called `leaf`"))]
#[case::a_path("first.work", None)]
#[case::a_path_of_a_hook("second.work.onExit", None)]
#[case::a_whole_path("root.second.work", None)]
#[case::a_path_of_an_item("'each(0:a).inner'", None)]
#[case::an_item("'each(0:a)'", None)]
#[case::a_path_of_the_exit_handler("onExit.only", None)]
#[case::the_handler("onExit", None)]
#[case::the_root("root", None)]
#[case::one_of_its_name("first", None)]
fn a_name_that_several_nodes_have_is_told(#[case] name: &str, #[case] told: Option<&str>) {
    let said = said(&format!("node: {{ name: {name} }}"));
    match told {
        Some(told) => assert!(said.contains(told), "{said}"),
        None => assert_eq!(said, ""),
    }
}

#[rstest]
#[case::attempts("attempts: { of: work, exactly: 1 }")]
#[case::output("output: { node: work, parameter: answer }")]
#[case::starts("starts: [first, work]")]
#[case::pods_seen("pods-seen: { of: work, at-least: 1 }")]
#[case::pods_left("pods-left: { of: work, at-least: 1 }")]
#[case::pod("pod: { node: work, phase: Running }")]
#[case::expression("cel: 'node(\"work\").phase == \"Failed\"'")]
fn each_fact_about_such_a_node_is_told(#[case] fact: &str) {
    let said = said(fact);
    assert!(said.contains("several nodes are called `work`"), "{said}");
}

#[test]
fn a_tree_can_have_several_nodes_of_a_name() {
    assert_eq!(said("node-tree: [root, first, second, work]"), "");
}
