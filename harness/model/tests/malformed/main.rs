//! The errors that a case file can have, and their messages.

mod known_issues;

use std::path::Path;

use rstest::Context;

use model::CaseTrouble;
use model::parse::{CaseFiles, cases};

const WORKFLOW: &str = "
apiVersion: argoproj.io/v1alpha1
kind: Workflow
spec:
  entrypoint: main
  arguments: { parameters: [{ name: items, value: '2' }] }
  templates:
    - name: main
      steps:
        - - name: produce
            template: work
    - name: work
      container: { image: argo-conformance/shell:1, command: [sh] }
";

const GOOD: &str = "
title: A rule
why: https://example.com/1
level: core
component: argo
broken:
  - { lines: { '3.5': '<3.5.8', '3.6': all }, claims: [ends], shows: { phase: Error } }
steps:
  - submit: workflow.yaml
  - await: { phase: completed }
    as: done
    patience: 60s
claims:
  - id: ends
    eventually: { phase: Succeeded }
    within: 30s
    since: done
  - id: keeps
    never: { node: { name: produce, phase: Error } }
    within: 9s
";

/// The affected lines of the good case.
const LINES: &str = "lines: { '3.5': '<3.5.8', '3.6': all }";

/// The good case, whose workflow is submitted when another object is there.
fn prepared() -> String {
    let before = "  - apply: workflow.yaml\n  - await: { phase: Pending }\n    patience: 9s\n";
    GOOD.replacen("  - submit:", &format!("{before}  - submit:"), 1)
}

/// The messages about a case and its workflow, one a line.
fn said(case: &str, workflow: &str) -> String {
    let files = [
        ("case.yaml".to_owned(), case.to_owned()),
        ("workflow.yaml".to_owned(), workflow.to_owned()),
    ];
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    match cases(&input) {
        Ok(cases) => format!("no complaint: {} cases", cases.len()),
        Err(diagnostics) => {
            let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            lines.join("\n")
        }
    }
}

/// The malformed cases whose error no schema can see.
const UNSEEN: [&str; 31] = [
    "no_release_in_a_pair",
    "pairs_that_meet",
    "overlap_of_lines_and_pairs",
    "symptom_of_an_unknown_node",
    "unknown_part_of_a_path",
    "unknown_node_in_an_expression",
    "patch_without_a_number",
    "a_candidate_where_it_applies",
    "never_in_no_time",
    "longer_than_is_observed",
    "holds_longer_than_is_observed",
    "patch_with_a_large_number",
    "upper_bound_outside",
    "lower_bound_outside",
    "empty_range",
    "no_release_below_the_first",
    "overlap",
    "unknown_claim",
    "same_step_twice",
    "no_submit",
    "verb_before_submit",
    "submitted_twice",
    "restored_and_not_upgraded",
    "unknown_file",
    "unknown_node",
    "unknown_parameter",
    "unknown_window",
    "same_claim_twice",
    "duplicate_key",
    "not_yaml",
    "deep",
];

/// Whether an editor that has the schema finds something wrong.
fn is_seen(case: &str) -> bool {
    let validator = jsonschema::validator_for(&model::schema::case()).expect("it is a schema");
    let options = serde_saphyr::options! { strict_booleans: true };
    let value = serde_saphyr::from_str_with_options::<serde_json::Value>(case, options);
    value.is_ok_and(|value| !validator.is_valid(&value))
}

#[test]
fn the_good_case_is_good() {
    assert_eq!(said(GOOD, WORKFLOW), "no complaint: 1 cases");
    assert!(!is_seen(GOOD));
}

#[test]
fn something_can_be_there_before_the_workflow_and_claims_begin_with_it_all_the_same() {
    let files =
        [("case.yaml".to_owned(), prepared()), ("workflow.yaml".to_owned(), WORKFLOW.to_owned())];
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    let read = cases(&input).expect("a good case");
    let steps: Vec<&str> = read[0].plan.steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(steps, ["apply", "await", "submit", "done"]);
    let since: Vec<&str> = read[0].claims.claims.iter().map(|c| c.since.as_str()).collect();
    assert_eq!(since, ["done", "submit"]);
    assert_eq!(read[0].plan.expects, []);
}

