use std::fs;
use std::path::Path;

use ci::cases::check;
use rstest::rstest;
use tempfile::TempDir;

pub(crate) const CASE: &str = "\
title: A workflow completes
why: https://example.org/1
level: core
component: workflow-controller
broken:
  - { lines: { '3.5': '<3.5.8' }, claims: [completes], shows: { phase: Running } }
steps:
  - submit: workflow.yaml
claims:
  - { id: completes, eventually: { phase: completed }, within: 30s }
  - { id: gone, eventually: { workflow: gone }, within: 30s }
";

/// A repository with this case, and with this measured if given.
pub(crate) fn repository(case: &str, measured: Option<&str>) -> TempDir {
    let root = tempfile::tempdir().expect("a directory");
    write(root.path(), "cases/area/one/case.yaml", case);
    write(root.path(), "cases/area/one/workflow.yaml", "kind: Workflow\n");
    if let Some(measured) = measured {
        write(root.path(), "ci/measured.json", measured);
    }
    root
}

pub(crate) fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a directory")).expect("it can be made");
    fs::write(path, text).expect("it can be written");
}

fn said(root: &Path) -> Vec<String> {
    check(root).iter().map(ToString::to_string).collect()
}

/// A row that measures the known issue.
const ROW: &str =
    r#"{"case":"area/one","argo":"3.5.0","verdict":"known-issue","failed_claims":["completes"]}"#;

#[test]
fn a_case_that_can_be_read() {
    assert_eq!(said(repository(CASE, Some(&format!("[{ROW}]"))).path()), [""; 0]);
}

#[test]
fn a_case_that_cannot_be_read() {
    let case = CASE.replace("level: core", "levle: core");
    let found = said(repository(&case, None).path());
    assert!(found[0].starts_with("cases/area/one/case.yaml:1: error: "), "{found:?}");
    assert!(found.iter().any(|line| line.contains("did you mean `level`?")), "{found:?}");
}

#[test]
fn no_case_is_no_pass() {
    let root = tempfile::tempdir().expect("a directory");
    write(root.path(), "cases/README.md", "");
    let said = said(root.path());
    assert!(said[0].starts_with("cases: error: there is no case"), "{said:?}");
}

const DISAGREES: &str = "cases/area/one/case.yaml: error: `area/one` on ";

#[rstest]
#[case::declared("3.5.1", "known-issue", r#"["completes"]"#, None)]
#[case::declared_as_a_bug("3.5.1", "fail", r#"["completes"]"#, None)]
#[case::nothing_declared("3.5.8", "pass", "[]", None)]
#[case::declared_and_passes("3.5.1", "fixed", "[]", Some(DISAGREES))]
#[case::declared_and_more("3.5.1", "fail", r#"["completes", "gone"]"#, Some(DISAGREES))]
#[case::not_declared("3.5.8", "fail", r#"["completes"]"#, Some(DISAGREES))]
#[case::release_candidate("3.5.8-rc1", "pass", "[]", None)]
#[case::says_nothing("3.5.1", "unknown", "[]", None)]
#[case::does_not_apply("3.5.1", "not-applicable", "[]", None)]
#[case::no_release("main", "pass", "[]", None)]
#[case::a_commit("3.5.1+git.79bd7e1a9c52", "known-issue", r#"["completes"]"#, None)]
#[case::a_commit_with_the_fix(
    "3.5.8+git.79bd7e1a9c52",
    "known-issue",
    r#"["completes"]"#,
    Some(DISAGREES)
)]
#[case::a_line_that_is_not_named("3.6.0", "fail", r#"["completes"]"#, Some(DISAGREES))]
fn declarations_and_measurements(
    #[case] argo: &str,
    #[case] verdict: &str,
    #[case] failed: &str,
    #[case] expected: Option<&str>,
) {
    let row = format!(
        r#"[{ROW},{{"case":"area/one","argo":"{argo}","verdict":"{verdict}","failed_claims":{failed}}}]"#
    );
    let found = said(repository(CASE, Some(&row)).path());
    assert_eq!(found.len(), usize::from(expected.is_some()), "{found:?}");
    assert!(found.iter().all(|line| line.starts_with(DISAGREES)), "{found:?}");
}

#[rstest]
#[case::another_case(
    r#"[{"case":"area/two","argo":"3.5.1","verdict":"pass","failed_claims":[]},
        {"case":"area/one","argo":"3.5.0","verdict":"fail","failed_claims":["completes"]}]"#,
    "ci/measured.json: error: there is no case `area/two`"
)]
#[case::no_json("[\n{", "ci/measured.json:2: error: is no measurement")]
fn a_measurement_of_something_else(#[case] measured: &str, #[case] expected: &str) {
    let found = said(repository(CASE, Some(measured)).path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(expected), "{found:?}");
}

/// The issue on all of 3.5 and 3.6, measured on these versions.
fn entry(mark: &str, rows: &[(&str, &str)]) -> Vec<String> {
    let case = CASE.replace("'3.5': '<3.5.8' }", "'3.5': '<3.5.8', '3.6': '>=3.6.2' }");
    measured(&case, mark, rows)
}

