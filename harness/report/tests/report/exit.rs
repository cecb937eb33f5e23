use model::verdict::Verdict::{self, Fail, Fixed, KnownIssue, NotApplicable, Pass, Unknown};
use report::run::Untested;
use report::{exit, exit_code};
use rstest::rstest;

use crate::samples::verdict;

#[rstest]
#[case::no_case(&[], exit::NOTHING_RAN)]
#[case::none_applies(&[NotApplicable, NotApplicable], exit::NOTHING_RAN)]
#[case::pass(&[Pass], exit::PASS)]
#[case::pass_beside_one_that_does_not_apply(&[NotApplicable, Pass], exit::PASS)]
#[case::expected(&[KnownIssue], exit::PASS)]
#[case::expected_beside_pass(&[Pass, KnownIssue], exit::PASS)]
#[case::unknown(&[Unknown], exit::UNKNOWN)]
#[case::unknown_beside_pass(&[Pass, Unknown, KnownIssue], exit::UNKNOWN)]
#[case::unknown_beside_one_that_does_not_apply(&[Unknown, NotApplicable], exit::UNKNOWN)]
#[case::fail(&[Fail], exit::FAIL)]
#[case::fail_beside_pass(&[Pass, Fail], exit::FAIL)]
#[case::fail_beside_unknown(&[Unknown, Fail, Pass], exit::FAIL)]
#[case::fixed(&[Fixed], exit::FAIL)]
#[case::fixed_beside_unknown(&[Unknown, Fixed], exit::FAIL)]
fn the_worst_verdict_decides(#[case] verdicts: &[Verdict], #[case] expected: u8) {
    let forward: Vec<_> = verdicts.iter().map(|v| verdict(*v)).collect();
    let backward: Vec<_> = forward.iter().rev().cloned().collect();
    assert_eq!(exit_code(&forward), expected);
    assert_eq!(exit_code(&backward), expected, "the order does not matter");
}

#[rstest]
#[case::everything_else_passes(&[Pass], exit::NO_ENVIRONMENT)]
#[case::nothing_else(&[], exit::NO_ENVIRONMENT)]
#[case::unknown(&[Unknown], exit::NO_ENVIRONMENT)]
#[case::a_failure_is_still_a_failure(&[Pass, Fail], exit::FAIL)]
fn a_version_that_was_not_tried_is_no_pass(#[case] verdicts: &[Verdict], #[case] expected: u8) {
    let verdicts: Vec<_> = verdicts.iter().map(|v| verdict(*v)).collect();
    let untested = [Untested { argo: "3.4.0".to_owned(), because: "refused".to_owned() }];
    assert_eq!(exit::of_run(&verdicts, &untested), expected);
    assert_eq!(exit::of_run(&verdicts, &[]), exit_code(&verdicts));
}

#[test]
fn codes_are_what_the_documentation_promises() {
    let codes = exit::ALL.map(|(code, _)| code);
    assert_eq!(codes, [0, 1, 2, 4, 64, 65, 69, 70]);
}
