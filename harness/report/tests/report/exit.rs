use model::verdict::Verdict::{self, Fail, Fixed, KnownIssue, NotApplicable, Pass, Unknown};
use report::run::Untested;
use report::{LeftOut, RunResult, exit, exit_code};
use rstest::rstest;

use crate::samples::verdict;

#[rstest]
#[case::no_case(&[], exit::NOTHING_RAN)]
#[case::none_applies(&[NotApplicable, NotApplicable], exit::NOTHING_RAN)]
#[case::pass(&[Pass], exit::PASS)]
#[case::pass_beside_one_that_does_not_apply(&[NotApplicable, Pass], exit::PASS)]
#[case::expected(&[KnownIssue], exit::UNKNOWN)]
#[case::expected_beside_pass(&[Pass, KnownIssue], exit::UNKNOWN)]
#[case::expected_beside_fail(&[Fail, KnownIssue], exit::FAIL)]
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
#[case::everything_else_passes(&[Pass], exit::UNKNOWN)]
#[case::nothing_else(&[], exit::UNKNOWN)]
#[case::unknown(&[Unknown], exit::UNKNOWN)]
#[case::a_failure_is_still_a_failure(&[Pass, Fail], exit::FAIL)]
fn a_version_that_was_not_tried_is_no_pass(#[case] verdicts: &[Verdict], #[case] expected: u8) {
    let verdicts: Vec<_> = verdicts.iter().map(|v| verdict(*v)).collect();
    let untested = [Untested { argo: "3.4.0".to_owned(), reason: "refused".into() }];
    assert_eq!(report::exit_code_of_run(&verdicts, &untested), expected);
    assert_eq!(report::exit_code_of_run(&verdicts, &[]), exit_code(&verdicts));
}

#[rstest]
#[case::beside_pass(&[Pass], RunResult::Warned)]
#[case::alone(&[], RunResult::NothingRan)]
#[case::beside_fail(&[Fail], RunResult::Failed)]
fn a_case_that_the_provider_leaves_out_is_no_pass(
    #[case] verdicts: &[Verdict],
    #[case] expected: RunResult,
) {
    for left_out in LeftOut::ALL {
        let mut verdicts: Vec<_> = verdicts.iter().map(|v| verdict(*v)).collect();
        verdicts.push(verdict(NotApplicable));
        verdicts.last_mut().expect("a verdict").reason = left_out.words().into();
        assert_eq!(RunResult::of_run(&verdicts, 0), expected);
    }
}

#[test]
fn codes_are_what_the_documentation_promises() {
    let codes = exit::ALL.map(|(code, _)| code);
    assert_eq!(codes, [0, 1, 2, 4, 64, 65, 69, 70]);
}
