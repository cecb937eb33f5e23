use std::time::Duration;

use provision::cache::stage_times::StageTimes;
use provision::progress::{Count, Notice, Work, WorkKind};
use rstest::rstest;

use super::Remaining;

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn work(kind: WorkKind, name: &str, usual: Option<u64>) -> Work {
    let key = format!("{} {name}", kind.verb());
    let (program, stage) = (format!("{name} 1.0"), format!("{key} 1.0"));
    Work { kind, program, stage, key, usual: usual.map(at) }
}

fn build(name: &str, usual: u64) -> Work {
    work(WorkKind::Build, name, Some(usual))
}

fn fetch(name: &str, usual: u64) -> Work {
    work(WorkKind::Fetch, name, Some(usual))
}

fn download(name: &str) -> Work {
    work(WorkKind::Download, name, None)
}

fn planned(works: impl Into<Vec<Work>>) -> Notice {
    Notice::Planned { works: works.into() }
}

fn began(stage: &str) -> Notice {
    Notice::Started { stage: stage.to_owned() }
}

fn counted(stage: &str, done: u64, of: Option<u64>) -> Notice {
    let count = Some(Count { done, of });
    Notice::Advanced { stage: stage.to_owned(), detail: String::new(), count }
}

fn failed(stage: &str) -> Notice {
    Notice::Failed { stage: stage.to_owned() }
}

fn ended(stage: &str, seconds: u64) -> Notice {
    Notice::Finished { stage: stage.to_owned(), elapsed: at(seconds) }
}

/// The state on two cores after these notices, each at its second.
fn after(times: StageTimes, notices: impl IntoIterator<Item = (u64, Notice)>) -> Remaining {
    let mut remaining = Remaining::new(2, 4, times);
    for (second, notice) in notices {
        remaining.notice(&notice, at(second));
    }
    remaining
}

/// Remaining seconds at a second after these notices.
fn left(now: u64, notices: impl IntoIterator<Item = (u64, Notice)>) -> Option<u64> {
    let remaining = after(StageTimes::default(), notices);
    remaining.left(at(now)).map(|left| (left + Duration::from_millis(500)).as_secs())
}

#[test]
fn nothing_planned_has_no_time() {
    assert_eq!(left(5, []), None);
    assert_eq!(left(5, [(0, planned([])), (0, began("build a 1.0"))]), None);
}

#[test]
fn a_plan_takes_the_sum_of_its_builds() {
    assert_eq!(left(0, [(0, planned([build("a", 100), build("b", 60)]))]), Some(160));
}

#[test]
fn the_time_of_a_running_build_passes_and_is_never_negative() {
    let notices = [(0, planned([build("a", 100), build("b", 60)])), (0, began("build a 1.0"))];
    let left = |now| left(now, notices.clone());
    assert_eq!([left(0), left(30), left(100)], [Some(160), Some(130), Some(60)]);
    assert_eq!(left(220), Some(120), "what waits is as slow as the build that runs: 2 to 1");
    let all = [(0, planned([build("a", 100)])), (0, began("build a 1.0"))];
    assert_eq!(self::left(900, all), Some(0));
}

#[rstest]
#[case::as_expected(100, 200)]
#[case::slow(340, 600)]
#[case::fast(40, 100)]
fn the_pace_of_ended_builds_corrects_the_rest(#[case] took: u64, #[case] expected: u64) {
    let notices = [
        (0, planned([build("a", 100), build("b", 200)])),
        (0, began("build a 1.0")),
        (took, ended("build a 1.0", took)),
    ];
    assert_eq!(left(took, notices), Some(expected));
}

#[rstest]
#[case::as_expected(50, 50 + 200)]
#[case::slow(190, 3 * 50 + 3 * 200)]
fn packages_give_the_share_and_the_pace_of_a_running_build(
    #[case] half: u64,
    #[case] expected: u64,
) {
    let notices = [
        (0, planned([build("a", 100), build("b", 200)])),
        (0, began("build a 1.0")),
        (10, counted("build a 1.0", 0, Some(1630))),
        (10 + half, counted("build a 1.0", 815, Some(1630))),
    ];
    assert_eq!(left(10 + half, notices), Some(expected));
}

#[test]
fn the_first_packages_alone_say_little() {
    let notices = [
        (0, planned([build("a", 100)])),
        (0, began("build a 1.0")),
        (10, counted("build a 1.0", 1, Some(100))),
        (14, counted("build a 1.0", 2, Some(100))),
    ];
    assert_eq!(left(14, notices), Some(112), "not 98 times 4 s");
}

#[test]
fn the_common_time_of_two_builds_counts_once() {
    let notices = [
        (0, planned([build("a", 100), build("b", 80), build("c", 200)])),
        (0, began("build a 1.0")),
        (80, began("build b 1.0")),
        (120, ended("build a 1.0", 120)),
        (180, ended("build b 1.0", 100)),
    ];
    assert_eq!(left(180, notices), Some(200), "180 s for what takes 180 s");
}

