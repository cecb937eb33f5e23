//! The history's format: its one version, torn lines, and what is refused.

use std::io::BufReader;
use std::path::PathBuf;

use model::history::{EndReason, EventKind, History, HistoryError, Kind, MAJOR, MINOR, Reader};
use rstest::rstest;
use serde_json::Value;

fn fixture() -> String {
    let name = format!("tests/testdata/history-{MAJOR}.{MINOR}.jsonl");
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name))
        .expect("a fixture")
}

#[test]
fn a_history_is_written_as_it_was_read() {
    let text = fixture();
    let history = History::parse(&text).expect("it is readable");
    assert!(!history.torn);
    assert_eq!(history.to_text(), text);
}

#[test]
fn there_is_a_fixture_of_the_version_that_is_written() {
    let history = History::parse(&fixture()).expect("it is readable");
    assert_eq!(history.header.format, (MAJOR, MINOR));
    // One of each kind of event: a new kind needs a new fixture.
    let mut kinds: Vec<&str> = history.events.iter().map(|e| kind(&e.kind)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 11, "{kinds:?}");
}

fn kind(what: &EventKind) -> &'static str {
    match what {
        EventKind::StepBegun { .. } => "begun",
        EventKind::StepEnded { .. } => "ended",
        EventKind::Observed(_) => "observed",
        EventKind::Bookmark { .. } => "bookmark",
        EventKind::Gap { .. } => "gap",
        EventKind::Listed { .. } => "listed",
        EventKind::Requested(_) => "requested",
        EventKind::Probed { .. } => "probed",
        EventKind::Unobserved(_) => "unobserved",
        EventKind::Controllers(_) => "controllers",
        EventKind::Ended(_) => "end",
    }
}

#[rstest]
fn another_version_is_refused(#[values("[0,9]", "[1,1]", "[2,0]", "[2,2]")] version: &str) {
    let text = fixture().replace("[1,0]", version);
    let said = version.trim_matches(['[', ']']).replace(',', ".");
    let expected = format!("format {said} is not readable here (this program reads 1.0)");
    assert_eq!(refusal(&text), expected);
}

/// The error of a text that is refused, with its cause.
fn refusal(text: &str) -> String {
    let error = History::parse(text).expect_err("it is refused");
    let cause = std::error::Error::source(&error).map(|c| format!(": {c}"));
    format!("{error}{}", cause.unwrap_or_default())
}

#[test]
fn what_is_refused() {
    let good = fixture();
    let mut lines: Vec<&str> = good.lines().collect();
    insta::assert_snapshot!(refusal(""), @"the first line is not a history header");
    insta::assert_snapshot!(
        refusal(lines[1]),
        @"the first line is not a history header: missing field `format` at line 1 column 81"
    );
    insta::assert_snapshot!(
        refusal(&good.replace("\"gap\"", "\"gasp\"")),
        @"line 22 is not an event: unknown variant `gasp`, expected one of `step_begun`, `step_ended`, `observed`, `bookmark`, `gap`, `listed`, `requested`, `probed`, `unobserved`, `controllers`, `ended` at line 1 column 30"
    );
    lines.remove(7);
    insta::assert_snapshot!(
        refusal(&(lines.join("\n") + "\n")),
        @"line 8 has event 8, expected 7: the file was altered"
    );
}

#[rstest]
fn a_torn_last_line_is_dropped_and_said(#[values(1, 2, 20, 40)] cut: usize) {
    let text = fixture();
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
    let mut bytes = fixture().replace("of the case", "of thé case").into_bytes();
    let last = bytes.iter().rposition(|b| *b == 0xc3).expect("it is there");
    bytes.truncate(last + 1);
    assert!(History::read(bytes.as_slice()).expect("it is readable").torn);
}

#[test]
fn a_torn_line_in_the_middle_is_an_error() {
    let text = fixture().replacen("\"error\":null}}}\n", "\n", 1);
    assert!(matches!(History::parse(&text), Err(HistoryError::Line { line: 14, .. })));
}

#[test]
fn objects_that_nobody_wants_are_not_parsed() {
    let text = fixture();
    let reader = Reader::open(BufReader::new(text.as_bytes())).expect("it has a header");
    let events: Vec<_> = reader.only([Kind::Workflow]).map(|e| e.expect("an event")).collect();
    let whole = History::parse(&text).expect("it is readable");
    assert_eq!(events.len(), whole.events.len());
    for (event, whole) in events.iter().zip(&whole.events) {
        match (&event.kind, &whole.kind) {
            (EventKind::Observed(seen), EventKind::Observed(of)) if of.kind != Kind::Workflow => {
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
    let text = fixture().replace("\"gap\"", "\"gasp\"");
    let mut reader = Reader::open(text.as_bytes()).expect("it has a header");
    assert_eq!(reader.by_ref().filter(Result::is_err).count(), 1);
    assert!(reader.next().is_none());
    assert_eq!(reader.last_at(), 14);
}

#[rstest]
#[case::decided(EndReason::Decided, r#""decided""#, "every claim is decided")]
#[case::observed(
    EndReason::Observed { longest: 120_000 },
    r#"{"observed":{"longest":120000}}"#,
    "120s after the last step"
)]
#[case::stopped(EndReason::Stopped, r#""stopped""#, "the run was stopped")]
#[case::error(EndReason::HarnessError("no space".to_owned()), r#"{"harness_error":"no space"}"#, "no space")]
fn an_end_has_one_reason(#[case] reason: EndReason, #[case] json: &str, #[case] words: &str) {
    assert_eq!(serde_json::to_string(&reason).expect("it is JSON"), json);
    assert_eq!(serde_json::from_str::<EndReason>(json).expect("it is a reason"), reason);
    assert_eq!(reason.to_string(), words);
}
