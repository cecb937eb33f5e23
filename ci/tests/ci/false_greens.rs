//! The fifteen ways in which other suites were seen to pass wrongly, each put back here and caught.
//!
//! Every test shows both: green without the fault, where that can be, and not green with it.

use std::fs;
use std::path::Path;

use judge::KnownIssues;
use model::history::{Header, StepOutcome, Versions};
use model::parse::{CaseFiles, cases};
use model::verdict::{CaseVerdict, Doubt, Finding, Outcome, Verdict};
use model::versions::DecidingVersions;
use model::{Case, Event, EventKind, History};
use mutate::{OPERATORS, repair};
use report::{Judged, Style, exit, exit_code};
use rstest::rstest;

use crate::cases::{CASE, repository, write};

fn checkout() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("ci is in the checkout")
}

fn case(id: &str) -> Case {
    let found = model::discover::cases(&checkout().join("cases"));
    found.cases.into_iter().find(|case| case.id == id).expect("there is such a case")
}

/// A history on which the case passes.
fn passing(case: &Case) -> History {
    let stem = case.id.split('@').next().unwrap_or(&case.id).replace('/', ".");
    let path = checkout().join(ci::mutate::HISTORIES).join(format!("{stem}.jsonl"));
    let history = History::parse(&fs::read_to_string(path).expect("it is kept"));
    let history = history.expect("it is one");
    let passes = verdict(case, &history).verdict == Verdict::Pass;
    let history = if passes { history } else { repair(&history).expect("it can be repaired") };
    assert_eq!(verdict(case, &history).verdict, Verdict::Pass, "green without the fault");
    history
}

/// All components of one version.
fn of_one(version: &str) -> DecidingVersions {
    DecidingVersions::all(&version.parse().expect("a version"))
}

fn verdict(case: &Case, history: &History) -> CaseVerdict {
    let versions = case.deciding(&history.header.argo).expect("versions");
    judge::verdict(case, &versions, judge::judge(&case.claims, history), KnownIssues::Fail)
}

fn mutant(history: &History, operator: &str) -> History {
    let mut operators = OPERATORS.iter().copied().flatten();
    let operator = operators.find(|o| o.name == operator).expect("there is such an operator");
    (operator.mutate)(history).expect("there is something to alter")
}

fn finding<'v>(verdict: &'v CaseVerdict, claim: &str) -> &'v Finding {
    verdict.findings.iter().find(|f| f.claim == claim).expect("there is such a claim")
}

fn judged(verdict: &CaseVerdict) -> Judged {
    Judged { verdict: verdict.clone(), started: None, elapsed_ms: 1, history: None }
}

fn parsed(case: &str) -> Result<Vec<Case>, Vec<String>> {
    let files = [("case.yaml".to_owned(), case.to_owned()), workflow()];
    let input = CaseFiles { directory: Path::new("area/one"), id: "area/one", files: &files };
    cases(&input).map_err(|all| all.iter().map(ToString::to_string).collect())
}

fn workflow() -> (String, String) {
    ("workflow.yaml".to_owned(), "kind: Workflow\n".to_owned())
}

#[test]
fn no_01_a_workflow_that_fails_is_no_excuse() {
    let case = case("artifact-gc/retried-attempt");
    let verdict = verdict(&case, &mutant(&passing(&case), "fails-instead"));
    assert_eq!(verdict.verdict, Verdict::Fail, "{verdict:#?}");
    assert_eq!(verdict.failed_claims(), ["succeeds"]);
}

#[rstest]
#[case::wrong_credentials("store-answers-403")]
#[case::broken("store-answers-500")]
#[case::away("store-silent")]
fn no_02_an_error_of_the_store_is_no_absence(#[case] fault: &str) {
    let case = case("artifact-gc/inline-template");
    let verdict = verdict(&case, &mutant(&passing(&case), fault));
    assert_eq!(finding(&verdict, "collected").outcome.name(), "unknown", "{verdict:#?}");
    assert_eq!(verdict.verdict, Verdict::Unknown);
}

