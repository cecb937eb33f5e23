//! Forged statements, each refused by name, and what is no forgery.

use model::Provider;
use model::verdict::Verdict;
use report::LeftOut;
use rstest::rstest;
use serde_json::{Value, json};

use crate::run::{ARGO, CASES, Run, found_controller, on_existing, sha256};

#[test]
fn a_true_statement_holds() {
    let run = Run::new();
    assert!(run.certify().starts_with("PASSED: 2 verdicts, signed: "), "{}", run.certify());
    let said = run.verify(&[]);
    assert!(
        said.starts_with("the statement holds: PASSED, 2 verdicts on Argo 3.7.18, run r7f3 of "),
        "{said}"
    );
    assert!(said.ends_with("signed with the key\nexit 0"), "{said}");
}

#[test]
fn a_statement_says_what_the_histories_say_and_not_what_the_report_says() {
    let run = Run::new();
    let failing = run.history(CASES[0]);
    let text = std::fs::read_to_string(&failing).expect("a history");
    std::fs::write(&failing, failed(&text)).expect("write");
    let said = run.certify();
    assert!(said.starts_with("WARNED: 2 verdicts") && said.ends_with("exit 2"), "{said}");
    let said = run.verify(&[]);
    assert!(said.starts_with("the statement holds: WARNED"), "{said}");
}

/// The stated verdict of the first case.
fn first(statement: &mut Value) -> &mut Value {
    &mut statement["predicate"]["conformance"]["verdicts"][0]
}

/// Alters a history, and the statement so that the digest is right.
fn rewritten(run: &Run, alter: impl FnOnce(String) -> String) {
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    std::fs::write(&path, alter(text)).expect("write");
    let digest = sha256(&std::fs::read(&path).expect("a file"));
    run.forge(|s| first(s)["basis"]["history_sha256"] = json!(digest));
}

fn changed_verdict(run: &Run) {
    run.forge(|s| first(s)["verdict"] = json!("fail"));
}

fn changed_summary(run: &Run) {
    run.forge(|s| s["predicate"]["result"] = json!("WARNED"));
}

fn another_subject(run: &Run) {
    run.forge(|s| s["subject"][0]["digest"]["sha256"] = json!("34cd"));
}

fn dropped_case(run: &Run) {
    run.forge(|s| {
        s["predicate"]["conformance"]["verdicts"].as_array_mut().expect("a list").remove(0);
    });
}

fn dropped_everything(run: &Run) {
    run.report(|report| report.verdicts.clear());
    run.certify();
}

fn dropped_before_signing(run: &Run) {
    run.report(|report| report.verdicts.truncate(1));
    run.certify();
}

fn swapped_history(run: &Run) {
    std::fs::copy(run.history(CASES[1]), run.history(CASES[0])).expect("copy");
}

fn swapped_with_its_digest(run: &Run) {
    let other = std::fs::read_to_string(run.history(CASES[1])).expect("a history");
    rewritten(run, |_| other);
}

fn edited_event(run: &Run) {
    let path = run.history(CASES[0]);
    let text = std::fs::read_to_string(&path).expect("a history");
    std::fs::write(&path, text.replace("Succeeded", "Failed")).expect("write");
}

fn edited_with_its_digest(run: &Run) {
    rewritten(run, |text| failed(&text));
}

