//! The history's format: every version that was ever written, torn lines, and what is refused.

use std::io::BufReader;
use std::path::PathBuf;

use model::history::{History, HistoryError, Kind, MAJOR, MINOR, Reader, What};
use rstest::rstest;
use serde_json::Value;

fn fixture(major: u32, minor: u32) -> String {
    let name = format!("tests/testdata/history-{major}.{minor}.jsonl");
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name))
        .expect("a fixture")
}

#[rstest]
#[case(1, 0)]
#[case(1, 1)]
#[case(1, 2)]
#[case(2, 0)]
#[case(2, 1)]
#[case(2, 2)]
#[case(2, 3)]
fn every_version_is_read(#[case] major: u32, #[case] minor: u32) {
    let text = fixture(major, minor);
    let history = History::parse(&text).expect("it is readable");
    assert_eq!(history.header.format, (major, minor));
    assert_eq!(history.header.requests, major > 1);
    assert_eq!(history.header.challenge.is_some(), (major, minor) > (2, 2));
    assert!(!history.torn);
    assert_eq!(history.to_text(), text, "and is written as it was");
    let etags = history.events.iter().find_map(|e| match &e.what {
        What::Listed { etags, .. } => Some(etags.len()),
        _ => None,
    });
    assert_eq!(etags, Some(usize::from((major, minor) > (1, 0))));
}

#[test]
fn there_is_a_fixture_of_the_version_that_is_written() {
    let history = History::parse(&fixture(MAJOR, MINOR)).expect("it is readable");
    assert_eq!(history.header.format, (MAJOR, MINOR));
    // One of each kind of event: a new kind needs a new fixture.
    let mut kinds: Vec<&str> = history.events.iter().map(|e| kind(&e.what)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
}

fn kind(what: &What) -> &'static str {
    match what {
        What::StepBegun { .. } => "begun",
        What::StepEnded { .. } => "ended",
        What::Seen(_) => "seen",
        What::Watching { .. } => "watching",
        What::Gap { .. } => "gap",
        What::Listed { .. } => "listed",
        What::Requested(_) => "requested",
        What::Probed { .. } => "probed",
        What::Ended { .. } => "end",
    }
}

#[test]
fn fields_of_a_later_minor_version_are_ignored() {
    let text =
        fixture(1, 1).replace("[1,1]", "[1,9]").replace("\"at\":", "\"mood\":\"fine\",\"at\":");
    let history = History::parse(&text).expect("it is readable");
    assert_eq!(history.events, History::parse(&fixture(1, 1)).expect("as before").events);
}

/// What is said of a text that is refused, with its causes.
fn refusal(text: &str) -> String {
    let error = History::parse(text).expect_err("it is refused");
    let cause = std::error::Error::source(&error).map(|c| format!(": {c}"));
    format!("{error}{}", cause.unwrap_or_default())
}

#[test]
fn what_is_refused() {
    let good = fixture(1, 1);
    let mut lines: Vec<&str> = good.lines().collect();
    insta::assert_snapshot!(refusal(""), @"the first line is not a history header");
    insta::assert_snapshot!(
        refusal(lines[1]),
        @"the first line is not a history header: missing field `format` at line 1 column 68"
    );
    insta::assert_snapshot!(
        refusal(&good.replace("[1,1]", "[3,0]")),
        @"format 3.0 is not readable here (this program reads 1.0 to 2.x)"
    );
    insta::assert_snapshot!(
        refusal(&good.replace("\"gap\"", "\"gasp\"")),
        @"line 20 is not an event: unknown variant `gasp`, expected one of `step_begun`, `step_ended`, `seen`, `watching`, `gap`, `listed`, `requested`, `probed`, `ended` at line 1 column 30"
    );
    lines.remove(7);
    insta::assert_snapshot!(
        refusal(&(lines.join("\n") + "\n")),
        @"line 8 has event 8, expected 7: the file was altered"
    );
}

#[rstest]
fn a_torn_last_line_is_dropped_and_said(#[values(1, 2, 20, 40)] cut: usize) {
    let text = fixture(1, 1);
    let torn = &text[..text.len() - cut];
    let whole = History::parse(&text).expect("it is readable");
    let history = History::parse(torn).expect("it is readable");
    // Without its last newline alone the line is whole.
    let lost = usize::from(cut > 1);
    assert_eq!(history.torn, cut > 1);
    assert_eq!(history.events.len(), whole.events.len() - lost);
}

#[test]
fn a_line_that_is_torn_inside_a_character_is_torn() {
    let mut bytes = fixture(1, 1).replace("decided", "décidé").into_bytes();
    let last = bytes.iter().rposition(|b| *b == 0xc3).expect("it is there");
    bytes.truncate(last + 1);
    assert!(History::read(bytes.as_slice()).expect("it is readable").torn);
}

#[test]
fn a_torn_line_in_the_middle_is_an_error() {
    let text = fixture(1, 1).replacen("\"trouble\":null}}}\n", "\n", 1);
    assert!(matches!(History::parse(&text), Err(HistoryError::Line { line: 14, .. })));
}

#[test]
fn objects_that_nobody_wants_are_not_parsed() {
    let text = fixture(1, 1);
    let reader = Reader::open(BufReader::new(text.as_bytes())).expect("it has a header");
    let events: Vec<_> = reader.only([Kind::Workflow]).map(|e| e.expect("an event")).collect();
    let whole = History::parse(&text).expect("it is readable");
    assert_eq!(events.len(), whole.events.len());
    for (event, whole) in events.iter().zip(&whole.events) {
        match (&event.what, &whole.what) {
            (What::Seen(seen), What::Seen(of)) if of.kind != Kind::Workflow => {
                assert_eq!(
                    (seen.kind, seen.change, &seen.object),
                    (of.kind, of.change, &Value::Null)
                );
            }
            _ => assert_eq!(event, whole),
        }
    }
}

#[test]
fn a_reader_ends_at_the_first_error() {
    let text = fixture(1, 1).replace("\"gap\"", "\"gasp\"");
    let mut reader = Reader::open(text.as_bytes()).expect("it has a header");
    assert_eq!(reader.by_ref().filter(Result::is_err).count(), 1);
    assert!(reader.next().is_none());
    assert_eq!(reader.last_at(), 14);
}