#[test]
fn no_03_a_finalizer_that_we_remove_was_stuck() {
    let case = case("artifact-gc/retried-attempt");
    let history = passing(&case);
    let mut stuck = mutant(&history, "gc-fails");
    let cleaned = history.events.iter().rev().find(|e| matches!(e.kind, EventKind::Observed(_)));
    let (n, at) = stuck.events.last().map_or((0, 0), |e| (e.n, e.at));
    let before = verdict(&case, &stuck);
    stuck.events.push(Event { n: n + 1, at, kind: cleaned.expect("it was seen").kind.clone() });
    let after = verdict(&case, &stuck);
    assert_eq!(finding(&after, "finalizer-removed").outcome, Outcome::Fail, "{after:#?}");
    assert_eq!(after, before, "what is done after the end changes nothing");
}

#[test]
fn no_04_nothing_is_skipped_for_being_flaky() {
    let file = |text: &str| ci::tree::File {
        path: "harness/x/src/lib.rs".to_owned(),
        text: Some(text.to_owned()),
    };
    let said = |text: &str| ci::tidy::tidy_with(&[file(text)], &[]).len();
    assert_eq!(said("//! A.\n\n#[test]\nfn a() {}\n"), 0);
    assert_eq!(said("//! A.\n\n#[test]\n#[ignore = \"flaky\"]\nfn a() {}\n"), 1);
    assert!(parsed(&CASE.replacen("level:", "skip: true\nlevel:", 1)).is_err());
}

#[test]
fn no_05_a_retry_that_does_nothing_is_noticed() {
    let case = case("exit-handler/manual-retry-fails-again");
    let verdict = verdict(&case, &mutant(&passing(&case), "verb-without-effect"));
    for finding in &verdict.findings {
        assert_eq!(finding.outcome.doubt(), Some(Doubt::StepChangedNothing), "{finding:#?}");
    }
    assert_eq!(verdict.verdict, Verdict::Unknown);
}

#[rstest]
#[case::a_key_in_the_wrong_case("eventually:", "Eventually:", "did you mean `eventually`?")]
#[case::claims_twice("\nclaims:", "\nclaims: []\nclaims:", "duplicate")]
fn no_06_nothing_in_a_file_is_ignored(
    #[case] part: &str,
    #[case] instead: &str,
    #[case] said: &str,
) {
    assert!(parsed(CASE).is_ok());
    let errors = parsed(&CASE.replacen(part, instead, 1)).expect_err("it is wrong");
    assert!(errors.join("\n").contains(said), "{errors:#?}");
}

#[test]
fn no_07_a_case_without_claims_is_none() {
    let (head, _) = CASE.split_once("claims:\n").expect("it has claims");
    let head = head.replace("claims: [completes]", "claims: [x]");
    assert!(parsed(&head).is_err());
    assert!(parsed(&format!("{head}claims: []\n")).is_err());
    let mut empty = parsed(CASE).expect("it is good").remove(0);
    empty.claims.claims.clear();
    empty.broken.clear();
    let nothing = judge::verdict(&empty, &of_one("3.7.0"), vec![], KnownIssues::Fail);
    assert_eq!((nothing.verdict, nothing.reason.raw()), (Verdict::Unknown, "nothing was claimed"));
}