/// The history of a workflow whose objects failed.
fn failed(text: &str) -> String {
    let line = |line: &str| {
        let seen = line.contains(r#""observed""#);
        if seen { line.replace("Succeeded", "Failed") } else { line.to_owned() }
    };
    text.lines().map(|of| line(of) + "\n").collect()
}

fn removed_event(run: &Run) {
    rewritten(run, |text| {
        let lines = text.lines().enumerate().filter(|(number, _)| *number != 5);
        lines.map(|(_, line)| format!("{line}\n")).collect::<Vec<_>>().concat()
    });
}

fn of_another_run(run: &Run) {
    rewritten(run, |text| text.replacen("r7f3", "r7f4", 1));
}

fn of_another_version(run: &Run) {
    rewritten(run, |text| text.replacen(ARGO, "3.7.17", 3));
}

fn retried_until_green(run: &Run) {
    run.report(|report| report.verdicts.push(run.judged(CASES[0])));
    run.certify();
}

fn weaker_case(run: &Run) {
    let beside = run.history(CASES[0]).with_file_name("case").join("case.yaml");
    let text = std::fs::read_to_string(&beside).expect("a case");
    std::fs::write(&beside, text.replace("within: 30s", "within: 300s")).expect("write");
    run.certify();
}

fn path_that_leads_out(run: &Run) {
    run.forge(|s| first(s)["basis"]["history"] = json!("../run/history.jsonl"));
}

fn no_history(run: &Run) {
    run.forge(|s| first(s)["basis"] = Value::Null);
}

fn an_untested_version(run: &Run) {
    let reason = "it cannot be had".into();
    let untested = report::run::Untested { argo: "4.0.1".to_owned(), reason };
    run.report(|report| report.untested.push(untested));
    run.certify();
}

fn expired(run: &Run) {
    let long_ago = "2020-01-02T03:04:05Z".parse().expect("a time");
    run.report(|report| report.started = long_ago);
    run.certify();
}

fn of_the_future(run: &Run) {
    let later = "2120-01-02T03:04:05Z".parse().expect("a time");
    run.report(|report| report.started = later);
    run.certify();
}

fn another_format(run: &Run) {
    run.forge(|s| s["predicate"]["conformance"]["format"] = json!([2, 0]));
}

fn something_else(run: &Run) {
    run.forge(|s| s["predicateType"] = json!("https://slsa.dev/provenance/v1"));
}

/// Each by one who does not ask for a signature: without it too it is refused.
#[rstest]
#[case::changed_verdict(changed_verdict, "the verdict of the history is pass")]
#[case::changed_summary(changed_summary, "the summary of the statement differs from its verdicts")]
#[case::another_subject(another_subject, "the summary of the statement differs from its verdicts")]
#[case::dropped_case(
    dropped_case,
    "the statement has no verdict of artifact-gc/optional-artifact on Argo 3.7.18"
)]
#[case::dropped_everything(dropped_everything, "the statement has no verdict")]
#[case::dropped_before_signing(
    dropped_before_signing,
    "the statement has no verdict of exit-handler/manual-retry on Argo 3.7.18"
)]
#[case::swapped_history(swapped_history, "the history was altered")]
#[case::swapped_with_its_digest(
    swapped_with_its_digest,
    "the history is of case exit-handler/manual-retry"
)]
#[case::edited_event(edited_event, "the history was altered")]
#[case::edited_with_its_digest(edited_with_its_digest, "the verdict of the history is unknown")]
#[case::removed_event(removed_event, "the file was altered")]
#[case::of_another_run(of_another_run, "the history is of run r7f4")]
#[case::of_another_version(of_another_version, "the history is of Argo 3.7.17")]
#[case::retried_until_green(retried_until_green, "the statement has 2 verdicts of ")]
#[case::weaker_case(weaker_case, "another case of that name judged the history")]
#[case::path_that_leads_out(path_that_leads_out, "it is no path in the directory")]
#[case::no_history(no_history, "the case applies, and the history is missing")]
#[case::an_untested_version(an_untested_version, "Argo 4.0.1 was not tested: it cannot be had")]
#[case::expired(expired, "the statement has expired")]
#[case::of_the_future(of_the_future, "the statement starts in the future")]
#[case::another_format(
    another_format,
    "invalid format of the statement: 2.0; this program reads 1.x"
)]
#[case::something_else(
    something_else,
    "invalid type of the statement: https://slsa.dev/provenance/v1"
)]
fn a_forgery_is_refused_by_name(#[case] forge: fn(&Run), #[case] reason: &str) {
    let run = Run::new();
    run.certify();
    assert!(run.verify(&["--unsigned"]).ends_with("exit 0"), "true before it is forged");
    forge(&run);
    let said = run.verify(&["--unsigned"]);
    assert!(said.contains("refused: ") && said.contains(reason), "{said}");
    assert!(said.ends_with("exit 1"), "{said}");
}

fn unsigned(run: &Run) {
    run.run(&["certify", "run", "--output", "statement.json"]);
}

fn signed_by_another(run: &Run) {
    run.openssl(&["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]);
    run.certify();
}

fn altered_after_signing(run: &Run) {
    run.forge(|s| s["predicate"]["conformance"]["provider"] = json!("kind"));
}

fn signed_as_another_type(run: &Run) {
    let path = run.path("statement.json");
    let text = std::fs::read_to_string(&path).expect("a statement");
    std::fs::write(path, text.replace("vnd.in-toto+json", "json")).expect("write");
}

#[rstest]
#[case::unsigned(unsigned, "the statement is not signed, and a signature is required")]
#[case::signed_by_another(signed_by_another, "no signature of the statement matches the key")]
#[case::altered_after_signing(
    altered_after_signing,
    "no signature of the statement matches the key"
)]
#[case::signed_as_another_type(signed_as_another_type, "invalid payload type: `application/json`")]
fn a_statement_that_nobody_vouches_for_is_refused(#[case] forge: fn(&Run), #[case] reason: &str) {
    let run = Run::new();
    run.certify();
    assert!(run.verify(&[]).ends_with("exit 0"), "true before it is forged");
    forge(&run);
    let said = run.verify(&[]);
    assert!(said.contains("refused: ") && said.contains(reason), "{said}");
    assert!(said.ends_with("exit 1"), "{said}");
}

#[test]
fn a_statement_about_another_version_is_refused() {
    let run = Run::new();
    run.certify();
    let said = run.verify(&["--argo", "3.7.17"]);
    assert!(
        said.contains("refused: the statement does not contain Argo 3.7.17, but 3.7.18"),
        "{said}"
    );
}

