use model::verdict::{Doubt, Outcome, Verdict};
use report::{Style, line};
use rstest::rstest;

use crate::samples::{finding, judged, note, verdict};

#[test]
fn a_pass_is_one_line() {
    insta::assert_snapshot!(line(&judged(verdict(Verdict::Pass)), Style::Plain), @"pass     3.5.10    artifact-gc/failed-attempt  43.2s");
}

#[test]
fn a_failure_says_what_was_claimed_and_how_to_see_it_again() {
    let mut failed = verdict(Verdict::Fail);
    failed.findings = vec![
        finding("succeeds", Outcome::Pass, "the workflow's phase is Succeeded"),
        finding("finalizer-removed", Outcome::Fail, "it had the finalizer for 30s"),
        finding("collected", Outcome::NotReached, "step delete was refused"),
    ];
    failed.reason = "claim finalizer-removed failed: it had the finalizer for 30s".into();
    insta::assert_snapshot!(line(&judged(failed), Style::Plain), @"
FAIL     3.5.10    artifact-gc/failed-attempt  43.2s
    finalizer-removed FAILED at 42.0s
      claimed  within 30s of step delete: the workflow does what finalizer-removed says
      reason   it had the finalizer for 30s
      events   41, 57
    reproduce  argo-conformance run --argo 3.5.10 --case artifact-gc/failed-attempt
    history    out/r1/artifact-gc/failed-attempt/history.jsonl
");
}

#[test]
fn a_failure_that_the_findings_do_not_explain_says_its_reason() {
    let mut failed = verdict(Verdict::Fail);
    failed.findings = vec![
        finding("finalizer-removed", Outcome::Fail, "it had the finalizer"),
        finding("collected", Outcome::Pass, "no objects lie there"),
    ];
    failed.reason = "claim finalizer-removed failed: it had the finalizer; so did others".into();
    insta::assert_snapshot!(line(&judged(failed), Style::Plain), @"
FAIL     3.5.10    artifact-gc/failed-attempt  43.2s
    claim finalizer-removed failed: it had the finalizer; so did others
    finalizer-removed FAILED at 42.0s
      claimed  within 30s of step delete: the workflow does what finalizer-removed says
      reason   it had the finalizer
      events   41, 57
    reproduce  argo-conformance run --argo 3.5.10 --case artifact-gc/failed-attempt
    history    out/r1/artifact-gc/failed-attempt/history.jsonl
");
}

#[test]
fn a_known_bug_that_counts_as_a_failure() {
    let mut failed = verdict(Verdict::Fail);
    failed.findings = vec![finding("finalizer-removed", Outcome::Fail, "it had the finalizer")];
    failed.known_issue = Some(note(Some("3.5.11")));
    failed.reason = "known issue, fixed in 3.5.11: \
        https://github.com/argoproj/argo-workflows/issues/13161"
        .into();
    insta::assert_snapshot!(line(&judged(failed), Style::Plain), @"
FAIL     3.5.10    artifact-gc/failed-attempt  43.2s  known issue, fixed in 3.5.11: https://github.com/argoproj/argo-workflows/issues/13161
    finalizer-removed FAILED at 42.0s
      claimed  within 30s of step delete: the workflow does what finalizer-removed says
      reason   it had the finalizer
      events   41, 57
    reproduce  argo-conformance run --argo 3.5.10 --case artifact-gc/failed-attempt
    history    out/r1/artifact-gc/failed-attempt/history.jsonl
");
}

#[test]
fn unknown_says_what_is_missing() {
    let mut unknown = verdict(Verdict::Unknown);
    unknown.findings = vec![
        finding("succeeds", Outcome::Unknown(Doubt::Gap), "the watch of workflows has a gap"),
        finding("collected", Outcome::NotReached, "step delete was refused"),
    ];
    unknown.reason = "claim succeeds is unknown: the watch of workflows has a gap".into();
    insta::assert_snapshot!(line(&judged(unknown), Style::Plain), @"
unknown  3.5.10    artifact-gc/failed-attempt  43.2s
    succeeds unknown at 42.0s
      claimed  within 30s of step delete: the workflow does what succeeds says
      reason   the watch of workflows has a gap
      events   41, 57
    collected not reached at 42.0s
      claimed  within 30s of step delete: the workflow does what collected says
      reason   step delete was refused
      events   41, 57
    reproduce  argo-conformance run --argo 3.5.10 --case artifact-gc/failed-attempt
    history    out/r1/artifact-gc/failed-attempt/history.jsonl
");
}

#[test]
fn unknown_without_findings_says_its_reason() {
    let mut unknown = verdict(Verdict::Unknown);
    unknown.reason = "nothing was claimed".into();
    insta::assert_snapshot!(line(&judged(unknown), Style::Plain), @"
unknown  3.5.10    artifact-gc/failed-attempt  43.2s
    nothing was claimed
    reproduce  argo-conformance run --argo 3.5.10 --case artifact-gc/failed-attempt
    history    out/r1/artifact-gc/failed-attempt/history.jsonl
");
}

#[test]
fn fixed_shows_the_claims_that_were_declared_to_fail() {
    let mut fixed = verdict(Verdict::Fixed);
    fixed.findings = vec![
        finding("succeeds", Outcome::Pass, "the workflow's phase is Succeeded"),
        finding("finalizer-removed", Outcome::Pass, "it lacked the finalizer"),
    ];
    fixed.known_issue = Some(note(Some("3.5.11")));
    fixed.reason =
        "claim finalizer-removed is declared to fail in 3.5 (>=3.5.6 <3.5.11) and passes: \
        correct the declaration"
            .into();
    insta::assert_snapshot!(line(&judged(fixed), Style::Plain), @"
fixed!   3.5.10    artifact-gc/failed-attempt  43.2s
    claim finalizer-removed is declared to fail in 3.5 (>=3.5.6 <3.5.11) and passes: correct the declaration
    finalizer-removed holds at 42.0s
      claimed  within 30s of step delete: the workflow does what finalizer-removed says
      reason   it lacked the finalizer
      events   41, 57
    reproduce  argo-conformance run --argo 3.5.10 --case artifact-gc/failed-attempt
    history    out/r1/artifact-gc/failed-attempt/history.jsonl
");
}

#[rstest]
#[case::fixed(Some("3.5.11"), "known issue, fixed in 3.5.11: https://github.com/")]
#[case::open(None, "known issue, open in 3.5, fixed in 3.7.2: https://github.com/")]
fn an_expected_failure_is_one_line(#[case] fixed_in: Option<&str>, #[case] words: &str) {
    let mut known = verdict(Verdict::KnownIssue);
    known.findings = vec![finding("finalizer-removed", Outcome::Fail, "it had the finalizer")];
    known.known_issue = Some(note(fixed_in));
    let text = line(&judged(known), Style::Plain);
    assert!(text.starts_with("known    3.5.10    artifact-gc/failed-attempt  43.2s  "), "{text}");
    assert!(text.contains(words), "{text}");
    assert_eq!(text.lines().count(), 1);
}

#[test]
fn not_applicable_says_why_and_no_time() {
    let mut absent = judged(verdict(Verdict::NotApplicable));
    absent.verdict.reason = "there is no artifact GC before 3.4.0".into();
    absent.history = None;
    insta::assert_snapshot!(line(&absent, Style::Plain), @"n/a      3.5.10    artifact-gc/failed-attempt  there is no artifact GC before 3.4.0");
}

#[rstest]
#[case(Verdict::Pass)]
#[case(Verdict::Fail)]
#[case(Verdict::Unknown)]
#[case(Verdict::KnownIssue)]
#[case(Verdict::Fixed)]
#[case(Verdict::NotApplicable)]
fn colours_change_nothing_but_colours(#[case] kind: Verdict) {
    let mut verdict = verdict(kind);
    verdict.findings = vec![finding("finalizer-removed", Outcome::Fail, "it had the finalizer")];
    verdict.known_issue = Some(note(None));
    let judged = judged(verdict);
    let (plain, colour) = (line(&judged, Style::Plain), line(&judged, Style::Colour));
    assert!(!plain.contains('\u{1b}'));
    assert!(colour.contains("\u{1b}["));
    assert_eq!(without_codes(&colour), plain);
}

#[test]
fn what_others_wrote_cannot_move_the_cursor() {
    let mut failed = verdict(Verdict::Fail);
    failed.findings = vec![finding("succeeds", Outcome::Fail, "a\u{1b}[2Jb\r\nc\u{9b}d")];
    let text = line(&judged(failed), Style::Plain);
    assert!(text.contains("reason   a\\u{1b}[2Jb\\r c\\u{9b}d\n"), "{text}");
}

fn without_codes(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or("", |(_, rest)| rest))
}

/// A reader has the checkout in another place.
#[rstest::rstest]
#[case::a_release("3.5.10", "--argo 3.5.10")]
#[case::components("3.5.12+cli.3.5.10", "--argo 3.5.12+cli.3.5.10")]
#[case::a_checkout("3.5.13+tree.1b4f", "--argo PATH/TO/CHECKOUT=3.5.13")]
#[case::settings("3.5.10+settings.defaults", "--argo 3.5.10+settings.defaults")]
#[case::a_checkout_with_settings(
    "3.5.13+tree.1b4f.settings.defaults",
    "--argo PATH/TO/CHECKOUT=3.5.13 --profile defaults"
)]
#[case::a_commit(
    "4.1.3+git.0b4f12345678.cli.3.5.13.tree.1b4f",
    "--argo git:PATH/TO/REPOSITORY@0b4f12345678=4.1.3 --cli PATH/TO/CHECKOUT=3.5.13"
)]
#[case::beside_a_release(
    "3.5.12+executor.3.5.5.cli.3.5.13.tree.1b4f",
    "--argo 3.5.12 --executor 3.5.5 --cli PATH/TO/CHECKOUT=3.5.13"
)]
fn how_to_see_it_again(#[case] argo: &str, #[case] arguments: &str) {
    let mut failed = verdict(Verdict::Fail);
    argo.clone_into(&mut failed.argo);
    let text = line(&judged(failed), Style::Plain);
    let command = format!("argo-conformance run {arguments} --case artifact-gc/failed-attempt\n");
    assert!(text.contains(&command), "{text}");
}

/// The judge writes `reason` with seconds that are rounded down. Both times of a line agree.
#[rstest]
#[case::down(42_049, "42.0s")]
#[case::not_up(42_099, "42.0s")]
#[case::next(42_100, "42.1s")]
fn the_time_of_a_claim_is_rounded_as_the_judge_does(#[case] at: u64, #[case] shown: &str) {
    let mut failed = verdict(Verdict::Fail);
    failed.findings = vec![finding("done", Outcome::Fail, "it was not")];
    failed.findings[0].decided_at = Some(at);
    let text = line(&judged(failed), Style::Plain);
    assert!(text.contains(&format!("done FAILED at {shown}\n")), "{text}");
}
