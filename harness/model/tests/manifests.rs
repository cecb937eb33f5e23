//! The errors that `lint` finds in the objects of a case.

use std::path::Path;

use model::parse::{CaseFiles, cases};
use rstest::rstest;

const CASE: &str = "
title: A rule
why: https://example.com/1
level: core
component: argo
steps:
  - submit: workflow.yaml
claims:
  - id: ends
    eventually: { phase: Succeeded }
    within: 30s
";

const WORKFLOW: &str = r#"
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: { labels: { tier: "1" } }
spec:
  entrypoint: main
  arguments: { parameters: [{ name: count, value: "2" }] }
  templates:
    - name: main
      steps:
        - - name: one
            template: work
            withItems: [1, yes, { name: 2 }]
    - name: work
      container:
        image: argo-conformance/shell:1
        command: [sh, -c]
        args:
          - |
            echo hi
            cat /etc/passwd
        env: [{ name: A, value: "1" }]
    - name: other
      script:
        image: argo-conformance/shell:1
        command: [sh]
        source: echo hi
"#;

const CONFIG: &str = "
apiVersion: v1
kind: ConfigMap
metadata: { name: limits }
data: { limit: '1' }
";

/// The messages about the case with these files: one line for each error, with its hint.
fn said(workflow: &str, config: &str) -> String {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let files =
        [file("case.yaml", CASE), file("limits.yaml", config), file("workflow.yaml", workflow)];
    let input = CaseFiles { directory: Path::new("c"), id: "a/b", files: &files };
    let diagnostics = cases(&input).err().unwrap_or_default();
    let lines = diagnostics.iter().map(|d| d.to_string().replace("\n  hint: ", " / "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn good_objects_are_good() {
    assert_eq!(said(WORKFLOW, CONFIG), "");
}

#[rstest]
#[case::a_template_called_n(
    "name: work\n",
    "name: n\n",
    "c/workflow.yaml:14:13: invalid text: the `name` `n` is false to kubectl / Write it in quotes: `'n'`."
)]
#[case::a_template_called_y(
    "template: work",
    "template: Y",
    "c/workflow.yaml:12:23: invalid text: the `template` `Y` is true to kubectl / Write it in quotes: `'Y'`."
)]
#[case::a_boolean(
    "entrypoint: main",
    "entrypoint: true",
    "c/workflow.yaml:6:15: invalid text: the `entrypoint` `true` is true to kubectl / Write it in quotes: `'true'`."
)]
#[case::a_number(
    "name: one",
    "name: 1",
    "c/workflow.yaml:11:19: invalid text: the `name` `1` is a number to kubectl / Write it in quotes: `'1'`."
)]
#[case::a_number_with_a_mark(
    "name: one",
    "name: 1_000",
    "c/workflow.yaml:11:19: invalid text: the `name` `1_000` is a number to kubectl / Write it in quotes: `'1_000'`."
)]
#[case::the_value_of_a_parameter(
    r#"value: "2""#,
    "value: 2",
    "c/workflow.yaml:7:51: invalid text: the `value` `2` is a number to kubectl / Write it in quotes: `'2'`."
)]
#[case::the_value_of_a_variable(
    r#"name: A, value: "1""#,
    "name: A, value: off",
    "c/workflow.yaml:22:33: invalid text: the `value` `off` is false to kubectl / Write it in quotes: `'off'`."
)]
#[case::a_label(
    r#"tier: "1""#,
    "tier: 1",
    "c/workflow.yaml:4:29: invalid text: the `tier` `1` is a number to kubectl / Write it in quotes: `'1'`."
)]
#[case::the_name_of_a_label(
    r#"tier: "1""#,
    "on: x",
    "c/workflow.yaml:4:23: invalid field: `on` is true or false to kubectl, not text / Write it in quotes: `'on'`."
)]
#[case::an_argument(
    "command: [sh]",
    "command: [sh, 1]",
    "c/workflow.yaml:26:23: invalid text: the `command` `1` is a number to kubectl / Write it in quotes: `'1'`."
)]
#[case::another_image(
    "image: argo-conformance/shell:1\n        command: [sh]",
    "image: busybox\n        command: [date]",
    "c/workflow.yaml:25:16: no provider has the image `busybox` / there are: argo-conformance/shell:1, and argo-conformance/absent:1 for a pod that must wait"
)]
#[case::nearly_the_image(
    "image: argo-conformance/shell:1\n        command: [sh]",
    "image: argo-conformance/shell:2\n        command: [sh]",
    "c/workflow.yaml:25:16: no provider has the image `argo-conformance/shell:2` / did you mean `argo-conformance/shell:1`?"
)]
#[case::the_image_that_is_absent(
    "image: argo-conformance/shell:1\n        command: [sh]",
    "image: argo-conformance/absent:1\n        command: [date]",
    ""
)]
#[case::no_command(
    "        command: [sh]\n        source: echo hi\n",
    "",
    "c/workflow.yaml:25:16: the image `argo-conformance/shell:1` has no command of its own / write a `command`: `[sh, -c]`"
)]
#[case::another_program(
    "command: [sh]",
    "command: [python3]",
    "c/workflow.yaml:26:19: the image `argo-conformance/shell:1` has no program `python3` / it has: sh, cat, kill, ls, mkdir, rm, sleep, and the shell's own commands"
)]
#[case::in_arguments(
    "cat /etc/passwd",
    "echo x; grep root /etc/passwd",
    "c/workflow.yaml:21:21: the image `argo-conformance/shell:1` has no program `grep` / it has: sh, cat, kill, ls, mkdir, rm, sleep, and the shell's own commands"
)]
#[case::in_a_source(
    "source: echo hi",
    "source: echo hi && sleeep 3",
    "c/workflow.yaml:27:28: the image `argo-conformance/shell:1` has no program `sleeep` / did you mean `sleep`?"
)]
#[case::quoted("name: work\n", "name: 'n'\n", "")]
#[case::of_yaml_1_2_too("name: one", "name: yesterday", "")]
fn is_told(#[case] part: &str, #[case] instead: &str, #[case] expected: &str) {
    assert!(WORKFLOW.contains(part), "the part to replace is in the workflow");
    assert_eq!(said(&WORKFLOW.replacen(part, instead, 1), CONFIG), expected);
}

#[rstest]
#[case::data(
    "limit: '1'",
    "limit: 1",
    "c/limits.yaml:5:16: invalid text: the `limit` `1` is a number to kubectl / Write it in quotes: `'1'`."
)]
#[case::no_yaml("data: {", "data: [", "c/limits.yaml")]
fn other_files_are_read_too(#[case] part: &str, #[case] instead: &str, #[case] expected: &str) {
    let said = said(WORKFLOW, &CONFIG.replacen(part, instead, 1));
    assert!(said.starts_with(expected), "{said}");
}

#[test]
fn the_patch_of_a_variant_is_read_too() {
    let variants = "variants: [{ id: one, patch: { spec: { templates: [{ name: work, container: \
                    { image: busybox } }] } } }]\n";
    let files = [
        ("case.yaml".to_owned(), format!("{CASE}{variants}")),
        ("workflow.yaml".to_owned(), WORKFLOW.to_owned()),
    ];
    let input = CaseFiles { directory: Path::new("c"), id: "a/b", files: &files };
    let diagnostics = cases(&input).expect_err("an image that nobody has");
    let messages: Vec<&str> = diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(messages, ["no provider has the image `busybox`"]);
}
