//! The driver finds a panic and a hang, and counts what it tries.

use std::sync::Mutex;
use std::time::Duration;

use fuzz::{Outcome, Plan, Progress, Target, fuzz};
use rstest::rstest;

fn plan(inputs: u64) -> Plan {
    let limit = Duration::from_millis(300);
    Plan { inputs, workers: 2, seed: 7, limit, tell: Duration::ZERO, keep: None }
}

fn run(inputs: u64, read: impl Fn(&[u8], usize) -> u64 + Send + Sync + 'static) -> Outcome {
    told(inputs, read, &|_| {})
}

fn told(
    inputs: u64,
    read: impl Fn(&[u8], usize) -> u64 + Send + Sync + 'static,
    tell: &dyn Fn(&Progress),
) -> Outcome {
    let seeds = vec![b"one: 1\ntwo: 2\n".to_vec()];
    let target = Target { name: "itself", seeds, pieces: vec!["three"], read: Box::new(read) };
    fuzz(target, &plan(inputs), tell)
}

fn has(input: &[u8], part: &[u8]) -> bool {
    input.windows(part.len()).any(|window| window == part)
}

#[test]
fn each_input_is_counted() {
    let outcome = run(500, |_, _| 0);
    assert_eq!((outcome.inputs, outcome.answers), (500, 1));
    assert_eq!((outcome.panics.len(), outcome.hangs.len()), (0, 0));
}

#[test]
fn a_panic_is_found_with_its_input() {
    let outcome = run(2_000, |input, _| {
        assert!(!has(input, b"three"), "a reader that cannot count");
        0
    });
    assert_eq!(outcome.inputs, 2_000, "the run goes on");
    assert!(!outcome.panics.is_empty());
    assert!(outcome.panics.iter().all(|input| has(input, b"three")));
}

#[test]
fn a_hang_is_found_with_its_input() {
    let outcome = run(100_000, |input, _| {
        while has(input, b"three") {
            std::hint::spin_loop();
        }
        0
    });
    assert!(!outcome.hangs.is_empty());
    assert!(outcome.hangs.iter().all(|input| has(input, b"three")));
}

#[test]
fn an_answer_that_is_new_leads_on() {
    // Three pieces in a row come of one alteration of a text with two, and hardly of one with none.
    let deepest = |input: &[u8], _| {
        let runs = [&b"threethree"[..], b"threethreethree", b"threethreethreethree"];
        runs.iter().filter(|run| has(input, run)).count() as u64
    };
    assert_eq!(run(20_000, deepest).answers, 4);
}

#[test]
fn it_is_told_how_far_a_target_is() {
    let lines = Mutex::new(Vec::new());
    let keep = |progress: &Progress| lines.lock().expect("a list").push(progress.clone());
    let outcome = told(50_000, |_, _| 0, &keep);
    let lines = lines.into_inner().expect("a list");
    assert!(!lines.is_empty());
    assert!(lines.iter().all(|line| line.all == 50_000 && line.done <= outcome.inputs));
    assert!(lines.is_sorted_by_key(|line| (line.done, line.took)));
}

#[rstest]
#[case::half(500, 5_000, "fuzz x: 500 of 1000 inputs, 100/s, 5 s left")]
#[case::none(0, 5_000, "fuzz x: 0 of 1000 inputs, 0/s, an unknown time left")]
#[case::all(1_000, 2_000, "fuzz x: 1000 of 1000 inputs, 500/s, 0 s left")]
#[case::at_once(1_000, 0, "fuzz x: 1000 of 1000 inputs, 1000000000/s, 0 s left")]
fn progress_has_a_rate_and_the_time_that_is_left(
    #[case] done: u64,
    #[case] millis: u64,
    #[case] words: &str,
) {
    let progress = Progress { done, all: 1_000, took: Duration::from_millis(millis) };
    assert_eq!(progress.words("x"), words);
}