#[rstest::rstest]
#[case::unknown_field("title: A rule", "titel: A rule")]
#[case::missing_fields("why: https://example.com/1\nlevel: core\n", "")]
#[case::no_link("https://example.com/1", "issue 1")]
#[case::empty_title("title: A rule", "title: ''")]
#[case::wrong_type("title: A rule", "title: [A, rule]")]
#[case::unknown_level("level: core", "level: cor")]
#[case::unknown_component("component: argo", "component: argoexecutor")]
#[case::unknown_trouble("component: argo", "component: argo\nexpects: [quotas]")]
#[case::no_troubles("component: argo", "component: argo\nexpects: []")]
#[case::no_lines("{ '3.5': '<3.5.8', '3.6': all }", "{}")]
#[case::lines_are_a_map("{ '3.5': '<3.5.8', '3.6': all }", "'<3.5.8'")]
#[case::the_old_range("lines: { '3.5': '<3.5.8', '3.6': all }", "versions: '>=3.5.0, <3.5.8'")]
#[case::line_with_a_patch("'3.5': '<3.5.8'", "'3.5.8': '<3.5.8'")]
#[case::line_that_is_none("'3.5': '<3.5.8'", "three: '<3.5.8'")]
#[case::upper_bound_outside("<3.5.8", "<3.6.0")]
#[case::lower_bound_outside("<3.5.8", ">=3.4.9 <3.5.8")]
#[case::empty_range("<3.5.8", ">=3.5.8 <3.5.8")]
#[case::no_release_below_the_first("<3.5.8", "<3.5.0")]
#[case::bounds_reversed("<3.5.8", "<3.5.8 >=3.5.0")]
#[case::nearly_all("'3.6': all", "'3.6': All")]
#[case::another_notation("<3.5.8", ">=3.5.0, <=3.5.7")]
#[case::one_release("<3.5.8", "3.5.7")]
#[case::a_candidate("<3.5.8", "<3.5.8-rc1")]
#[case::range_without_patch("'<3.5.8'", "'<3.5'")]
#[case::range_is_a_number("'<3.5.8'", "3.5")]
#[case::overlap(
    "claims: [ends], shows: { phase: Error } }\n",
    "claims: [ends], shows: { phase: Error } }\n  - { lines: { '3.5': '>=3.5.6', '3.6': all, '3.7': all }, claims: [ends], shows: { phase: Error } }\n"
)]
#[case::no_symptom("claims: [ends], shows: { phase: Error } }", "claims: [ends] }")]
#[case::symptom_that_is_no_fact("shows: { phase: Error }", "shows: Error")]
#[case::symptom_of_an_unknown_node(
    "shows: { phase: Error }",
    "shows: { node: { name: produc, phase: Error } }"
)]
#[case::predicted_is_a_mark(
    "claims: [ends], shows: { phase: Error } }",
    "claims: [ends], predicted: false, shows: { phase: Error } }"
)]
#[case::lines_and_pairs("'3.6': all },", "'3.6': all }, pairs: [{ from: all, to: all }],")]
#[case::no_pairs(LINES, "pairs: []")]
#[case::pair_of_one(LINES, "pairs: [{ from: '<=3.5.1' }]")]
#[case::pair_that_is_a_range(LINES, "pairs: ['<=3.5.1']")]
#[case::unknown_end_of_a_pair(LINES, "pairs: [{ form: '<=3.5.1', to: '>=3.5.3 <3.5.11' }]")]
#[case::nearly_all_of_a_pair(LINES, "pairs: [{ from: All, to: '>=3.5.3 <3.5.11' }]")]
#[case::another_notation_in_a_pair(LINES, "pairs: [{ from: '<=3.5.1', to: '>3.5.2, <3.5.11' }]")]
#[case::two_numbers_in_a_pair(LINES, "pairs: [{ from: '<3.5', to: '>=3.5.3' }]")]
#[case::a_candidate_in_a_pair(LINES, "pairs: [{ from: '<=3.5.1-rc1', to: '>=3.5.3' }]")]
#[case::a_number_in_a_pair(LINES, "pairs: [{ from: 3.5, to: '>=3.5.3' }]")]
#[case::no_release_in_a_pair(LINES, "pairs: [{ from: '<=3.5.1', to: '>=3.5.11 <3.5.3' }]")]
#[case::pairs_that_meet(
    LINES,
    "pairs: [{ from: '<=3.5.1', to: '>=3.5.3 <3.5.11' }, { from: '<3.4.9', to: '<=3.5.3' }]"
)]
#[case::overlap_of_lines_and_pairs(
    "claims: [ends], shows: { phase: Error } }\n",
    "claims: [ends], shows: { phase: Error } }\n  - { pairs: [{ from: all, to: '>=4.0.0' }], claims: [ends], shows: { phase: Error } }\n"
)]
#[case::bad_range("component: argo", "component: argo\napplies: { versions: three, reason: x }")]
#[case::unknown_claim("claims: [ends]", "claims: [end]")]
#[case::no_known_claims("claims: [ends]", "claims: []")]
#[case::unknown_step("- await:", "- wait:")]
#[case::no_patience("    patience: 60s\n", "")]
#[case::bad_duration("patience: 60s", "patience: 60")]
#[case::zero_duration("patience: 60s", "patience: 0s")]
#[case::two_verbs("    as: done", "    delete: {}\n    as: done")]
#[case::same_step_twice("    as: done", "    as: submit")]
#[case::no_submit("  - submit: workflow.yaml\n", "")]
#[case::verb_before_submit("  - submit:", "  - stop: {}\n  - submit:")]
#[case::submitted_twice("claims:\n", "  - submit: workflow.yaml\n    as: again\nclaims:\n")]
#[case::restored_and_not_upgraded("  - submit:", "  - restore:")]
#[case::unknown_file("workflow.yaml", "worklfow.yaml")]
#[case::unknown_phase("phase: Succeeded", "phase: Suceeded")]
#[case::unknown_fact("eventually: { phase:", "eventually: { phaze:")]
#[case::two_facts("{ phase: Succeeded }", "{ phase: Succeeded, objects: none }")]
#[case::empty_fact("{ phase: Succeeded }", "{}")]
#[case::unknown_parameter(
    "claims:\n",
    "  - retry: { parameters: [{ name: itens, value: '1' }] }\nclaims:\n"
)]
#[case::unknown_node("name: produce", "name: prodcue")]
#[case::unknown_part_of_a_path("name: produce", "name: root.prodcue")]
#[case::unknown_node_in_an_expression(
    "{ phase: Succeeded }",
    "{ cel: 'node(\"prodcue\").phase == \"x\"' }"
)]
#[case::unknown_window("since: done", "since: don")]
#[case::no_within("    within: 30s\n", "")]
#[case::while_with_eventually("    since: done", "    while: { objects: some }")]
#[case::same_claim_twice("id: keeps", "id: ends")]
#[case::bad_count("{ phase: Succeeded }", "{ objects: many }")]
#[case::negative_count("{ phase: Succeeded }", "{ objects: -1 }")]
#[case::no_count_at_all("{ phase: Succeeded }", "{ gc-pods-seen: { at-least: 0 } }")]
#[case::absurd_count("{ phase: Succeeded }", "{ attempts: { of: produce, at-most: 99999999 } }")]
#[case::absurd_number("{ phase: Succeeded }", "{ objects: 100001 }")]
#[case::claim_of_a_path("id: keeps", "id: ../keeps")]
#[case::claim_of_another_alphabet("id: keeps", "id: k\u{435}eps")]
#[case::claim_of_control_characters("id: keeps", r#"id: "ke\x1beps""#)]
#[case::claim_of_two_lines("id: keeps", r#"id: "ke\neps""#)]
#[case::step_of_a_path("as: done", "as: ../done")]
#[case::variant_of_a_path("claims:\n", "variants: [{ id: ../../etc }]\nclaims:\n")]
#[case::variant_of_look_alikes("claims:\n", "variants: [{ id: pod\u{2010}gc }]\nclaims:\n")]
#[case::variant_with_a_mark("claims:\n", "variants: [{ id: v~1 }]\nclaims:\n")]
#[case::variant_in_capitals("claims:\n", "variants: [{ id: Pod_GC }]\nclaims:\n")]
#[case::variant_too_long(
    "claims:\n",
    "variants: [{ id: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa }]\nclaims:\n"
)]
#[case::patch_is_a_number("claims:\n", "variants: [{ id: one, patch: 5 }]\nclaims:\n")]
#[case::patch_of_nothing("claims:\n", "variants: [{ id: one, patch: {} }]\nclaims:\n")]
#[case::patch_with_a_large_number(
    "claims:\n",
    "variants: [{ id: one, patch: { spec: { priority: 9223372036854775808 } } }]\nclaims:\n"
)]
#[case::patch_without_a_number(
    "claims:\n",
    "variants: [{ id: one, patch: { spec: { priority: .inf } } }]\nclaims:\n"
)]
#[case::a_candidate_where_it_applies(
    "component: argo",
    "component: argo\napplies: { versions: '>=3.5.8-rc2', reason: x }"
)]
#[case::never_without_an_end("    within: 9s\n", "")]
#[case::never_in_no_time("within: 9s", "within: 2s")]
#[case::longer_than_is_observed("within: 30s", "within: 121s")]
#[case::holds_longer_than_is_observed("within: 30s", "within: 100s\n    for: 21s")]
#[case::duplicate_key("level: core", "level: core\nlevel: core")]
#[case::not_yaml("level: core", "level: [core")]
#[case::yes_is_text("phase: Succeeded", "phase: yes")]
#[case::deep("title: A rule", "title: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
fn is_told(#[context] context: Context, #[case] part: &str, #[case] instead: &str) {
    assert!(GOOD.contains(part), "the part to replace is in the good case");
    let name = context.description.unwrap_or_default();
    let case = GOOD.replacen(part, instead, 1);
    assert_eq!(is_seen(&case), !UNSEEN.contains(&name), "by the schema");
    insta::assert_snapshot!(name, said(&case, WORKFLOW));
}

