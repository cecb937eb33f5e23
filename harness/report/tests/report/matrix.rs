use model::verdict::{Outcome, Verdict};
use report::measured::{read, write};
use report::run::Untested;
use report::{Measured, Style, matrix};

use crate::samples::{finding, verdict};

fn row(case: &str, argo: &str, verdict: Verdict, failed_claims: &[&str]) -> Measured {
    Measured {
        case: case.to_owned(),
        argo: argo.to_owned(),
        verdict,
        failed_claims: failed_claims.iter().map(|&id| id.to_owned()).collect(),
    }
}

fn rows() -> Vec<Measured> {
    let gc = "artifact-gc/failed-attempt";
    let retry = "retry/keeps-outputs@dag";
    vec![
        row(retry, "3.10.0", Verdict::Unknown, &[]),
        row(retry, "3.5.10", Verdict::Pass, &[]),
        row(retry, "main", Verdict::NotApplicable, &[]),
        row(gc, "3.5.9", Verdict::KnownIssue, &["finalizer-removed", "gone"]),
        row(gc, "3.5.10", Verdict::KnownIssue, &["finalizer-removed", "gone"]),
        row(gc, "3.10.0-rc1", Verdict::Fixed, &[]),
        row(gc, "3.10.0", Verdict::Fail, &["gone"]),
    ]
}

#[test]
fn versions_are_columns_in_their_order() {
    insta::assert_snapshot!(matrix::text(&rows(), &[], Style::Plain), @"
case                        3.5.9  3.5.10  3.10.0-rc1  3.10.0   main
artifact-gc/failed-attempt  known  known   fixed!      FAIL     -
retry/keeps-outputs@dag     -      pass    -           unknown  n/a

claims that failed:
  artifact-gc/failed-attempt  3.5.9, 3.5.10: finalizer-removed, gone
  artifact-gc/failed-attempt  3.10.0: gone
");
}

#[test]
fn the_same_in_markdown() {
    insta::assert_snapshot!(matrix::markdown(&rows(), &[]), @"
| case | 3.5.9 | 3.5.10 | 3.10.0-rc1 | 3.10.0 | main |
|---|---|---|---|---|---|
| `artifact-gc/failed-attempt` | known | known | **fixed!** | **FAIL** | - |
| `retry/keeps-outputs@dag` | - | pass | - | unknown | n/a |

Claims that failed:

| case | versions | claims |
|---|---|---|
| `artifact-gc/failed-attempt` | `3.5.9, 3.5.10` | `finalizer-removed`, `gone` |
| `artifact-gc/failed-attempt` | `3.10.0` | `gone` |
");
}

#[test]
fn an_untested_version_is_a_column() {
    let untested = [Untested { argo: "3.6.0".to_owned(), reason: "it does not build".into() }];
    insta::assert_snapshot!(matrix::text(&rows()[..2], &untested, Style::Plain), @"
case                     3.5.10  3.6.0     3.10.0
retry/keeps-outputs@dag  pass    untested  unknown

untested:
  3.6.0: it does not build
");
    insta::assert_snapshot!(matrix::markdown(&rows()[..2], &untested), @"
| case | 3.5.10 | 3.6.0 | 3.10.0 |
|---|---|---|---|
| `retry/keeps-outputs@dag` | pass | **untested** | unknown |
");
    insta::assert_snapshot!(matrix::text(&[], &untested, Style::Plain), @"
case  3.6.0

untested:
  3.6.0: it does not build
");
}

#[test]
fn several_runs_of_a_case_show_the_worst_and_how_often() {
    let rows = [
        row("a/b", "3.5.9", Verdict::Pass, &[]),
        row("a/b", "3.5.9", Verdict::Fail, &["x"]),
        row("a/b", "3.5.9", Verdict::Fail, &["x"]),
        row("a/c", "3.5.9", Verdict::Pass, &[]),
        row("a/c", "3.5.9", Verdict::Pass, &[]),
    ];
    insta::assert_snapshot!(matrix::text(&rows, &[], Style::Plain), @"
case  3.5.9
a/b   FAIL 2/3
a/c   pass

claims that failed:
  a/b  3.5.9: x
");
}

#[test]
fn nothing_measured_is_a_head_without_rows() {
    assert_eq!(matrix::text(&[], &[], Style::Plain), "case\n");
}

#[test]
fn the_file_is_sorted_and_reads_back() {
    let text = write(&rows());
    insta::assert_snapshot!(text, @r#"
[
  {"case":"artifact-gc/failed-attempt","argo":"3.5.9","verdict":"known-issue","failed_claims":["finalizer-removed","gone"]},
  {"case":"artifact-gc/failed-attempt","argo":"3.5.10","verdict":"known-issue","failed_claims":["finalizer-removed","gone"]},
  {"case":"artifact-gc/failed-attempt","argo":"3.10.0-rc1","verdict":"fixed","failed_claims":[]},
  {"case":"artifact-gc/failed-attempt","argo":"3.10.0","verdict":"fail","failed_claims":["gone"]},
  {"case":"retry/keeps-outputs@dag","argo":"3.5.10","verdict":"pass","failed_claims":[]},
  {"case":"retry/keeps-outputs@dag","argo":"3.10.0","verdict":"unknown","failed_claims":[]},
  {"case":"retry/keeps-outputs@dag","argo":"main","verdict":"not-applicable","failed_claims":[]}
]
"#);
    let read = read(&text).expect("it reads back");
    assert_eq!(write(&read), text);
    assert_eq!(read.len(), rows().len());
}

#[test]
fn an_empty_file_reads_back() {
    assert_eq!(read(&write(&[])).expect("a list"), []);
}

#[test]
fn a_file_with_another_field_is_refused() {
    let text = r#"[{"case":"a/b","argo":"3.5.9","verdict":"pass","failed":[]}]"#;
    let error = read(text).expect_err("`failed` is no field");
    assert!(error.to_string().contains("unknown field `failed`"), "{error}");
}

#[test]
fn a_row_is_made_of_a_verdict() {
    let mut failed = verdict(Verdict::Fail);
    failed.findings = vec![finding("one", Outcome::Pass, ""), finding("two", Outcome::Fail, "")];
    let expected = row("artifact-gc/failed-attempt", "3.5.10", Verdict::Fail, &["two"]);
    assert_eq!(Measured::from(&failed), expected);
}
