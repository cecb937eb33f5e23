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
  - { lines: { '3.5': '<3.5.8' }, claims: [completes] }
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

#[test]
fn a_case_that_can_be_read() {
    assert_eq!(said(repository(CASE, None).path()), [""; 0]);
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
fn declarations_and_measurements(
    #[case] argo: &str,
    #[case] verdict: &str,
    #[case] failed: &str,
    #[case] expected: Option<&str>,
) {
    let row = format!(
        r#"[{{"case":"area/one","argo":"{argo}","verdict":"{verdict}","failed_claims":{failed}}}]"#
    );
    let found = said(repository(CASE, Some(&row)).path());
    assert_eq!(found.len(), usize::from(expected.is_some()), "{found:?}");
    assert!(found.iter().all(|line| line.starts_with(DISAGREES)), "{found:?}");
}

#[rstest]
#[case::another_case(
    r#"[{"case":"area/two","argo":"3.5.1","verdict":"pass","failed_claims":[]}]"#,
    "ci/measured.json: error: there is no case `area/two`"
)]
#[case::no_json("[\n{", "ci/measured.json:2: error: is no measurement")]
fn a_measurement_of_something_else(#[case] measured: &str, #[case] expected: &str) {
    let found = said(repository(CASE, Some(measured)).path());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with(expected), "{found:?}");
}
