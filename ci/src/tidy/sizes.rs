//! Files and lines that fit. Clippy checks functions: `too-many-lines-threshold` in `.clippy.toml`.

use crate::problem::Problem;
use crate::rust_source::RustSource;

/// Lines of a file.
const FILE: usize = 400;
/// Columns of a line. The insides of literals do not count, since no break is possible there.
const COLUMNS: usize = 100;

pub(super) fn check(path: &str, text: &str, source: &RustSource, problems: &mut Vec<Problem>) {
    let lines = text.lines().count();
    if lines > FILE {
        let what = format!("{lines} lines, more than {FILE}");
        problems.push(Problem::of(path, what, "split it by the things that it is about"));
    }
    for (index, line) in text.lines().enumerate() {
        let quoted = source.quoted.get(index).copied().unwrap_or_default();
        let columns = line.chars().count();
        if columns - quoted.min(columns) > COLUMNS && !is_unbreakable(line) {
            let what = format!("{columns} columns, more than {COLUMNS}");
            problems.push(Problem::at(path, index + 1, what, "break the line"));
        }
    }
}

/// Whether a line is a comment that is a row of a table, or that has a link.
fn is_unbreakable(line: &str) -> bool {
    let comment = line.trim_start();
    let words = comment.trim_start_matches(['/', '!']).trim_start();
    comment.starts_with("//") && (words.starts_with('|') || words.contains("://"))
}
