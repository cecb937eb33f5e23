//! The parts of a file that are prose: documents, comments, titles.

use std::path::Path;

use super::Kind;

/// Lines that belong together, as Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    /// The number of the first line in the file, from 1.
    pub(super) line: usize,
    /// The lines without what marks a comment.
    pub(super) text: String,
    /// The kind of text.
    pub(super) kind: Kind,
}

/// Keys of YAML files whose values are prose.
const TITLES: [&str; 4] = ["title:", "why:", "reason:", "reason:"];

/// The passages of a file, by its name. A file of another kind has none.
pub(super) fn of(path: &str, text: &str) -> Vec<Passage> {
    match Path::new(path).extension().and_then(|extension| extension.to_str()) {
        Some("md") => vec![Passage { line: 1, text: text.to_owned(), kind: Kind::Document }],
        Some("rs") => grouped(text, Kind::DocComment, doc_comment),
        Some("yaml" | "yml") => grouped(text, Kind::Yaml, comment),
        Some(_) | None => Vec::new(),
    }
}

/// The text of a line of a documentation comment.
fn doc_comment(line: &str) -> Option<(&str, bool)> {
    let line = line.trim_start();
    let is_plain = line.starts_with("////");
    let text = line.strip_prefix("//!").or_else(|| line.strip_prefix("///"))?;
    (!is_plain).then_some((text.strip_prefix(' ').unwrap_or(text), true))
}

/// The text of a comment or of a title in YAML. A title is a passage of its own.
fn comment(line: &str) -> Option<(&str, bool)> {
    let line = line.trim_start().trim_start_matches("- ");
    if let Some(text) = line.strip_prefix('#') {
        return (!text.starts_with('!')).then_some((text.trim_start(), true));
    }
    let value = TITLES.iter().find_map(|title| line.strip_prefix(title))?.trim();
    (!value.is_empty() && !value.starts_with(['>', '|', '{'])).then_some((value, false))
}

fn grouped(text: &str, kind: Kind, prose: impl Fn(&str) -> Option<(&str, bool)>) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::new();
    let mut open = false;
    for (line, number) in text.lines().zip(1..) {
        let Some((text, goes_on)) = prose(line) else {
            open = false;
            continue;
        };
        match passages.last_mut().filter(|_| open && goes_on) {
            Some(passage) => {
                passage.text.push('\n');
                passage.text.push_str(text);
            }
            None => passages.push(Passage { line: number, text: text.to_owned(), kind }),
        }
        open = goes_on;
    }
    passages
}
