use std::time::Duration;

use provision::cache::stage_times::StageTimes;
use provision::progress::{Count, Notice, Work, WorkKind};

use super::{Lines, Remaining, line};

/// The lines of these notices, each at its second.
fn said(notices: impl IntoIterator<Item = (u64, Notice)>) -> Vec<String> {
    let mut remaining = Remaining::new(2, 4, StageTimes::default());
    let mut lines = Lines::default();
    let said = notices.into_iter().filter_map(|(second, notice)| {
        let now = Duration::from_secs(second);
        remaining.notice(&notice, now);
        line(&notice, now, &remaining, &mut lines)
    });
    said.collect()
}

fn work(name: &str, usual: u64) -> Work {
    let (program, stage) = (format!("{name} 1.0"), format!("build {name} 1.0"));
    let usual = Some(Duration::from_secs(usual));
    Work { kind: WorkKind::Build, program, stage, key: format!("build {name}"), usual }
}

fn started(stage: &str) -> Notice {
    Notice::Started { stage: stage.to_owned() }
}

fn advanced(stage: &str, detail: &str, count: Option<Count>) -> Notice {
    Notice::Advanced { stage: stage.to_owned(), detail: detail.to_owned(), count }
}

fn finished(stage: &str, seconds: u64) -> Notice {
    Notice::Finished { stage: stage.to_owned(), elapsed: Duration::from_secs(seconds) }
}

/// A package each second.
fn packages(stage: &str, from: u64, number: u64) -> Vec<(u64, Notice)> {
    let each = |done| {
        let count = Count { done, of: Some(number) };
        (from + done, advanced(stage, &format!("{done} of {number} packages"), Some(count)))
    };
    (1..=number).map(each).collect()
}

#[test]
fn a_long_build_has_a_line_at_its_begin_and_few_later() {
    let works = vec![work("large", 300), work("small", 20)];
    let large = "build large 1.0";
    let mut notices = vec![(0, Notice::Planned { works }), (0, started(large))];
    notices.extend(packages(large, 0, 300));
    notices.push((301, finished(large, 301)));
    notices.push((301, started("build small 1.0")));
    notices.extend(packages("build small 1.0", 301, 20));
    notices.push((322, finished("build small 1.0", 21)));
    insta::assert_snapshot!(said(notices).join("\n"), @r"
    build 2 programs, about 5 min: large 1.0, small 1.0
    build large 1.0 (1 of 2), about 5 min left in all, next: small 1.0
    build large 1.0 (1 of 2), about 5 min left in all: 30 of 300 packages
    build large 1.0 (1 of 2), about 4 min left in all: 60 of 300 packages
    build large 1.0 (1 of 2), about 4 min left in all: 90 of 300 packages
    build large 1.0 (1 of 2), about 3 min left in all: 120 of 300 packages
    build large 1.0 (1 of 2), about 3 min left in all: 150 of 300 packages
    build large 1.0 (1 of 2), about 2 min left in all: 180 of 300 packages
    build large 1.0 (1 of 2), about 2 min left in all: 210 of 300 packages
    build large 1.0 (1 of 2), about 80 s left in all: 240 of 300 packages
    build large 1.0 (1 of 2), about 50 s left in all: 270 of 300 packages
    build large 1.0 (1 of 2), about 20 s left in all: 300 of 300 packages
    build large 1.0 (301.0s)
    build small 1.0 (2 of 2), about 20 s left
    build small 1.0 (21.0s)
    ");
}

#[test]
fn a_count_without_an_end_has_a_line_in_half_a_minute() {
    let stage = "fetch kubernetes 1.34.4";
    let mut notices = vec![(0, started(stage))];
    notices.extend((1..100).map(|done| {
        let count = Some(Count { done, of: None });
        (done, advanced(stage, &format!("{done} modules"), count))
    }));
    let lines = ["30", "60", "90"].map(|n| format!("fetch kubernetes 1.34.4: {n} modules"));
    assert_eq!(said(notices), lines);
}

#[test]
fn a_wait_is_said_at_once() {
    let stage = "wait for etcd 3.6.7";
    let detail = "process 4711 (building etcd 3.6.7) is at it";
    let notices = [(0, started(stage)), (0, advanced(stage, detail, None))];
    assert_eq!(said(notices), [format!("{stage}: {detail}")]);
}