#[rstest::rstest]
#[case::claims("claims:", "claims: []\nother:")]
#[case::steps("steps:", "steps: []\nother:")]
fn an_empty_list_is_told(#[context] context: Context, #[case] part: &str, #[case] instead: &str) {
    let name = format!("empty_{}", context.description.unwrap_or_default());
    let case = GOOD.replacen(&format!("\n{part}"), &format!("\n{instead}"), 1);
    assert!(is_seen(&case), "by the schema");
    insta::assert_snapshot!(name, said(&case, WORKFLOW));
}

#[test]
fn everything_wrong_is_told_at_once() {
    let case = GOOD
        .replace("title:", "titel:")
        .replace("level: core", "level: cor")
        .replace("phase: Succeeded", "phase: Suceeded")
        .replace("name: produce", "name: prodcue");
    insta::assert_snapshot!("all_at_once", said(&case, WORKFLOW));
}

#[test]
fn a_variant_declares_in_place_of_its_case() {
    let variants = "variants: [{ id: one, broken: [{ lines: { '3.5': all }, claims: [ends], shows: { phase: Error } }] }]\n";
    let case = format!("{GOOD}{variants}");
    assert_eq!(said(&case, WORKFLOW), "no complaint: 1 cases");
    assert!(
        said(
            &case.replace(
                "all }, claims: [ends], shows: { phase: Error } }] }]",
                "<3.6.0 }, claims: [ends], shows: { phase: Error } }] }]"
            ),
            WORKFLOW
        )
        .contains("invalid range: 3.6.0 is no release of 3.5")
    );
}

