//! The report of conformance: its text, its schema, and the round trip through YAML.

use std::collections::BTreeMap;

use jsonschema::validator_for;
use model::profile::Profile;
use model::stance::KnownIssues;
use model::verdict::{Outcome, Verdict};
use report::conformance::{Implementation, conformance};
use report::{Build, Evidence, RunRequest, Shard};
use rstest::rstest;
use serde_json::{Value, json};

use crate::samples::{self, HOSTILE, finding, note};

fn implementation() -> Implementation {
    let text = str::to_owned;
    Implementation {
        organization: text("Example"),
        project: text("Example Workflows"),
        url: text("https://example.org"),
        // YAML reads a plain `3.10` as a number and a plain `on` as a truth.
        version: text("3.10"),
        contact: vec![text("on")],
    }
}

fn yaml(evidence: &Evidence) -> String {
    conformance(evidence, &implementation(), "0.1.0").expect("it can be written")
}

/// The report as a program reads it.
fn read(evidence: &Evidence) -> Value {
    serde_saphyr::from_str(&yaml(evidence)).expect("YAML")
}

fn request(ids: &[&str]) -> RunRequest {
    RunRequest {
        program: Build { version: "0.1.0".to_owned(), ..Build::default() },
        argo: vec!["3.5.10".to_owned()],
        sources: BTreeMap::new(),
        profiles: vec![Profile::Fast],
        known_issues: KnownIssues::Expect,
        cases: ids.iter().map(|id| ((*id).to_owned(), "12ab".to_owned())).collect(),
        shard: None,
        challenge: None,
        pods: model::PodSettings::default(),
        artifact_repository: None,
    }
}

#[test]
fn a_run_as_a_statement_of_conformance() {
    insta::assert_snapshot!(yaml(&samples::evidence()));
}

fn hostile() -> Evidence {
    let mut evidence = samples::hostile();
    evidence.run.argo[0].settings.insert(HOSTILE.to_owned(), HOSTILE.into());
    "3.5.10".clone_into(&mut evidence.run.verdicts[0].verdict.argo);
    evidence
}

