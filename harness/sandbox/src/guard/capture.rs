//! The output of a guarded program, read from both streams at once.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{ChildStderr, ChildStdout};
use std::sync::mpsc;

/// Kept length of standard error, in bytes. The end of standard error has the cause of a failure.
const TAIL: usize = 1 << 20;

/// The output: all of standard output, and the last [`TAIL`] bytes of standard error.
pub(super) struct Captured {
    pub(super) stdout: String,
    pub(super) stderr: String,
}

enum Line {
    Out(String),
    Err(String),
}

/// Reads both streams until their ends. The calling thread gives each line to `on_line`.
pub(super) fn both(
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    on_line: &mut dyn FnMut(&str),
) -> Captured {
    let (lines, received) = mpsc::sync_channel(1024);
    let mut whole = String::new();
    let mut tail = Tail::default();
    std::thread::scope(|scope| {
        let err_lines = lines.clone();
        scope.spawn(move || forward(stdout, |line| lines.send(Line::Out(line)).is_ok()));
        scope.spawn(move || forward(stderr, |line| err_lines.send(Line::Err(line)).is_ok()));
        for line in received {
            match line {
                Line::Out(line) => {
                    on_line(line.trim_end());
                    whole.push_str(&line);
                }
                Line::Err(line) => {
                    on_line(line.trim_end());
                    tail.push(line);
                }
            }
        }
    });
    Captured { stdout: whole, stderr: tail.lines.into_iter().collect() }
}

fn forward(from: Option<impl Read>, give: impl Fn(String) -> bool) {
    let Some(from) = from else { return };
    let mut reader = BufReader::new(from);
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes).is_ok_and(|n| n > 0) {
        let line = String::from_utf8_lossy(&bytes).into_owned();
        bytes.clear();
        if !give(line) {
            return;
        }
    }
}

#[derive(Default)]
struct Tail {
    lines: VecDeque<String>,
    bytes: usize,
}

impl Tail {
    fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.bytes > TAIL && self.lines.len() > 1 {
            self.bytes -= self.lines.pop_front().map_or(0, |line| line.len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_keeps_the_end_in_whole_lines() {
        let mut tail = Tail::default();
        for number in 0..200_000 {
            tail.push(format!("line {number}\n"));
        }
        assert!(tail.bytes <= TAIL);
        let text: String = tail.lines.into_iter().collect();
        assert!(text.starts_with("line ") && text.ends_with("line 199999\n"));
    }
}
