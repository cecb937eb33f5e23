use std::num::NonZeroU16;

use rstest::rstest;
use vt100::Parser;

use super::*;

fn terminal(rows: u16, columns: u16) -> Parser {
    let some = |n| NonZeroU16::new(n).expect("some");
    Parser::new(some(rows), some(columns), 10)
}

/// As a terminal's driver gives it to the terminal.
fn feed(terminal: &mut Parser, text: &str) {
    terminal.process(text.replace('\n', "\r\n").as_bytes());
}

fn draw(terminal: &mut Parser, rows: &[&str]) {
    let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    feed(terminal, &frame(&rows));
}

fn shown(terminal: &Parser) -> Vec<String> {
    let contents = terminal.screen().contents();
    contents.lines().map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn rows_are_drawn_over_those_before() {
    let mut terminal = terminal(6, 20);
    feed(&mut terminal, "$ run\n");
    draw(&mut terminal, &["", "a long row of it", "another", "sum 1"]);
    assert_eq!(shown(&terminal), ["$ run", "", "a long row of it", "another", "sum 1"]);
    assert_eq!(terminal.screen().cursor_position(), (1, 0), "it rests above what is drawn");
    draw(&mut terminal, &["", "short", "sum 2"]);
    assert_eq!(shown(&terminal), ["$ run", "", "short", "sum 2"]);
    feed(&mut terminal, CLEAR);
    assert_eq!(shown(&terminal), ["$ run"]);
    assert_eq!(terminal.screen().cursor_position(), (1, 0));
}

#[test]
fn what_is_printed_stays_above_and_scrolls_away() {
    let mut terminal = terminal(5, 12);
    draw(&mut terminal, &["", "goes on", "sum"]);
    for n in 1..=4 {
        let drawn = frame(&[String::new(), format!("goes on {n}"), "sum".to_owned()]);
        feed(&mut terminal, &format!("{CLEAR}pass {n}\n{drawn}"));
    }
    assert_eq!(shown(&terminal), ["pass 3", "pass 4", "", "goes on 4", "sum"]);
    // A line that the terminal wraps.
    feed(&mut terminal, &format!("{CLEAR}FAIL because of much\n{}", frame(&[String::new()])));
    feed(&mut terminal, CLEAR);
    terminal.screen_mut().set_scrollback(10);
    let all = terminal.screen().contents();
    assert!(all.starts_with("pass 1\npass 2\npass 3\npass 4\nFAIL because"), "{all}");
}

#[test]
fn more_rows_than_there_is_room_below_the_cursor_scroll_what_was_printed() {
    let mut terminal = terminal(4, 12);
    feed(&mut terminal, "1\n2\n3\n");
    draw(&mut terminal, &["", "goes on", "sum"]);
    assert_eq!(shown(&terminal), ["3", "", "goes on", "sum"]);
    assert_eq!(terminal.screen().cursor_position(), (1, 0));
}

/// Text that somebody types, or that another program prints, comes to stand above.
#[test]
fn what_others_print_does_not_stay_below() {
    let mut terminal = terminal(6, 20);
    draw(&mut terminal, &["", "goes on", "sum"]);
    feed(&mut terminal, "of tee\n");
    draw(&mut terminal, &["", "goes on", "sum"]);
    assert_eq!(shown(&terminal), ["of tee", "", "goes on", "sum"]);
}

#[rstest]
#[case::a_terminal(&[("TERM", "xterm-256color")], true)]
#[case::dumb(&[("TERM", "dumb")], false)]
#[case::of_no_name(&[], false)]
#[case::of_a_ci_system(&[("TERM", "xterm"), ("CI", "true")], false)]
#[case::of_no_ci_system(&[("TERM", "xterm"), ("CI", "false")], true)]
#[case::without_colours(&[("TERM", "xterm"), ("NO_COLOR", "1")], true)]
fn where_it_is_drawn(#[case] environment: &[(&str, &str)], #[case] expected: bool) {
    let variable = |name: &str| {
        let found = environment.iter().find(|(there, _)| *there == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    assert_eq!(obeys(variable), expected);
}