/// A claim with a rate fails in some runs, and no other claim does.
#[rstest]
#[case::it_fails(r#"["completes"]"#, true)]
#[case::it_passes("[]", true)]
#[case::another_one_fails(r#"["gone"]"#, false)]
fn rates_and_measurements(#[case] failed: &str, #[case] agrees: bool) {
    let shows = "shows: { phase: Running }";
    let case = CASE.replace(shows, &format!("{shows}, rate: 2 of 3 runs"));
    let row = format!(
        r#"{{"case":"area/one","argo":"3.5.1","verdict":"pass","failed_claims":{failed}}}"#
    );
    let found = said(repository(&case, Some(&format!("[{row}]"))).path());
    assert_eq!(found.is_empty(), agrees, "{found:?}");
}

/// The problems of a case with this mark and these measurements.
fn measured(case: &str, mark: &str, rows: &[(&str, &str)]) -> Vec<String> {
    let shows = "shows: { phase: Running }";
    let case = case.replace(shows, &format!("{shows}{mark}"));
    let rows = rows.iter().map(|(argo, verdict)| {
        let failed = if *verdict == "known-issue" { r#"["completes"]"# } else { "[]" };
        format!(r#"{{"case":"area/one","argo":"{argo}","verdict":"{verdict}","failed_claims":{failed}}}"#)
    });
    let rows = rows.collect::<Vec<_>>().join(",");
    said(repository(&case, Some(&format!("[{rows}]"))).path())
}

const PREDICTED: &str = ", predicted: true";
const KNOWN: &str = "known-issue";

#[rstest]
#[case::nothing_measured(PREDICTED, &[])]
#[case::one_line_is_left(PREDICTED, &[("3.5.1", KNOWN)])]
#[case::only_releases_without_it(PREDICTED, &[("3.5.1", KNOWN), ("3.6.1", "pass")])]
#[case::not_applicable_measures_nothing(PREDICTED, &[("3.5.1", KNOWN), ("3.6.2", "not-applicable")])]
#[case::one_line_is_measured("", &[("3.6.2+git.79bd7e1a9c52", KNOWN)])]
fn predictions_that_agree_with_the_measurements(#[case] mark: &str, #[case] rows: &[(&str, &str)]) {
    assert_eq!(entry(mark, rows), [""; 0]);
}

#[rstest]
#[case::all_lines_are_measured(PREDICTED, &[("3.5.1", KNOWN), ("3.6.2+git.79bd7e1a9c52", KNOWN)], "remove `predicted`")]
#[case::nothing_measured("", &[], "add `predicted: true`")]
#[case::only_releases_without_it("", &[("3.5.8", "pass"), ("3.6.1", "pass")], "add `predicted: true`")]
#[case::unknown_measures_nothing("", &[("3.5.1", "unknown")], "add `predicted: true`")]
fn predictions_that_do_not(
    #[case] mark: &str,
    #[case] rows: &[(&str, &str)],
    #[case] remedy: &str,
) {
    let found = entry(mark, rows);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("cases/area/one/case.yaml: error: `area/one`: "), "{found:?}");
    assert!(found[0].contains(remedy), "{found:?}");
}

/// The issue on two pairs, measured on these installations.
#[rstest]
#[case::a_pair_is_measured("", &[("3.5.8+executor.3.4.17", KNOWN)], "")]
#[case::one_pair_is_left(PREDICTED, &[("3.5.8+executor.3.4.17", KNOWN)], "")]
#[case::nothing_measured(PREDICTED, &[("3.5.8", "pass"), ("3.4.17", "pass")], "")]
#[case::both_pairs_are_measured(
    PREDICTED,
    &[("3.5.8+executor.3.4.17", KNOWN), ("4.0.5+executor.3.4.17.cli.3.5.8", KNOWN)],
    "remove `predicted`"
)]
#[case::only_without_it("", &[("3.5.11+executor.3.4.17", "pass")], "add `predicted: true`")]
#[case::the_program_is_no_executor("", &[("3.5.8+cli.3.4.17", "pass")], "add `predicted: true`")]
#[case::declared_and_passes(
    "",
    &[("3.5.8+executor.3.4.17", "fixed"), ("4.0.5+executor.3.4.17", KNOWN)],
    "declared to fail: completes"
)]
#[case::not_declared(
    "",
    &[("3.5.8+executor.3.4.17", KNOWN), ("3.5.8+executor.3.5.2", KNOWN)],
    "declared to fail: nothing"
)]
fn pairs_and_measurements(#[case] mark: &str, #[case] rows: &[(&str, &str)], #[case] said: &str) {
    let pairs =
        "pairs: [{ from: '<=3.5.1', to: '>=3.5.3 <3.5.11' }, { from: '<=3.5.1', to: '>=4.0.0' }]";
    let case = CASE.replace("lines: { '3.5': '<3.5.8' }", pairs);
    assert!(case.contains(pairs), "{case}");
    let found = measured(&case, mark, rows);
    assert_eq!(found.len(), usize::from(!said.is_empty()), "{found:?}");
    assert!(found.iter().all(|line| line.contains(said)), "{found:?}");
}
