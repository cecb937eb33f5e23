//! Files, functions and lines that fit.

use crate::problem::Problem;
use crate::rust_source::RustSource;

/// Lines of a file.
const FILE: usize = 400;
/// Lines of a function, from `fn` to its closing brace. Lines that begin inside of a literal do not
/// count.
const FUNCTION: usize = 70;
/// Columns of a line. The insides of literals do not count, since no break is possible there.
const COLUMNS: usize = 100;

pub(super) fn check(path: &str, text: &str, source: &RustSource, problems: &mut Vec<Problem>) {
    let lines = text.lines().count();
    if lines > FILE {
        let what = format!("{lines} lines, more than {FILE}");
        problems.push(Problem::of(path, what, "split it by the things that it is about"));
    }
    for (index, line) in text.lines().enumerate() {
        let quoted = source.lines.get(index).map_or(0, |line| line.quoted);
        let columns = line.chars().count();
        if columns - quoted.min(columns) > COLUMNS && !is_unbreakable(line) {
            let what = format!("{columns} columns, more than {COLUMNS}");
            problems.push(Problem::at(path, index + 1, what, "break the line"));
        }
    }
    for (line, name, length) in functions(source) {
        if length > FUNCTION {
            let what = format!("function `{name}` has {length} lines, more than {FUNCTION}");
            problems.push(Problem::at(path, line, what, "give its parts names of their own"));
        }
    }
}

/// Whether a line is a comment that is a row of a table, or that has a link.
fn is_unbreakable(line: &str) -> bool {
    let comment = line.trim_start();
    let words = comment.trim_start_matches(['/', '!']).trim_start();
    comment.starts_with("//") && (words.starts_with('|') || words.contains("://"))
}

/// Line, name and number of lines of every function that has a body.
fn functions(source: &RustSource) -> Vec<(usize, String, usize)> {
    let starts = source.find("fn ");
    let starts = starts.into_iter().filter(|(_, at)| {
        let before = source.code[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    });
    let function = |(line, at): (usize, usize)| {
        let name = source.code[at + 3..].trim_start();
        let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let end = source.behind_closing(body(source, at)?)?;
        (!name.is_empty()).then(|| (line, name, lines(source, line, source.line_of(end))))
    };
    starts.filter_map(function).collect()
}

/// Lines from one to another, without those that begin inside of a literal.
fn lines(source: &RustSource, first: usize, last: usize) -> usize {
    let lines = source.lines.iter().take(last).skip(first - 1);
    lines.filter(|line| !line.begins_quoted).count()
}

/// Offset of the brace that opens the body of the function at `at`; `None` if it has none.
fn body(source: &RustSource, at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, c) in source.code[at..].char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.checked_sub(1)?,
            '{' if depth == 0 => return Some(at + offset),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}