#[rstest]
#[case::a_run(samples::evidence())]
#[case::of_nothing(samples::empty())]
#[case::hostile(hostile())]
fn every_statement_is_what_its_schema_says(#[case] evidence: Evidence) {
    let schema = include_str!("../../schemas/conformance-1.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let validator = validator_for(&schema).expect("it is a schema");
    let read = read(&evidence);
    let errors: Vec<String> = validator.iter_errors(&read).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{read:#}: {errors:?}");
    let mut altered = read;
    altered["implementation"]["mood"] = json!("fine");
    assert!(!validator.is_valid(&altered), "what it does not know is wrong");
}

#[test]
fn no_text_is_taken_for_something_else() {
    let read = read(&hostile());
    assert_eq!(read["implementation"]["version"], "3.10");
    assert_eq!(read["implementation"]["contact"], json!(["on"]));
    assert_eq!(read["run"]["id"], HOSTILE);
    let installation = &read["installations"][0];
    assert_eq!(installation["settings"]["values"][HOSTILE], HOSTILE);
    assert_eq!(installation["kubernetes"]["version"], HOSTILE);
    let failed = &installation["levels"][0]["failed"][0];
    assert_eq!(failed["claims"], json!([format!("never-orphaned{HOSTILE}")]));
}

/// The level and the counts of a run of one case with this verdict.
fn level(verdict: Verdict, failed: bool, known: bool) -> Value {
    let mut evidence = samples::evidence();
    evidence.run.verdicts.truncate(1);
    let judged = &mut evidence.run.verdicts[0].verdict;
    judged.verdict = verdict;
    judged.known_issue = known.then(|| note(None));
    let outcome = if failed { Outcome::Fail } else { Outcome::Pass };
    judged.findings = vec![finding("never-orphaned", outcome, "it was")];
    read(&evidence)["installations"][0]["levels"][0].clone()
}

/// A known issue counts as one under both stances. A claim that failed stays failed.
#[rstest]
#[case::passed(Verdict::Pass, false, false, "passed", "success")]
#[case::failed(Verdict::Fail, true, false, "failed", "failure")]
#[case::known(Verdict::Fail, true, true, "knownIssues", "failure")]
#[case::expected(Verdict::KnownIssue, true, true, "knownIssues", "failure")]
#[case::fixed(Verdict::Fixed, false, true, "passed", "success")]
#[case::half_fixed(Verdict::Fixed, true, true, "failed", "failure")]
#[case::unknown(Verdict::Unknown, false, false, "unknown", "unknown")]
#[case::failed_and_unknown(Verdict::Unknown, true, false, "failed", "failure")]
#[case::without_meaning(Verdict::NotApplicable, false, false, "notApplicable", "not-applicable")]
fn a_verdict_counts_once(
    #[case] verdict: Verdict,
    #[case] failed: bool,
    #[case] known: bool,
    #[case] counted: &str,
    #[case] result: &str,
) {
    let level = level(verdict, failed, known);
    let statistics = level["statistics"].as_object().expect("counts");
    for (name, count) in statistics {
        assert_eq!(count, usize::from(name == counted), "{name}: {level:#}");
    }
    assert_eq!(level["result"], result);
}

/// The run broke off or ran one shard.
#[test]
fn what_has_no_verdict_is_unknown() {
    let mut evidence = samples::evidence();
    evidence.run.verdicts.retain(|judged| judged.verdict.verdict == Verdict::Pass);
    "3.5.10".clone_into(&mut evidence.run.verdicts[0].verdict.argo);
    let cases = ["artifact-gc/failed-attempt", "retry/keeps@dag"];
    let shard = Some(Shard { number: 1, of: 2, cases: vec![cases[0].to_owned()] });
    evidence.run.request = Some(RunRequest { shard, ..request(&cases) });
    let read = read(&evidence);
    assert_eq!(read["run"]["shard"], "1/2");
    let run = "argo-conformance run --argo 3.5.10 \
               --case artifact-gc/failed-attempt --case retry/keeps@dag --shard 1/2";
    assert_eq!(read["reproduce"][0], run, "the reader has other cases too");
    let levels = &read["installations"][0]["levels"];
    assert_eq!((&levels[0]["name"], &levels[0]["result"]), (&json!("core"), &json!("success")));
    let reason = "it has no verdict in this run";
    let unknown = json!([{ "case": "retry/keeps@dag", "reason": reason }]);
    assert_eq!((&levels[1]["name"], &levels[1]["unknown"]), (&json!("extended"), &unknown));
    assert_eq!(levels[1]["result"], "unknown");
}

/// A reader names a checkout, so each installation has a command of its own.
#[test]
fn how_to_see_again_what_is_no_module() {
    let mut evidence = samples::evidence();
    let version = "3.5.13+tree.1b4f".to_owned();
    let mut request = request(&["artifact-gc/failed-attempt"]);
    request.argo =
        ["3.5.10", "3.7.18", "3.7.18+settings.defaults", &version].map(str::to_owned).into();
    request.sources = BTreeMap::from([
        (version, "checkouts/argo=3.5.13".to_owned()),
        ("3.7.18".to_owned(), "release:3.7.18".to_owned()),
    ]);
    evidence.run.request = Some(request);
    let read = read(&evidence);
    let rest = "--case artifact-gc/failed-attempt";
    let reproduce = json!([
        format!("argo-conformance run --argo 3.5.10 {rest}"),
        format!("argo-conformance run --argo release:3.7.18 {rest}"),
        format!("argo-conformance run --argo release:3.7.18 --profile defaults {rest}"),
        format!("argo-conformance run --argo PATH/TO/CHECKOUT=3.5.13 {rest}"),
        "argo-conformance judge RUN-DIRECTORY"
    ]);
    assert_eq!(read["reproduce"], reproduce);
}

/// The worst attempt of a case counts.
#[test]
fn a_later_try_does_not_make_good_an_earlier_one() {
    let mut evidence = samples::evidence();
    evidence.run.verdicts.truncate(1);
    let mut again = evidence.run.verdicts[0].clone();
    again.verdict.verdict = Verdict::Pass;
    again.verdict.findings = vec![finding("never-orphaned", Outcome::Pass, "it was")];
    evidence.run.verdicts.push(again);
    let level = read(&evidence)["installations"][0]["levels"][0].clone();
    assert_eq!(
        (&level["statistics"]["failed"], &level["statistics"]["passed"]),
        (&json!(1), &json!(0))
    );
}
