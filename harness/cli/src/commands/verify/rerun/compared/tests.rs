use rstest::rstest;

use super::*;
use crate::commands::verify::rerun::testing::{argo, cases, report, statement};

const SAME: Option<&str> = Some("sha256:1");
const DONE: &[&str] = &["done"];
const NONE: &[&str] = &[];
const BOTH: &str = "the statement says fail (done), and the rerun says";

/// The outcome of one verdict of a statement, by a rerun.
fn compared(stated: Verdict, here: &RunReport) -> Outcome {
    let stated = statement(&[("a/one", "3.7.18", stated)]);
    let choice = Choice::of(&stated, &cases(&["a/one"]), &[], 1, 7).expect("a choice");
    let [one] = <[Compared; 1]>::try_from(with(&choice, &stated, here)).expect("one verdict");
    assert_eq!(one.name, "a/one on Argo 3.7.18");
    one.outcome
}

#[rstest]
#[case::both_pass(Verdict::Pass, Verdict::Pass, NONE, None)]
#[case::both_fail(Verdict::Fail, Verdict::Fail, DONE, None)]
#[case::both_known(Verdict::KnownIssue, Verdict::KnownIssue, DONE, None)]
#[case::both_fixed(Verdict::Fixed, Verdict::Fixed, NONE, None)]
#[case::fails_here(
    Verdict::Pass,
    Verdict::Fail,
    DONE,
    Some("the statement says pass, and the rerun says fail (done): so it is")
)]
#[case::known_here(
    Verdict::Pass,
    Verdict::KnownIssue,
    DONE,
    Some("the statement says pass, and the rerun says known-issue (done): so it is")
)]
#[case::passes_here(
    Verdict::Fail,
    Verdict::Pass,
    NONE,
    Some("the statement says fail (done), and the rerun says pass: so it is")
)]
#[case::another_claim(Verdict::Fail, Verdict::Fail, &["kept"], Some("the statement says fail (done), and the rerun says fail (kept): so it is"))]
#[case::one_claim_more(Verdict::Fail, Verdict::Fail, &["kept", "done"], Some("the statement says fail (done), and the rerun says fail (done, kept): so it is"))]
fn decided_here(
    #[case] stated: Verdict,
    #[case] here: Verdict,
    #[case] failed: &[&str],
    #[case] differs: Option<&str>,
) {
    let report = report(&[argo("3.7.18", SAME, "1s")], &[("a/one", "3.7.18", here, failed)]);
    let expected = differs.map_or(Outcome::Agrees, |said| Outcome::Differs(said.to_owned()));
    assert_eq!(compared(stated, &report), expected);
}

#[rstest]
#[case::unknown(Verdict::Unknown, NONE, SAME, "1s", " unknown: so it is")]
#[case::not_applicable(Verdict::NotApplicable, NONE, SAME, "1s", " not-applicable: so it is")]
#[case::other_settings(
    Verdict::Fail,
    DONE,
    SAME,
    "9s",
    " fail (done), of another installation: the installation has other settings"
)]
#[case::other_image(
    Verdict::Fail,
    DONE,
    Some("sha256:2"),
    "1s",
    " fail (done), of another installation: workflow-controller is sha256:2 here, and sha256:1 there"
)]
fn neither_refused_nor_confirmed(
    #[case] here: Verdict,
    #[case] failed: &[&str],
    #[case] digest: Option<&str>,
    #[case] setting: &str,
    #[case] expected: &str,
) {
    let report = report(&[argo("3.7.18", digest, setting)], &[("a/one", "3.7.18", here, failed)]);
    assert_eq!(compared(Verdict::Fail, &report), Outcome::Unknown(format!("{BOTH}{expected}")));
}

#[rstest]
#[case::settings(SAME, "9s", "the installation has other settings")]
#[case::image(Some("sha256:2"), "1s", "workflow-controller is sha256:2 here, and sha256:1 there")]
fn another_installation_excuses_no_difference(
    #[case] digest: Option<&str>,
    #[case] setting: &str,
    #[case] other: &str,
) {
    let here = [("a/one", "3.7.18", Verdict::Pass, NONE)];
    let report = report(&[argo("3.7.18", digest, setting)], &here);
    let said = format!("{BOTH} pass, of another installation: {other}: so it is");
    assert_eq!(compared(Verdict::Fail, &report), Outcome::Differs(said));
}

#[test]
fn an_image_without_a_digest_is_not_compared() {
    let report = report(&[argo("3.7.18", None, "1s")], &[("a/one", "3.7.18", Verdict::Pass, NONE)]);
    assert_eq!(compared(Verdict::Pass, &report), Outcome::Agrees);
}

#[rstest]
#[case::not_run("a/one", "3.7.18", "the rerun has no verdict on Argo 3.7.18")]
#[case::untested("a/one", "4.0.5", "the rerun did not test Argo 4.0.5: Go is missing")]
fn without_a_verdict(#[case] case: &str, #[case] on: &str, #[case] expected: &str) {
    let stated = statement(&[(case, on, Verdict::Pass)]);
    let choice = Choice::of(&stated, &cases(&[case]), &[], 1, 7).expect("a choice");
    let compared = with(&choice, &stated, &report(&[], &[]));
    let outcomes: Vec<Outcome> = compared.into_iter().map(|one| one.outcome).collect();
    assert_eq!(outcomes, [Outcome::Unknown(expected.to_owned())]);
}
