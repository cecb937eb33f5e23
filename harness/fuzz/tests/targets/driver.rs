//! The driver finds a panic and a hang, and counts what it tries.

use std::time::Duration;

use fuzz::{Outcome, Plan, Target, fuzz};

fn plan(inputs: u64) -> Plan {
    let limit = Duration::from_millis(300);
    Plan { inputs, workers: 2, seed: 7, limit, keep: None }
}

fn run(inputs: u64, read: impl Fn(&[u8], usize) -> u64 + Send + Sync + 'static) -> Outcome {
    let seeds = vec![b"one: 1\ntwo: 2\n".to_vec()];
    let target = Target { name: "itself", seeds, pieces: &["three"], read: Box::new(read) };
    fuzz(target, &plan(inputs))
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