#[test]
fn a_verdict_without_a_history_is_not_stated() {
    let run = Run::new();
    run.report(|report| report.verdicts[0].history = None);
    let said = run.certify();
    let name = "artifact-gc/optional-artifact on Argo 3.7.18";
    assert!(
        said.contains(&format!("{name}: the verdict is pass, and the history is missing")),
        "{said}"
    );
    assert!(!run.path("statement.json").exists());
}

#[test]
fn verdicts_that_were_not_judged_again_are_said() {
    let run = Run::new();
    run.certify();
    let said = run.verify(&["--case", CASES[0]]);
    assert!(said.contains("2 verdicts (1 of them not judged again, "), "{said}");
}

#[test]
fn a_key_that_cannot_be_read_says_nothing_of_the_statement() {
    let run = Run::new();
    run.certify();
    let said = run.run(&["verify", "statement.json", "run", "--cases", "cases", "--key", "none"]);
    assert!(
        said.contains("failed to read the public key none") && !said.contains("refused"),
        "{said}"
    );
    assert!(said.ends_with("exit 69"), "{said}");
}

#[test]
fn whether_a_signature_is_asked_for_must_be_said() {
    let run = Run::new();
    run.certify();
    let said = run.run(&["verify", "statement.json", "run", "--cases", "cases"]);
    assert!(said.contains("--key <FILE>") && said.ends_with("exit 64"), "{said}");
}

/// A case that runs everywhere, and one that needs a proxy before the store.
const WITH_STORE_TROUBLE: [&str; 2] = ["exit-handler/manual-retry", "store-trouble/reset-upload"];
/// A case that runs everywhere, and one that needs a listing of the bucket.
const WITH_LISTING: [&str; 2] = ["exit-handler/manual-retry", "artifact-gc/directory"];
/// Two cases that run everywhere.
const PLAIN: [&str; 2] = ["exit-handler/manual-retry", "suspend/default-output"];

/// The output of `verify` for a run with a provider on which the second case was not applicable.
fn without(cases: &'static [&'static str; 2], reason: LeftOut, provider: Provider) -> String {
    without_listing(cases, reason, provider, None)
}

/// As [`without`], of a run with this configured artifact repository.
fn without_listing(
    cases: &'static [&'static str; 2],
    reason: LeftOut,
    provider: Provider,
    repository: Option<&str>,
) -> String {
    let run = Run::of(cases);
    run.header(cases[0], |header| header["requests"] = json!(provider.records_requests()));
    std::fs::remove_dir_all(run.history(cases[1]).parent().expect("a directory")).expect("remove");
    run.note(&cases[..1]);
    if !provider.installs() {
        run.finds(found_controller());
    }
    run.report(|report| {
        report.provider = provider;
        if !provider.installs() {
            on_existing(report);
        }
        let left_out = &mut report.verdicts[1];
        left_out.verdict.verdict = Verdict::NotApplicable;
        left_out.verdict.reason = reason.words().into();
        left_out.history = None;
        let request = report.request.as_mut().expect("a request");
        request.artifact_repository = repository.map(str::to_owned);
    });
    run.certify();
    run.verify(&[])
}

#[test]
fn a_case_that_needs_a_native_cluster_is_left_out_on_others_only() {
    let said = without(&WITH_STORE_TROUBLE, LeftOut::Requests, Provider::Kind);
    assert!(
        said.contains("1 passed, 1 not applicable by provider kind; provider kind; "),
        "{said}"
    );
    let warned = "warned: store-trouble/reset-upload on Argo 3.7.18: not applicable: ";
    assert!(said.contains(warned) && said.ends_with("exit 2"), "{said}");
    let said = without(&WITH_STORE_TROUBLE, LeftOut::Requests, Provider::Native);
    assert!(said.contains("the case applies, and the history is missing"), "{said}");
}

/// The run of an existing cluster may lack a listing of a configured repository. Another run lists
/// its store.
#[test]
fn a_case_that_needs_a_listing_is_left_out_with_a_configured_repository_only() {
    let without = |cases, provider, repository| {
        without_listing(cases, LeftOut::Listing, provider, repository)
    };
    let said = without(&WITH_LISTING, Provider::Existing, Some("default"));
    let warned = "warned: artifact-gc/directory on Argo 3.7.18: not applicable: it needs a listing";
    assert!(said.contains(warned) && said.ends_with("exit 2"), "{said}");
    let applies = "the case applies, and the history is missing";
    let said = without(&WITH_LISTING, Provider::Existing, None);
    assert!(said.contains(applies), "{said}");
    let said = without(&WITH_LISTING, Provider::Native, None);
    assert!(said.contains(applies), "{said}");
    let said = without(&PLAIN, Provider::Existing, Some("default"));
    assert!(said.contains(applies), "{said}");
}

#[test]
fn a_provider_that_installs_argo_has_no_configured_repository() {
    let run = Run::new();
    run.report(|report| {
        let request = report.request.as_mut().expect("a request");
        request.artifact_repository = Some("default".to_owned());
    });
    run.certify();
    let said = run.verify(&[]);
    assert!(said.contains("the provider native has no configured repository default"), "{said}");
}