#[test]
fn a_build_waits_for_its_source() {
    let works = [fetch("a", 30), build("a", 100), fetch("b", 300), build("b", 10)];
    assert_eq!(left(0, [(0, planned(works.clone()))]), Some(30 + 300 + 10));
    let works = [fetch("a", 30), build("a", 100), fetch("b", 20), build("b", 10)];
    assert_eq!(left(0, [(0, planned(works))]), Some(30 + 100 + 10));
}

#[test]
fn an_earlier_run_counts_more_than_the_usual_time() {
    let mut times = StageTimes::default();
    times.keep("build a", at(40)).expect("it is kept in memory");
    let remaining = after(times, [(0, planned([build("a", 100), build("b", 60)]))]);
    assert_eq!(remaining.left(at(0)), Some(at(100)));
}

#[test]
fn usual_times_of_builds_are_for_two_cores() {
    let mut remaining = Remaining::new(4, 4, StageTimes::default());
    remaining.notice(&planned([fetch("a", 10), build("a", 100)]), at(0));
    assert_eq!(remaining.left(at(0)), Some(at(60)));
}

#[test]
fn downloads_have_no_time_before_their_bytes_have_one() {
    let before = [
        (0, planned([download("a"), download("b")])),
        (0, began("download a 1.0")),
        (0, began("download b 1.0")),
        (1, counted("download a 1.0", 10, Some(1000))),
        (6, counted("download a 1.0", 110, Some(1000))),
    ];
    assert_eq!(left(6, before.clone()), None, "nothing is known of the other");
    let bytes = [
        (1, counted("download b 1.0", 0, Some(600))),
        (6, counted("download b 1.0", 300, Some(600))),
    ];
    let both = before.into_iter().chain(bytes);
    assert_eq!(left(6, both.clone()), Some(45), "the longest: 890 bytes, 100 in 5 s");
    let one = both.chain([(7, ended("download a 1.0", 7))]);
    assert_eq!(left(7, one), Some(4));
}

#[test]
fn downloads_and_builds_run_at_once() {
    let notices = [
        (0, planned([build("a", 30)])),
        (0, planned([download("b")])),
        (0, began("download b 1.0")),
        (1, counted("download b 1.0", 0, Some(100))),
        (11, counted("download b 1.0", 10, Some(100))),
    ];
    assert_eq!(left(11, notices), Some(90), "the longer of both");
}

#[test]
fn a_failed_download_is_built_and_counts_once() {
    let notices = [
        (0, planned([download("a")])),
        (0, began("download a 1.0")),
        (9, failed("download a 1.0")),
    ];
    assert_eq!(left(9, notices.clone()), None);
    let built = [(9, planned([build("a", 30)]))];
    assert_eq!(left(9, notices.into_iter().chain(built)), Some(30));
}

#[test]
fn the_end_has_no_time() {
    let notices = [(0, planned([build("a", 30)])), (9, ended("build a 1.0", 9))];
    assert_eq!(left(9, notices), None);
}

#[test]
fn a_build_says_its_place_the_time_and_the_next() {
    let works = [fetch("a", 5), build("a", 600), fetch("b", 5), build("b", 60)];
    let remaining = after(
        StageTimes::default(),
        [
            (0, planned(works.clone())),
            (0, began("fetch a 1.0")),
            (5, ended("fetch a 1.0", 5)),
            (5, began("build a 1.0")),
            (5, began("fetch b 1.0")),
        ],
    );
    let said = |remaining: &Remaining, stage: &str, now| {
        let outlook = remaining.outlook(stage, at(now));
        format!("{stage}{}{}", outlook.left, outlook.next)
    };
    assert_eq!(
        remaining.announcement(&works, at(0)).as_deref(),
        Some("build 2 programs, about 11 min: a 1.0, b 1.0")
    );
    assert_eq!(
        said(&remaining, "build a 1.0", 5),
        "build a 1.0 (1 of 2), about 11 min left in all, next: b 1.0"
    );
    assert_eq!(said(&remaining, "fetch b 1.0", 5), "fetch b 1.0");
    let stages: Vec<&str> = remaining.running(at(5)).iter().map(|(stage, _)| *stage).collect();
    assert_eq!(stages, ["build a 1.0", "fetch b 1.0"]);
    let mut remaining = remaining;
    for notice in [ended("fetch b 1.0", 5), ended("build a 1.0", 600), began("build b 1.0")] {
        remaining.notice(&notice, at(605));
    }
    assert_eq!(said(&remaining, "build b 1.0", 605), "build b 1.0 (2 of 2), about 60 s left");
    assert_eq!(said(&remaining, "etcd ready", 605), "etcd ready", "it is not planned");
}

#[test]
fn one_program_has_no_place() {
    let notices = [(0, planned([build("a", 30)])), (0, began("build a 1.0"))];
    let remaining = after(StageTimes::default(), notices);
    assert_eq!(remaining.announcement(&[build("a", 30)], at(0)), None);
    assert_eq!(remaining.outlook("build a 1.0", at(0)).left, ", about 30 s left");
}