/// Names that nodes can have.
#[rstest::rstest]
#[case::an_attempt("produce(0)")]
#[case::an_attempt_of_an_item("'produce(0:a.b)(1)'")]
#[case::a_path("root.produce")]
#[case::a_path_of_attempts("root(0).produce(1)")]
fn a_name_that_a_node_can_have_is_good(#[case] name: &str) {
    let case = GOOD.replacen("name: produce", &format!("name: {name}"), 1);
    assert_eq!(said(&case, WORKFLOW), "no complaint: 1 cases");
}

#[rstest::rstest]
#[case::the_shortest("within: 3s")]
#[case::before("within: 30s\n    before: { workflow: gone }")]
#[case::as_long_as_is_observed("within: 120s")]
fn a_window_with_an_end_is_good(#[case] end: &str) {
    let case = GOOD.replacen("within: 9s", &format!("since: done\n    {end}"), 1);
    assert_eq!(said(&case, WORKFLOW), "no complaint: 1 cases");
    assert!(!is_seen(&case));
}

#[test]
fn a_workflow_that_is_none_is_told() {
    insta::assert_snapshot!("not_a_workflow", said(GOOD, "kind: Pod\n"));
    insta::assert_snapshot!("workflow_not_yaml", said(GOOD, "kind: [Workflow\n"));
}

#[test]
fn no_case_file_is_told() {
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &[] };
    let diagnostics = cases(&input).expect_err("no case");
    assert_eq!(diagnostics[0].to_string(), "cases/a/b/case.yaml: there is no such file");
}

#[test]
fn a_case_says_what_trouble_it_brings_about() {
    let case = GOOD.replace("steps:", "expects: [quota, image-pull]\nsteps:");
    let files = [("case.yaml".to_owned(), case), ("workflow.yaml".to_owned(), WORKFLOW.to_owned())];
    let input = CaseFiles { directory: Path::new("cases/a/b"), id: "a/b", files: &files };
    let read = cases(&input).expect("a good case");
    assert_eq!(read[0].plan.expects, [CaseTrouble::Quota, CaseTrouble::ImagePull]);
}
