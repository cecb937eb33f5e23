//! The types in expressions: fields that the subject has not, and results that are not boolean.

use model::expression::Expression;
use rstest::rstest;

/// The errors of the expression: `line:column: message (hint)`, one a line.
fn said(text: &str) -> String {
    let errors = Expression::parse(text).err().unwrap_or_default();
    let words = errors.iter().map(|error| {
        let hint = error.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        format!("{}:{}: {}{hint}", error.line, error.column, error.message)
    });
    words.collect::<Vec<_>>().join("\n")
}

#[rstest]
#[case::two_fields("workflow.status.phase == 'Failed'")]
#[case::null("has(workflow.status.finishedAt) && workflow.status.finishedAt != null")]
#[case::a_field_of_each(
    "pod.status.containerStatuses.exists(c, c.state.terminated.exitCode == 137)"
)]
#[case::a_node_of_the_map(
    "workflow.status.nodes.exists(id, workflow.status.nodes[id].memoizationStatus.hit)"
)]
#[case::a_node("node('work').outputs.parameters.all(p, p.value != '')")]
#[case::labels("pod.metadata.labels['workflows.argoproj.io/workflow'] == 'x'")]
#[case::any_label("pod.metadata.labels.whatever == 'x'")]
#[case::what_is_not_described("workflow.spec.retryStrategy.anything > 3")]
#[case::optional("workflow.?status.?message.orValue('') == ''")]
#[case::optional_of_an_optional("pod.status.?containerStatuses.orValue([]).all(c, c.ready)")]
#[case::has_value("workflow.status.?finishedAt.hasValue()")]
#[case::a_boolean_field("workflow.spec.suspend")]
#[case::conditional("has(workflow.spec.suspend) ? workflow.spec.suspend : false")]
#[case::of_any_type("dyn(workflow.status.phase)")]
#[case::filtered("size(pod.status.containerStatuses.filter(c, c.name == 'main')) == 1")]
#[case::mapped("pod.status.conditions.map(c, c.type).exists(t, t == 'Ready')")]
#[case::one_only("task_result.outputs.artifacts.exists_one(a, a.name == 'x')")]
#[case::keys("objects.all(key, key.endsWith('.log')) && size(objects) > 1")]
#[case::in_a_list("workflow.status.phase in ['Failed', 'Error']")]
#[case::numbers("seconds(workflow.status.startedAt) + 1.0 < double(size(workflow.status.nodes))")]
#[case::two_loops("objects.all(a, objects.exists(b, a == b))")]
fn is_good(#[case] text: &str) {
    assert_eq!(said(text), "");
}

#[rstest]
#[case::a_typo(
    "pod.status.fase == 'Failed'",
    "1:12: the status of a pod has no field `fase` (did you mean `phase`?)"
)]
#[case::a_list(
    "pod.status.containerStatus.exists(c, c.ready)",
    "1:12: the status of a pod has no field `containerStatus` (did you mean `containerStatuses`?)"
)]
#[case::within_a_loop(
    "pod.status.containerStatuses.exists(c, c.state.ended.exitCode == 1)",
    "1:48: the state of a container has no field `ended` (there are: waiting, running, terminated)"
)]
#[case::of_a_node(
    "workflow.status.nodes.exists(id, workflow.status.nodes[id].name == 'x' && workflow.status.nodes[id].phas == 'x')",
    "1:101: a node has no field `phas` (did you mean `phase`?)"
)]
#[case::of_a_node_by_its_name(
    "node('work').displayname == 'x'",
    "1:14: a node has no field `displayname` (did you mean `displayName`?)"
)]
#[case::asked_for(
    "has(workflow.status.fase)",
    "1:21: the status of a workflow has no field `fase` (did you mean `phase`?)"
)]
#[case::optional(
    "workflow.status.?fase.orValue('') == ''",
    "1:18: the status of a workflow has no field `fase` (did you mean `phase`?)"
)]
#[case::by_text(
    "workflow['statu'].phase == 'x'",
    "1:11: a workflow has no field `statu` (did you mean `status`?)"
)]
#[case::on_the_second_line(
    "workflow.status.phase == 'x'\n  || workflow.status.fase == 'x'",
    "2:22: the status of a workflow has no field `fase` (did you mean `phase`?)"
)]
#[case::of_text("workflow.status.phase.name == 'x'", "1:23: text has no fields, and no `name`")]
#[case::not_boolean(
    "pod.status.phase",
    "1:1: the expression gives text, not true or false (compare it with something: `pod.status.phase == \"Failed\"`)"
)]
#[case::a_number(
    "size(objects)",
    "1:1: the expression gives a number, not true or false (compare it with something: `pod.status.phase == \"Failed\"`)"
)]
#[case::an_object(
    "workflow.status",
    "1:1: the expression gives the status of a workflow, not true or false (compare it with something: `pod.status.phase == \"Failed\"`)"
)]
#[case::text_for_a_number(
    "pod.status.containerStatuses.exists(c, c.state.terminated.exitCode == '137')",
    "1:68: a number is compared with text (convert one of them: `int(…)`, `string(…)`)"
)]
#[case::not_of_text("!pod.status.phase", "1:12: text stands where true or false must stand")]
#[case::or_text(
    "pod.status.phase == 'a' || 'b'",
    "1:28: text stands where true or false must stand"
)]
#[case::a_loop_over_text("workflow.status.phase.all(c, c == 'x')", "1:26: text has no items")]
#[case::three_loops(
    "objects.all(a, objects.all(b, objects.all(c, a == b && b == c)))",
    "1:1: the expression nests 3 loops, more than 2 (write two claims, or ask for a node by `node(\"name\")`)"
)]
#[case::a_node_by_no_text(
    "node(workflow.status.phase).phase == 'x'",
    "1:1: `node` needs the name of a node as text (write `node(\"work\")`)"
)]
fn is_told(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(said(text), expected);
}
