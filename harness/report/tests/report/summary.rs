use std::time::Duration;

use model::verdict::Verdict;
use report::run::Untested;
use report::{Counts, Spent, Style, summary};
use rstest::rstest;

use crate::samples::verdict;

fn spent(milliseconds: u64) -> Spent {
    Spent { cases: Duration::from_millis(milliseconds), run: None }
}

#[test]
fn the_time_of_a_run_stands_beside_that_of_its_cases() {
    let spent = Spent { run: Some(Duration::from_secs(1242)), ..spent(242_000) };
    let text = summary(&[verdict(Verdict::Pass)], &[], spent, Style::Plain);
    insta::assert_snapshot!(text, @"1 case ran in 4m02s, the run took 20m42s: 1 passed");
    let nothing = summary(&[], &[], spent, Style::Plain);
    insta::assert_snapshot!(nothing, @"nothing ran: no case was selected, 20m42s");
}

#[test]
fn counts_every_kind() {
    let kinds = [
        (Verdict::Pass, 3),
        (Verdict::Fail, 2),
        (Verdict::Unknown, 1),
        (Verdict::KnownIssue, 4),
        (Verdict::Fixed, 1),
        (Verdict::NotApplicable, 5),
    ];
    let verdicts = kinds.map(|(kind, times)| vec![verdict(kind); times]).concat();
    assert_eq!(Counts::of(&verdicts).ran(), 11);
    let text = summary(&verdicts, &[], spent(61_900), Style::Plain);
    insta::assert_snapshot!(text, @"11 cases ran in 1m01s: 3 passed, 2 FAILED, 1 unknown, 4 known to fail, 1 fixed (correct the declaration); 5 not applicable");
}

#[test]
fn one_case() {
    let text = summary(&[verdict(Verdict::Pass)], &[], spent(420), Style::Plain);
    insta::assert_snapshot!(text, @"1 case ran in 0.4s: 1 passed");
}

#[rstest]
#[case::beside_a_pass(
    &[Verdict::Pass],
    &["4.0.5"],
    "1 case ran in 1.0s: 1 passed; 1 installation UNTESTED: Argo 4.0.5\n"
)]
#[case::beside_one_that_does_not_apply(
    &[Verdict::Pass, Verdict::NotApplicable],
    &["3.4.0", "4.0.5"],
    "1 case ran in 1.0s: 1 passed; 1 not applicable; 2 installations UNTESTED: Argo 3.4.0, 4.0.5\n"
)]
#[case::alone(&[], &["4.0.5"], "nothing ran: 1 installation UNTESTED: Argo 4.0.5, 1.0s\n")]
fn an_untested_installation_is_never_left_out(
    #[case] verdicts: &[Verdict],
    #[case] untested: &[&str],
    #[case] expected: &str,
) {
    let verdicts: Vec<_> = verdicts.iter().map(|kind| verdict(*kind)).collect();
    let reason = model::Untrusted::from("it does not build");
    let untested: Vec<_> = untested
        .iter()
        .map(|&argo| Untested { argo: argo.to_owned(), reason: reason.clone() })
        .collect();
    assert_eq!(summary(&verdicts, &untested, spent(1000), Style::Plain), expected);
}

#[rstest]
#[case::none_selected(0, "nothing ran: no case was selected, 2h05m\n")]
#[case::none_applies(2, "nothing ran: 2 not applicable, 2h05m\n")]
fn nothing_is_not_a_pass(#[case] not_applicable: usize, #[case] expected: &str) {
    let verdicts = vec![verdict(Verdict::NotApplicable); not_applicable];
    assert_eq!(summary(&verdicts, &[], spent(7_530_000), Style::Plain), expected);
}
