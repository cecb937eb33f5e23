use model::verdict::Verdict;
use rstest::rstest;

use super::testing::{argo, cases, report, statement};
use super::*;

/// A rerun of a statement of one pass and of one failure, by what it finds.
fn rerun(one: Verdict, two: Verdict) -> Rerun {
    let verdicts = [("a/one", "3.7.18", Verdict::Pass), ("a/two", "3.7.18", Verdict::Fail)];
    let stated = statement(&verdicts);
    let choice = Choice::of(&stated, &cases(&["a/one", "a/two"]), &[], 2, 7).expect("a choice");
    let failed = |verdict| if verdict == Verdict::Fail { &["done"][..] } else { &[] };
    let found = [("a/one", "3.7.18", one, failed(one)), ("a/two", "3.7.18", two, failed(two))];
    let here = report(&[argo("3.7.18", Some("sha256:1"), "1s")], &found);
    Rerun { compared: compared::with(&choice, &stated, &here), choice }
}

#[rstest]
#[case::agree(Verdict::Pass, Verdict::Fail, 0, 0, "2 verdicts agree, 0 unknown")]
#[case::one_unknown(Verdict::Unknown, Verdict::Fail, 0, 1, "1 verdict agrees, 1 unknown")]
#[case::one_differs(Verdict::Pass, Verdict::Pass, 1, 0, "1 verdict agrees, 0 unknown")]
#[case::both(Verdict::Fail, Verdict::Unknown, 1, 1, "0 verdicts agree, 1 unknown")]
fn a_difference_refuses_and_an_unknown_warns(
    #[case] one: Verdict,
    #[case] two: Verdict,
    #[case] refused: usize,
    #[case] warned: usize,
    #[case] words: &str,
) {
    let rerun = rerun(one, two);
    assert_eq!((rerun.refusals().len(), rerun.warnings().len()), (refused, warned));
    assert_eq!(rerun.words(), format!("rerun of 2 of 2 cases with seed 7: {words}"));
    assert!(rerun.refusals().iter().all(|said| said.starts_with("a/")));
}

#[rstest]
#[case::passed(RunResult::Passed, Verdict::Pass, RunResult::Passed)]
#[case::not_confirmed(RunResult::Passed, Verdict::Unknown, RunResult::Warned)]
#[case::warned(RunResult::Warned, Verdict::Pass, RunResult::Warned)]
#[case::warned_and_unknown(RunResult::Warned, Verdict::Unknown, RunResult::Warned)]
#[case::failed(RunResult::Failed, Verdict::Pass, RunResult::Failed)]
#[case::failed_and_unknown(RunResult::Failed, Verdict::Unknown, RunResult::Failed)]
#[case::nothing_ran(RunResult::NothingRan, Verdict::Unknown, RunResult::NothingRan)]
fn a_rerun_never_makes_a_result_better(
    #[case] stated: RunResult,
    #[case] one: Verdict,
    #[case] expected: RunResult,
) {
    assert_eq!(rerun(one, Verdict::Fail).result(stated), expected);
}
