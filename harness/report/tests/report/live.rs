//! Tests of the rows of a terminal during a run.

use std::time::Duration;

use model::verdict::Verdict;
use report::{Live, Size, Style, about};
use rstest::rstest;

const ARGO: &str = "3.7.18";
const WIDE: Size = Size { columns: 199, rows: 50 };
const USUAL: Size = Size { columns: 79, rows: 24 };

fn at(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// The rows, each between bars that make blanks visible.
fn drawn(live: &Live, size: Size, now: f64) -> String {
    let rows = live.rows(size, at(now), Style::Plain);
    let rows: Vec<String> = rows.iter().map(|row| format!("|{row}|")).collect();
    rows.join("\n") + "\n"
}

/// A run in the middle of its second version.
fn run() -> Live {
    let mut live = Live::default();
    live.version_began(ARGO, 2, 3);
    live.cases(
        ARGO,
        [
            "artifact-gc/optional-artifact",
            "exit-handler/manual-retry-fails-again@pod-gc-on-completion",
            "interrupted/pod-lost",
            "interrupted/later-step",
            "steps/fail-fast",
            "suspend/default-output",
        ],
    );
    for case in [
        "artifact-gc/optional-artifact",
        "exit-handler/manual-retry-fails-again@pod-gc-on-completion",
        "interrupted/pod-lost",
        "steps/fail-fast",
    ] {
        live.case_began(ARGO, case, at(5.2));
    }
    live.verdict(ARGO, "steps/fail-fast", Verdict::Fail);
    let case = "exit-handler/manual-retry-fails-again@pod-gc-on-completion";
    let (patience, words) = (Some(at(90.0)), "the workflow's phase is Failed or Error");
    live.step_began((ARGO, case), "failed", words, patience, at(7.3));
    live.saw(ARGO, case, "phase Running; root Running, a Failed (exit code 1)\n".to_owned());
    live.step_began((ARGO, "interrupted/pod-lost"), "retry", "argo retry", None, at(9.0));
    live
}

#[test]
fn each_case_says_what_it_waits_for_and_what_it_saw() {
    insta::assert_snapshot!(drawn(&run(), WIDE, 72.46), @"
||
|   1m07s  artifact-gc/optional-artifact                               its namespace is made|
|   1m07s  exit-handler/manual-retry-fails-again@pod-gc-on-completion  failed 65/90s: the workflow's phase is Failed or Error; now phase Running; root Running, a Failed (exit code 1) |
|   1m07s  interrupted/pod-lost                                        retry: argo retry|
| 1m12s  Argo 3.7.18 (2 of 3)  1 of 6: 1 FAILED; 3 running, 2 waiting, 1 ending|
");
}

#[test]
fn what_has_no_room_is_cut_and_ids_can_still_be_told_apart() {
    insta::assert_snapshot!(drawn(&run(), USUAL, 72.46), @"
||
|   1m07s  artifact-gc/optional-artifact    its namespace is made|
|   1m07s  manual-retry-fa…c-on-completion  failed 65/90s: the workflow's phase…|
|   1m07s  interrupted/pod-lost             retry: argo retry|
| 1m12s  Argo 3.7.18 (2 of 3)  1 of 6: 1 FAILED; 3 running, 2 waiting, 1 ending|
");
}

#[test]
fn stages_say_how_long_they_have_taken_and_how_far_they_are() {
    let mut live = Live::default();
    live.stage_began("download sources", at(0.1));
    live.stage_ended("download sources");
    live.stage_began("build kubernetes v1.35.0", at(3.0));
    live.stage_began("download modules", at(4.0));
    live.stage_advanced("build kubernetes v1.35.0", "412 of 1630 packages");
    live.stage_advanced("never began", "nothing");
    insta::assert_snapshot!(drawn(&live, USUAL, 65.0), @"
||
|   1m02s  build kubernetes v1.35.0: 412 of 1630 packages|
|   1m01s  download modules|
| 1m05s  getting ready|
");
}

#[test]
fn a_build_says_what_is_left_before_how_far_it_is() {
    let mut live = Live::default();
    live.stage_began("build kubernetes 1.34.4", at(3.0));
    live.stage_advanced("build kubernetes 1.34.4", "412 of 1630 packages");
    let left = " (1 of 8), about 14 min left in all";
    live.stage_outlook("build kubernetes 1.34.4", left, ", next: etcd 3.6.7");
    live.stage_began("fetch etcd 3.6.7", at(4.0));
    live.stage_outlook("fetch etcd 3.6.7", "", ", next: runc 1.3.3");
    live.stage_outlook("never began", left, "");
    insta::assert_snapshot!(drawn(&live, WIDE, 65.0), @"
||
|   1m02s  build kubernetes 1.34.4 (1 of 8), about 14 min left in all: 412 of 1630 packages, next: etcd 3.6.7|
|   1m01s  fetch etcd 3.6.7, next: runc 1.3.3|
| 1m05s  getting ready|
");
    insta::assert_snapshot!(drawn(&live, USUAL, 65.0), @"
||
|   1m02s  build kubernetes 1.34.4 (1 of 8), about 14 min left in all: 412 of 1…|
|   1m01s  fetch etcd 3.6.7, next: runc 1.3.3|
| 1m05s  getting ready|
");
}

/// The words about the time at the end of the last row.
fn left(live: &Live, now: f64) -> Option<String> {
    let rows = live.rows(USUAL, at(now), Style::Plain);
    let (_, words) = rows.last()?.split_once("about ")?;
    Some(words.to_owned())
}

#[test]
fn a_version_says_the_time_of_its_cases_from_their_usual_times() {
    let mut live = Live::default();
    live.version_began(ARGO, 1, 1);
    live.cases(ARGO, ["a/long", "a/short", "a/absent"]);
    live.expect(ARGO, [("a/long", 100), ("a/short", 20), ("a/absent", 1000)], at(10.0));
    live.verdict(ARGO, "a/absent", Verdict::NotApplicable);
    live.case_began(ARGO, "a/long", at(10.0));
    assert_eq!(left(&live, 20.0), None, "less than a tenth is done");
    live.case_began(ARGO, "a/short", at(10.0));
    assert_eq!(left(&live, 20.0).as_deref(), Some("50 s left"), "20 of 120 s in 10 s");
    live.verdict(ARGO, "a/short", Verdict::Pass);
    live.case_ended(ARGO, "a/short");
    assert_eq!(left(&live, 40.0).as_deref(), Some("40 s left"), "50 of 120 s in 30 s");
    assert_eq!(left(&live, 500.0).as_deref(), Some("10 s left"), "never less");
    live.verdict(ARGO, "a/long", Verdict::Pass);
    live.case_ended(ARGO, "a/long");
    assert_eq!(left(&live, 501.0), None);
}

#[rstest]
#[case(0.0, "about 10 s")]
#[case(14.4, "about 10 s")]
#[case(14.6, "about 20 s")]
#[case(89.0, "about 90 s")]
#[case(90.0, "about 2 min")]
#[case(149.0, "about 2 min")]
#[case(150.0, "about 3 min")]
#[case(840.0, "about 14 min")]
fn remaining_times_are_rounded(#[case] seconds: f64, #[case] words: &str) {
    assert_eq!(about(at(seconds)), words);
}

#[test]
fn a_stage_that_begins_anew_is_one_stage() {
    let mut live = Live::default();
    live.stage_began("etcd ready", at(0.0));
    live.stage_began("etcd ready", at(2.0));
    insta::assert_snapshot!(drawn(&live, USUAL, 3.0), @"
||
|    1.0s  etcd ready|
|  3.0s  getting ready|
");
}

#[test]
fn a_version_that_begins_forgets_what_never_ended_before_it() {
    let mut live = run();
    live.stage_began("etcd ready", at(72.0));
    live.version_ended(ARGO);
    assert!(drawn(&live, USUAL, 72.5).contains("Argo 3.7.18 (2 of 3)"), "until the next begins");
    live.version_began("3.7.2", 3, 3);
    insta::assert_snapshot!(drawn(&live, USUAL, 73.0), @"
||
| 1m13s  Argo 3.7.2 (3 of 3)  being put up|
");
}

#[test]
fn versions_that_go_on_at_once_are_told_apart() {
    let mut live = run();
    live.case_ended(ARGO, "interrupted/pod-lost");
    live.version_began("3.7.2", 3, 3);
    live.stage_began("etcd ready", at(73.0));
    insta::assert_snapshot!(drawn(&live, USUAL, 74.0), @"
||
|    1.0s  etcd ready|
|   1m08s  artifact-gc/optional-artifact    its namespace is made|
|   1m08s  manual-retry-fa…c-on-completion  failed 66/90s: the workflow's phase…|
|        Argo 3.7.18 (2 of 3)  1 of 6: 1 FAILED; 2 running, 3 waiting, 1 ending|
| 1m14s  Argo 3.7.2 (3 of 3)  being put up|
");
    live.stage_ended("etcd ready");
    live.cases("3.7.2", ["artifact-gc/optional-artifact", "steps/fail-fast"]);
    live.case_began("3.7.2", "artifact-gc/optional-artifact", at(80.0));
    live.watches("3.7.2", "artifact-gc/optional-artifact", vec!["collected".to_owned()]);
    insta::assert_snapshot!(drawn(&live, USUAL, 81.0), @"
||
|   1m15s  3.7.18  artifact-gc/optional-artifact  its namespace is made|
|   1m15s  3.7.18  manual-retry-f…-on-completion  failed 73/90s: the workflow's…|
|    1.0s  3.7.2   artifact-gc/optional-artifact  not decided: collected|
|        Argo 3.7.18 (2 of 3)  1 of 6: 1 FAILED; 2 running, 3 waiting, 1 ending|
| 1m21s  Argo 3.7.2 (3 of 3)  0 of 2; 1 running, 1 waiting|
");
    live.verdict("3.7.2", "artifact-gc/optional-artifact", Verdict::Pass);
    live.case_ended("3.7.2", "artifact-gc/optional-artifact");
    live.version_ended(ARGO);
    insta::assert_snapshot!(drawn(&live, USUAL, 82.0), @"
||
| 1m22s  Argo 3.7.2 (3 of 3)  1 of 2: 1 passed; 1 waiting|
");
}

#[test]
fn a_case_without_steps_to_do_says_which_claims_hold_it_up() {
    let mut live = Live::default();
    live.version_began(ARGO, 1, 1);
    live.cases(ARGO, ["steps/fail-fast"]);
    live.case_began(ARGO, "steps/fail-fast", at(5.0));
    live.saw(ARGO, "steps/fail-fast", "of the step before".to_owned());
    live.watches(
        ARGO,
        "steps/fail-fast",
        vec!["collected".to_owned(), "finalizer-removed".to_owned()],
    );
    insta::assert_snapshot!(drawn(&live, USUAL, 6.0), @"
||
|    1.0s  steps/fail-fast  not decided: collected, finalizer-removed|
|  6.0s  Argo 3.7.18  0 of 1; 1 running|
");
    live.verdict(ARGO, "steps/fail-fast", Verdict::Pass);
    insta::assert_snapshot!(drawn(&live, USUAL, 6.1), @"
||
|  6.1s  Argo 3.7.18  1 of 1: 1 passed; 1 ending|
");
    live.case_ended(ARGO, "steps/fail-fast");
    insta::assert_snapshot!(drawn(&live, USUAL, 6.2), @"
||
|  6.2s  Argo 3.7.18  1 of 1: 1 passed|
");
}

#[test]
fn a_case_that_ends_without_a_verdict_goes_on_no_more() {
    let mut live = run();
    live.case_ended(ARGO, "interrupted/pod-lost");
    assert!(!drawn(&live, WIDE, 10.0).contains("interrupted/pod-lost"));
    assert!(drawn(&live, WIDE, 10.0).contains("2 running, 3 waiting, 1 ending"));
}

#[rstest]
#[case::every_one_has_room(14, 9)]
#[case::two_have_none(13, 7)]
#[case::few_have_room(8, 3)]
#[case::none_has_room(4, 0)]
#[case::hardly_anything(2, 0)]
fn what_has_no_room_is_counted(#[case] rows: usize, #[case] shown: usize) {
    let mut live = Live::default();
    live.version_began(ARGO, 1, 1);
    live.cases(ARGO, ["a"; 9]);
    for n in 1..=9 {
        live.case_began(ARGO, &format!("area/case-{n}"), at(0.0));
    }
    let drawn = live.rows(Size { columns: 80, rows }, at(1.0), Style::Plain);
    assert!(drawn.len() <= rows - rows / 4, "{drawn:?}");
    let cases = drawn.iter().filter(|row| row.contains("its namespace is made")).count();
    assert_eq!(cases, shown, "{drawn:?}");
    let more = drawn.iter().find(|row| row.contains("more"));
    let expected = (rows > 2 && shown < 9).then(|| format!("  … and {} more", 9 - shown));
    assert_eq!(more, expected.as_ref(), "{drawn:?}");
    assert!(drawn.last().is_some_and(|sum| sum.contains("Argo 3.7.18")), "{drawn:?}");
}

#[rstest]
fn no_row_is_wider_than_the_terminal(
    #[values(0, 1, 2, 10, 33, 79, 200)] columns: usize,
    #[values(Style::Plain, Style::Colour)] style: Style,
) {
    let mut live = run();
    live.saw(ARGO, "interrupted/pod-lost", "値が読めない\u{1b}[2J".repeat(40));
    for row in live.rows(Size { columns, rows: 24 }, at(72.46), style) {
        let mut plain = row.clone();
        while let Some(start) = plain.find("\u{1b}[") {
            let end = plain[start..].find('m').expect("only colours") + start;
            plain.replace_range(start..=end, "");
        }
        let wide = |c: char| if ('\u{3000}'..'\u{ffff}').contains(&c) { 2 } else { 1 };
        assert!(plain.chars().map(wide).sum::<usize>() <= columns, "{columns}: {plain:?}");
        assert!(!plain.contains(char::is_control), "{plain:?}");
    }
}

#[test]
fn colours_say_what_came_out() {
    let rows = run().rows(USUAL, at(72.46), Style::Colour);
    let sum = rows.last().expect("a sum");
    insta::assert_snapshot!(sum.replace('\u{1b}', "ESC"), @"
ESC[2m 1m12s  ESC[0mESC[1mArgo 3.7.18 (2 of 3)ESC[0m  1 of 6: ESC[1mESC[31m1 FAILEDESC[0m; 3 running, 2 waiting, 1 ending
");
}
