use std::path::Path;

use jsonschema::validator_for;
use model::Case;
use model::history::Versions;
use model::verdict::Verdict;
use report::exposure::{Exposure, json, text};
use report::{Measured, Style};
use serde_json::Value;

use crate::samples::case;

/// The cases of the project with its measured table.
fn project() -> (Vec<Case>, Vec<Measured>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let rows = std::fs::read_to_string(root.join("ci/measured.json")).expect("the table");
    let cases = model::discover::cases(&root.join("cases")).cases;
    (cases, report::measured::read(&rows).expect("a table"))
}

const CASE: &str = "\
title: A workflow completes
why: https://example.org/1
level: core
component: workflow-controller
applies: { versions: '>=3.5.3', reason: before 3.5.3 there is no such thing }
broken:
  - { lines: { '3.5': '<3.5.8', '3.7': '>=3.7.1' }, claims: [completes], shows: { phase: Running } }
  - { lines: { '3.7': '>=3.7.1' }, claims: [gone], issue: https://example.org/2, shows: { phase: Running } }
  - { lines: { '3.6': all, '4.0': '<4.0.9' }, claims: [completes], predicted: true, shows: { phase: Running } }
steps:
  - submit: workflow.yaml
claims:
  - { id: completes, eventually: { phase: completed }, within: 30s }
  - { id: gone, eventually: { workflow: gone }, within: 30s }
";

fn row(argo: &str, verdict: Verdict, failed: &[&str]) -> Measured {
    let failed_claims = failed.iter().map(|claim| (*claim).to_owned()).collect();
    Measured { case: "area/one".to_owned(), argo: argo.to_owned(), verdict, failed_claims }
}

/// The document about the one case, with this table.
fn about(version: &str, upgrade: Option<&str>, measured: &[Measured]) -> Value {
    let upgrade = upgrade.map(Versions::of_name);
    let cases = case("area/one", CASE);
    let exposure = Exposure::of(&cases, measured, &Versions::of_name(version), upgrade.as_ref());
    serde_json::from_str(&json(&exposure)).expect("JSON")
}

/// Claims and basis of each issue.
fn shown(issues: &Value) -> Vec<String> {
    let issues = issues.as_array().expect("a list").iter();
    issues.map(|issue| format!("{} {}", issue["claims"], issue["basis"])).collect()
}

#[test]
fn from_the_measured_table_of_the_project() {
    let (cases, measured) = project();
    let (from, to) = (Versions::of_name("3.5.10"), Versions::of_name("3.7.18"));
    let exposure = Exposure::of(&cases, &measured, &from, Some(&to));
    insta::assert_snapshot!("known_3.5.10_upgrade_3.7.18_text", text(&exposure, Style::Plain));
    insta::assert_snapshot!("known_3.5.10_upgrade_3.7.18_json", json(&exposure));
}

#[test]
fn a_version_that_was_not_measured_has_what_is_declared_and_predicted() {
    let rows = [row("3.5.5", Verdict::KnownIssue, &["completes"])];
    let measured = about("3.5.5", None, &rows);
    assert_eq!(measured["column"], "3.5.5");
    assert_eq!(shown(&measured["issues"]), [r#"["completes"] "measured""#]);
    let declared = about("3.5.6", None, &rows);
    assert_eq!(declared["column"], Value::Null);
    assert_eq!(shown(&declared["issues"]), [r#"["completes"] "declared""#]);
    let predicted = about("3.6.19", None, &rows);
    assert_eq!(shown(&predicted["issues"]), [r#"["completes"] "predicted""#]);
    let lines = r#"{"3.5":{"fixed_in":"3.5.8","predicted":false},"3.6":{"fixed_in":null,"predicted":true},"3.7":{"fixed_in":null,"predicted":false},"4.0":{"fixed_in":"4.0.9","predicted":true}}"#;
    assert_eq!(measured["issues"][0]["lines"].to_string(), lines);
    assert_eq!(shown(&about("3.5.8", None, &rows)["issues"]), [""; 0]);
    assert_eq!(shown(&about("3.5.2", None, &rows)["issues"]), [""; 0], "it does not apply");
}

#[test]
fn the_measured_table_decides_before_the_declaration() {
    let rows = [row("3.5.5", Verdict::Pass, &[]), row("3.5.6", Verdict::Unknown, &[])];
    assert_eq!(shown(&about("3.5.5", None, &rows)["issues"]), [""; 0]);
    let unknown = about("3.5.6", None, &rows);
    assert_eq!(unknown["column"], "3.5.6", "the version is in the table");
    assert_eq!(unknown["issues"][0]["basis"], "declared", "the row says nothing");
    let undeclared = [row("3.6.5", Verdict::Fail, &["completes", "gone"])];
    let issues = &about("3.6.5", None, &undeclared)["issues"];
    assert_eq!(issues[0]["claims"].to_string(), r#"["completes"]"#);
    assert_eq!(issues[1]["claims"].to_string(), r#"["gone"]"#, "no entry declares it for 3.6");
    assert_eq!(issues[1]["issue"], "https://example.org/1", "the reason of the case");
}

#[test]
fn a_commit_stands_for_its_release() {
    let commit = "3.5.6+git.79bd7e1a9c52";
    let rows = [row(commit, Verdict::Pass, &[])];
    for version in ["3.5.6", commit] {
        let document = about(version, None, &rows);
        assert_eq!(document["column"], commit);
        assert_eq!(shown(&document["issues"]), [""; 0]);
    }
    for other in ["3.5.7", "3.5.6+git.000000000000"] {
        assert_eq!(about(other, None, &rows)["column"], Value::Null);
    }
    let own = row("3.5.6", Verdict::KnownIssue, &["completes"]);
    let both = [rows[0].clone(), own];
    assert_eq!(about("3.5.6", None, &both)["column"], "3.5.6", "its own comes first");
}

#[test]
fn an_upgrade_fixes_keeps_and_introduces_claims() {
    let claims = |document: &Value, part: &str| {
        let issues = document["upgrade"][part].as_array().expect("a list").iter();
        issues.map(|issue| issue["claims"].to_string()).collect::<Vec<_>>().join(" ")
    };
    let parts = |from: &str, to: &str| {
        let document = about(from, Some(to), &[]);
        ["fixes", "keeps", "introduces"].map(|part| claims(&document, part))
    };
    let (completes, gone) = (r#"["completes"]"#, r#"["gone"]"#);
    assert_eq!(parts("3.5.7", "3.5.8"), [completes, "", ""]);
    assert_eq!(parts("3.5.7", "3.7.1"), ["", completes, gone]);
    assert_eq!(parts("3.7.1", "4.0.5"), [gone, completes, ""]);
    assert_eq!(parts("3.5.8", "3.5.9"), ["", "", ""]);
}

#[test]
fn text_marks_what_no_run_has_measured() {
    let cases = case("area/one", CASE);
    let (from, to) = (Versions::of_name("3.6.19"), Versions::of_name("3.7.1"));
    let exposure = Exposure::of(&cases, &[], &from, Some(&to));
    insta::assert_snapshot!(text(&exposure, Style::Plain), @r"
    Argo 3.6.19 (declared, not measured)
    1 known issue

    area
      A workflow completes (predicted)
        case   area/one
        fails  completes
        issue  https://example.org/1
        fixed  3.5: 3.5.8, 3.6: open (predicted), 3.7: open, 4.0: 4.0.9 (predicted)

    Upgrade to 3.7.1 (declared, not measured)
    fixes 0 known issues
    keeps 1 known issue
      area/one: completes
    introduces 1 known issue

    area
      A workflow completes
        case   area/one
        fails  gone
        issue  https://example.org/2
        fixed  3.7: open
    ");
}

const SKEW: &str = "\
title: A workflow completes
why: https://example.org/1
level: core
component: workflow-controller
broken:
  - { pairs: [{ from: '<=3.5.1', to: '>=3.5.3 <3.5.11' }], claims: [completes], shows: { phase: Running } }
steps:
  - submit: workflow.yaml
claims:
  - { id: completes, eventually: { phase: completed }, within: 30s }
";

#[test]
fn a_known_issue_of_a_pair_shows_on_the_pair_and_during_the_upgrade() {
    let about = |version: &str, upgrade: Option<&str>, measured: &[Measured]| -> Value {
        let (version, upgrade) = (Versions::of_name(version), upgrade.map(Versions::of_name));
        let exposure = Exposure::of(&case("area/one", SKEW), measured, &version, upgrade.as_ref());
        serde_json::from_str(&json(&exposure)).expect("JSON")
    };
    for one_release in ["3.4.17", "3.5.8"] {
        assert_eq!(shown(&about(one_release, None, &[])["issues"]), [""; 0]);
    }
    let pair = "3.5.8+executor.3.4.17";
    let document = about(pair, None, &[]);
    assert_eq!(document["version"], pair);
    assert_eq!(shown(&document["issues"]), [r#"["completes"] "declared""#]);
    let issue = &document["issues"][0];
    assert_eq!(issue["pairs"].to_string(), r#"[{"from":"<=3.5.1","to":">=3.5.3 <3.5.11"}]"#);
    assert_eq!(issue["lines"].to_string(), "{}");
    let during = |from, to, measured: &[Measured]| {
        let document = about(from, Some(to), measured);
        assert_eq!(shown(&document["upgrade"]["introduces"]), [""; 0]);
        shown(&document["upgrade"]["during"])
    };
    assert_eq!(during("3.4.17", "3.5.8", &[]), [r#"["completes"] "declared""#]);
    let row = row(pair, Verdict::KnownIssue, &["completes"]);
    assert_eq!(during("3.4.17", "3.5.8", &[row]), [r#"["completes"] "measured""#]);
    assert_eq!(during("3.4.17", "3.5.11", &[]), [""; 0]);
    assert_eq!(during("3.5.2", "3.5.8", &[]), [""; 0]);
}

/// The row of a pair that a run upgraded counts, and the row of version skew does not.
#[test]
fn a_case_about_upgrades_shows_during_the_upgrade_alone() {
    let upgrades =
        SKEW.replace("  - submit: workflow.yaml", "  - submit: workflow.yaml\n  - upgrade: {}");
    let during = |measured: &[Measured]| {
        let (from, to) = (Versions::all("3.4.17"), Versions::all("3.5.8"));
        let exposure = Exposure::of(&case("area/one", &upgrades), measured, &from, Some(&to));
        let document: Value = serde_json::from_str(&json(&exposure)).expect("JSON");
        assert_eq!(shown(&document["issues"]), [""; 0]);
        shown(&document["upgrade"]["during"])
    };
    assert_eq!(during(&[]), [r#"["completes"] "declared""#]);
    let known = |name| row(name, Verdict::KnownIssue, &["completes"]);
    assert_eq!(during(&[known("3.4.17+to.3.5.8")]), [r#"["completes"] "measured""#]);
    assert_eq!(during(&[known("3.5.8+executor.3.4.17")]), [r#"["completes"] "declared""#]);
    assert_eq!(during(&[row("3.4.17+to.3.5.8", Verdict::Pass, &[])]), [""; 0]);
}

#[test]
fn text_names_the_pair() {
    let cases = case("area/one", SKEW);
    let (from, to) = (Versions::of_name("3.4.17"), Versions::of_name("3.5.8"));
    let exposure = Exposure::of(&cases, &[], &from, Some(&to));
    insta::assert_snapshot!(text(&exposure, Style::Plain));
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/known-1.json")).expect("JSON")
}

#[test]
fn the_document_is_what_its_schema_says() {
    let validator = validator_for(&schema()).expect("it is a schema");
    let (cases, measured) = project();
    let versions = ["3.4.17", "3.5.10", "3.6.19", "3.7.18", "4.0.5", "4.2.0"];
    let versions = versions.map(Versions::of_name);
    for (index, version) in versions.iter().enumerate() {
        let exposure = Exposure::of(&cases, &measured, version, versions.get(index + 1));
        let document: Value = serde_json::from_str(&json(&exposure)).expect("JSON");
        let errors = validator.iter_errors(&document);
        let errors: Vec<String> = errors.map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", version.name());
        assert_ne!(document["issues"].as_array().map(Vec::len), Some(0), "{}", version.name());
    }
}

#[test]
fn what_is_no_exposure_is_not_what_the_schema_says() {
    let validator = validator_for(&schema()).expect("it is a schema");
    let good = about("3.5.7", Some("3.7.1"), &[]);
    assert!(validator.is_valid(&good));
    for (pointer, wrong) in [
        ("/issues/0/basis", serde_json::json!("guessed")),
        ("/issues/0/claims", serde_json::json!([])),
        (
            "/issues/0/lines",
            serde_json::json!({ "3.5.8": { "fixed_in": null, "predicted": true } }),
        ),
        ("/upgrade/introduces", serde_json::json!(null)),
        ("/column", serde_json::json!(true)),
    ] {
        let mut document = good.clone();
        *document.pointer_mut(pointer).expect(pointer) = wrong;
        assert!(!validator.is_valid(&document), "{pointer}");
    }
}