#[test]
fn no_08_trouble_of_the_harness_is_in_every_report() {
    let case = case("artifact-gc/optional-artifact");
    let mut findings = judge::judge(&case.claims, &passing(&case));
    for finding in &mut findings {
        finding.outcome = Outcome::Unknown(Doubt::Harness);
    }
    let verdict = judge::verdict(&case, &of_one("3.5.12"), findings, KnownIssues::Fail);
    let json = report::json(&judged(&verdict));
    assert!(json.contains(r#""verdict":"unknown""#) && json.contains(r#""doubt":"harness""#));
    assert!(report::line(&judged(&verdict), Style::Plain).contains("unknown"));
    assert_eq!(exit_code(&[verdict]), exit::UNKNOWN);
}

#[test]
fn no_09_a_step_that_was_refused_is_not_green() {
    let case = case("artifact-gc/optional-artifact");
    let mut history = passing(&case);
    let refused = StepOutcome::Refused("workflows.argoproj.io is forbidden".to_owned());
    for event in &mut history.events {
        if let EventKind::StepEnded { step, outcome } = &mut event.kind
            && step == "delete"
        {
            *outcome = refused.clone();
        }
    }
    let verdict = verdict(&case, &history);
    assert_eq!(finding(&verdict, "deletion-returns").outcome.name(), "unknown");
    assert_eq!(verdict.verdict, Verdict::Unknown);
    assert_eq!(exit_code(&[verdict]), exit::UNKNOWN);
}

#[test]
fn no_10_a_run_of_nothing_has_an_exit_code_of_its_own() {
    let case = case("artifact-gc/optional-artifact");
    assert_eq!(exit_code(&[verdict(&case, &passing(&case))]), exit::PASS);
    assert_eq!(exit_code(&[]), exit::NOTHING_RAN);
    assert_ne!(exit::NOTHING_RAN, exit::PASS);
}

#[test]
fn no_11_a_bad_file_is_not_left_out() {
    let root = repository(CASE, None);
    write(root.path(), "cases/area/two/case.yaml", "title: [\n");
    let found = model::discover::cases(&root.path().join("cases"));
    assert_eq!((found.cases.len(), found.diagnostics.len()), (1, 1));
    let problems = ci::cases::check(root.path());
    assert!(problems[0].file.ends_with("two/case.yaml"), "{problems:?}");
}

#[rstest]
#[case(Verdict::Pass, "pass", exit::PASS)]
#[case(Verdict::Fail, "FAIL", exit::FAIL)]
#[case(Verdict::Unknown, "unknown", exit::UNKNOWN)]
#[case(Verdict::Fixed, "fixed", exit::FAIL)]
fn no_12_every_report_says_the_verdict_where_readers_look(
    #[case] which: Verdict,
    #[case] word: &str,
    #[case] code: u8,
) {
    let case = case("artifact-gc/optional-artifact");
    let mut verdict = verdict(&case, &passing(&case));
    verdict.verdict = which;
    let (name, judged) = (which.name(), judged(&verdict));
    assert!(report::json(&judged).contains(&format!(r#""verdict":"{name}""#)));
    assert!(report::line(&judged, Style::Plain).starts_with(word), "{which:?}");
    let rows = [report::Measured::from(&verdict)];
    assert!(report::matrix::text(&rows, &[], Style::Plain).contains(word), "{which:?}");
    assert_eq!(exit_code(&[verdict]), code);
}

#[test]
fn no_13_a_claim_that_was_not_judged_is_missed() {
    let case = case("artifact-gc/optional-artifact");
    let mut findings = judge::judge(&case.claims, &passing(&case));
    findings.pop();
    let verdict = judge::verdict(&case, &of_one("3.5.12"), findings, KnownIssues::Fail);
    assert_eq!(verdict.verdict, Verdict::Unknown);
    assert_eq!(verdict.reason, "claim deletion-returns was not judged");
}

/// The history whose writer was killed 10 s after the retry.
fn killed(history: &History) -> History {
    let retried = |event: &&Event| {
        let EventKind::StepEnded { step, .. } = &event.kind else { return false };
        step == "retry"
    };
    let end = history.events.iter().find(retried).map_or(0, |event| event.at + 10_000);
    let told = history.events.iter().filter(|event| event.at < end);
    History { events: told.cloned().collect(), torn: true, ..history.clone() }
}

#[rstest]
#[case::killed(killed)]
#[case::at_once(|history: &History| mutant(history, "breaks-off-at-once"))]
#[case::before_the_first_event(|history: &History| mutant(history, "empty"))]
fn no_14_a_run_that_ends_too_soon_is_not_complete(#[case] ends: fn(&History) -> History) {
    let case = case("exit-handler/manual-retry");
    let verdict = verdict(&case, &ends(&passing(&case)));
    assert_eq!(verdict.verdict, Verdict::Unknown, "{verdict:#?}");
    assert_eq!(finding(&verdict, "root-kept").outcome.doubt(), Some(Doubt::HistoryTooShort));
}

#[test]
fn no_15_the_version_is_that_of_what_ran() {
    let case = case("artifact-gc/optional-artifact");
    let mut history = passing(&case);
    let versions = Versions::of_name("3.7.18+executor.3.5.10.cli.3.6.0");
    history.header = Header { argo: versions, ..history.header };
    let verdict = verdict(&case, &history);
    assert_eq!(verdict.argo, "3.5.10", "the component decides: {}", case.component.name());
    assert!(verdict.reason.contains("declared to fail"), "and its known issues: {verdict:#?}");
}
