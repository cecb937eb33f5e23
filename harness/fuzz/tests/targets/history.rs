//! The reader of histories, and the judge on what it reads.

use fuzz::{JSON, Target, answer, holds};
use judge::judge_reader;
use model::claim::Claims;
use model::history::{History, Reader};
use model::parse::{CaseFiles, cases};

use crate::text;

const PIECES: [&str; 26] = [
    "\n",
    "{\"n\":",
    "\"at\":",
    "\"bookmark\":",
    "\"observed\":",
    "\"kind\":",
    "\"object\":",
    "\"deleted\"",
    "\"workflow\"",
    "\"pod\"",
    "\"step\":",
    "\"gap\":",
    "\"probed\":",
    "\"listed\":",
    "\"asked_at\":",
    "\"metadata\":",
    "\"resourceVersion\":",
    "\"status\":",
    "\"nodes\":",
    "\"phase\":",
    "\"Succeeded\"",
    "\"error\":",
    "\"ended\":",
    "\"finalizers\":",
    "\"conditions\":",
    "\"compressedNodes\":",
];

const CASE: &str = "artifact-gc/retried-attempt";

fn claims() -> Claims {
    let file = |name: &str| (name.to_owned(), text(&format!("cases/{CASE}/{name}")));
    let files = [file("case.yaml"), file("workflow.yaml")];
    let directory = std::path::Path::new(CASE);
    let read = cases(&CaseFiles { directory, id: CASE, files: &files });
    read.expect("it is a case").remove(0).claims
}

/// Reads the history twice: unchanged, and with new event numbers. Without new numbers, hardly any
/// line after a moved one is read.
fn both(claims: &Claims, input: &[u8]) -> u64 {
    read(claims, input) ^ read(claims, &numbered(input)).rotate_left(1)
}

/// The events with the numbers 1, 2, 3, …
fn numbered(input: &[u8]) -> Vec<u8> {
    let lines = input.split_inclusive(|byte| *byte == b'\n').enumerate();
    let line = |(number, line): (usize, &[u8])| match line.strip_prefix(b"{\"n\":") {
        Some(rest) => {
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            [format!("{{\"n\":{number}").as_bytes(), &rest[digits..]].concat()
        }
        None => line.to_vec(),
    };
    lines.flat_map(line).collect()
}

fn read(claims: &Claims, input: &[u8]) -> u64 {
    let whole = History::read(input);
    let reader = match Reader::open(input) {
        Ok(reader) => reader,
        Err(error) => {
            assert!(whole.is_err(), "a history has a header");
            return answer(&format!("{error:?}"));
        }
    };
    match judge_reader(claims, reader) {
        Ok((findings, _)) => {
            let words = findings.iter().map(|found| format!("{:?}", found.outcome));
            answer(&words.collect::<String>())
        }
        Err(error) => {
            assert!(whole.is_err(), "one reader takes what the other refuses: {error}");
            answer(&format!("{error:?}"))
        }
    }
}

/// A history that is short enough to be altered often: its header, and every fortieth event.
fn short(history: &str) -> Vec<u8> {
    let lines = history.lines().enumerate();
    let kept = lines.filter(|(at, line)| *at < 12 || at % 40 == 0 || line.contains("\"step"));
    let kept: Vec<&str> = kept.map(|(_, line)| line).take(80).collect();
    numbered(format!("{}\n", kept.join("\n")).as_bytes())
}

#[test]
fn fuzz_history() {
    let format = text("harness/model/tests/testdata/history-1.0.jsonl").into_bytes();
    let kept = short(&text("ci/histories/artifact-gc.retried-attempt.jsonl"));
    let claims = claims();
    let read = Box::new(move |input: &[u8], _| both(&claims, input));
    let seeds = vec![format, kept];
    holds(Target { name: "history", seeds, pieces: [&JSON[..], &PIECES].concat(), read }, 370);
}
