use serde_json::Value;

use crate::samples::{HOSTILE, empty, evidence, hostile};

fn read(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

#[test]
fn a_run_in_ctrf() {
    insta::assert_snapshot!(report::ctrf(&evidence()));
}

#[test]
fn the_sum_is_of_its_tests() {
    let read = read(&report::ctrf(&evidence()));
    let summary = &read["results"]["summary"];
    let parts = ["passed", "failed", "skipped", "pending", "other"];
    let sum: u64 = parts.iter().filter_map(|part| summary[part].as_u64()).sum();
    assert_eq!(summary["tests"].as_u64(), Some(sum));
    assert_eq!(read["results"]["tests"].as_array().map(Vec::len), usize::try_from(sum).ok());
}

#[test]
fn text_stays_as_it_is() {
    let read = read(&report::ctrf(&hostile()));
    let message = read["results"]["tests"][0]["message"].as_str();
    assert!(message.is_some_and(|message| message.ends_with(HOSTILE)), "{message:?}");
}

#[test]
fn nothing_ran_is_no_test() {
    assert_eq!(read(&report::ctrf(&empty()))["results"]["summary"]["tests"], 0);
}
