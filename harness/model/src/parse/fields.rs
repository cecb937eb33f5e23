//! Reads values out of the YAML tree and keeps their errors.

use std::path::PathBuf;
use std::time::Duration;

use crate::diagnostic::{Diagnostic, nearest};
use crate::name::{LONGEST_NAME, is_name};
use crate::vocabulary::word::{MOST, Map, Row};
use crate::yaml::{Content, Key, Node, Position};

/// Collects the errors of one file.
pub(crate) struct Reader {
    file: PathBuf,
    /// The file's text; empty if it is not there.
    text: String,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    pub(crate) fn new(file: PathBuf, text: &str) -> Self {
        Self { file, text: text.to_owned(), diagnostics: Vec::new() }
    }

    /// The position in the file of a place in a text, for a value at `at`. The result is `at` if
    /// the file has the text's line in another form: folded, or with escapes.
    pub(crate) fn place_in(
        &self,
        at: Position,
        text: &str,
        line: usize,
        column: usize,
    ) -> Position {
        let Some(wanted) = text.lines().nth(line - 1).map(str::trim_end) else { return at };
        let indent = wanted.chars().take_while(|c| c.is_whitespace()).count();
        let from = at.line.saturating_sub(1);
        for (index, row) in self.text.lines().enumerate().skip(from).take(text.lines().count() + 1)
        {
            let begun = if index == from { at.column.saturating_sub(1) } else { 0 };
            let start = row.char_indices().nth(begun).map_or(row.len(), |(offset, _)| offset);
            let found = row[start..].find(wanted.trim_start());
            if let Some(offset) = found.filter(|_| !wanted.trim().is_empty()) {
                let before = row[..start + offset].chars().count();
                let column = before + column.saturating_sub(indent).max(1);
                return Position { line: index + 1, column };
            }
        }
        at
    }

    /// The text of the file from `at` to the end of the line.
    pub(crate) fn line(&self, at: Position) -> Option<&str> {
        let line = self.text.lines().nth(at.line.checked_sub(1)?)?;
        let (begun, _) = line.char_indices().nth(at.column.checked_sub(1)?)?;
        Some(&line[begun..])
    }

    /// The errors, in the order of the file, each once.
    pub(crate) fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|d| (d.line, d.column));
        self.diagnostics.dedup();
        self.diagnostics
    }

    pub(crate) fn error(&mut self, at: Position, message: String, hint: Option<String>) {
        let (file, line, column) = (self.file.clone(), at.line, at.column);
        self.diagnostics.push(Diagnostic { file, line, column, message, hint });
    }

    pub(crate) fn whole_file(&mut self, message: &str, hint: Option<String>) {
        self.error(Position { line: 0, column: 0 }, message.to_owned(), hint);
    }

    /// `what` `word` is not one of `known`: says so, with the nearest, or all of them.
    pub(crate) fn unknown_word(&mut self, at: Position, what: &str, word: &str, known: &[&str]) {
        let hint = match nearest(word, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "there are none".to_owned(),
            None => format!("Name one of these: {}.", known.join(", ")),
        };
        self.error(at, format!("no {what} is called `{word}`"), Some(hint));
    }

    fn expected(&mut self, node: &Node, what: &str) {
        self.error(node.at, format!("expected {what}, found {}", node.content.kind()), None);
    }

    /// Text that is not empty.
    pub(crate) fn text(&mut self, node: &Node) -> Option<String> {
        let Content::Text(text) = &node.content else {
            self.expected(node, "text");
            return None;
        };
        if text.trim().is_empty() {
            self.error(node.at, "this text is empty".to_owned(), None);
            return None;
        }
        Some(text.clone())
    }

    /// A name by the rule for the ids of cases.
    pub(crate) fn name(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        if is_name(&text) {
            return Some(text);
        }
        let shown: String = text.chars().take(LONGEST_NAME).collect();
        let message =
            format!("invalid name: \"{}\" is not made of lower-case words", shown.escape_default());
        let hint = format!(
            "Use a letter, then letters, digits and `-`, at most {LONGEST_NAME} in all: `pod-gc`."
        );
        self.error(node.at, message, Some(hint));
        None
    }

    pub(crate) fn link(&mut self, node: &Node) -> Option<String> {
        let text = self.text(node)?;
        if text.starts_with("https://") {
            return Some(text);
        }
        let hint = "say where the problem is described: https://…".to_owned();
        self.error(node.at, "expected a link".to_owned(), Some(hint));
        None
    }

    /// `true`: a mark that is there or is left out.
    pub(crate) fn present(&mut self, node: &Node) -> Option<()> {
        if matches!(node.content, Content::Bool(true)) {
            return Some(());
        }
        let hint = "Write `true`, or remove the field.".to_owned();
        self.error(node.at, "expected `true`".to_owned(), Some(hint));
        None
    }

    /// The entries of a map whose keys are no words.
    pub(crate) fn entries<'n>(&mut self, what: &str, node: &'n Node) -> Option<&'n [(Key, Node)]> {
        let Content::Map(entries) = &node.content else {
            self.expected(node, what);
            return None;
        };
        Some(entries)
    }

    /// A number from `least` to `most`.
    pub(crate) fn number(&mut self, node: &Node, least: u64, most: u64) -> Option<u64> {
        let Content::Integer(n) = node.content else {
            self.expected(node, &format!("a number from {least}"));
            return None;
        };
        let found = u64::try_from(n).ok().filter(|n| (least..=most).contains(n));
        if found.is_none() {
            let message = format!("invalid number: {n} is not from {least} to {most}");
            self.error(node.at, message, None);
        }
        found
    }

    /// A number of things that a case counts, from `least` to [`MOST`].
    pub(crate) fn count(&mut self, node: &Node, least: u64) -> Option<usize> {
        self.number(node, least, MOST).and_then(|n| usize::try_from(n).ok())
    }

    /// A duration such as `30s`, `500ms`, `1m30s`; not zero. jiff reads more forms than these.
    pub(crate) fn duration(&mut self, node: &Node) -> Option<Duration> {
        let plain = |text: &str| text.chars().all(|c| c.is_ascii_digit() || "hms".contains(c));
        let text = node.content.text().filter(|text| plain(text));
        let parsed = text.and_then(|text| text.parse::<jiff::SignedDuration>().ok());
        let found = parsed.and_then(|d| Duration::try_from(d).ok()).filter(|d| !d.is_zero());
        if found.is_none() {
            let hint = "write a number with its unit: 30s, 500ms, 1m30s".to_owned();
            self.error(node.at, "expected a duration".to_owned(), Some(hint));
        }
        found
    }

    /// One word of a table of words, what they stand for, and what they mean.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        node: &Node,
        what: &str,
        table: &[(&str, T, &str)],
    ) -> Option<T> {
        let word = self.text(node)?;
        if let Some((_, value, _)) = table.iter().find(|(name, ..)| *name == word) {
            return Some(*value);
        }
        let known: Vec<&str> = table.iter().map(|(name, ..)| *name).collect();
        self.unknown_word(node.at, what, &word, &known);
        None
    }

    /// A key of the object store; `*` may stand at either end.
    pub(crate) fn key(&mut self, node: &Node) -> Option<String> {
        let key = self.text(node)?;
        let inner = key.strip_prefix('*').unwrap_or(&key);
        let inner = inner.strip_suffix('*').unwrap_or(inner);
        if inner.contains('*') {
            let hint = "write `*` at the beginning or the end of the key".to_owned();
            self.error(
                node.at,
                "`*` stands for anything at either end only".to_owned(),
                Some(hint),
            );
            return None;
        }
        Some(key)
    }

    /// One text, or a list of them.
    pub(crate) fn texts(&mut self, node: &Node) -> Option<Vec<(String, Position)>> {
        let Content::List(items) = &node.content else {
            return Some(vec![(self.text(node)?, node.at)]);
        };
        if items.is_empty() {
            self.error(node.at, "this list is empty".to_owned(), None);
            return None;
        }
        items.iter().map(|item| Some((self.text(item)?, item.at))).collect()
    }

    /// The items of a list that must not be empty.
    pub(crate) fn items<'n>(&mut self, what: &str, node: &'n Node) -> &'n [Node] {
        let Content::List(items) = &node.content else {
            self.expected(node, &format!("a list of {what}"));
            return &[];
        };
        if items.is_empty() {
            self.error(node.at, format!("expected at least one of {what}"), None);
        }
        items
    }
}

/// The fields of a map, taken one by one; what is left in the end is unknown.
pub(crate) struct Fields<'n> {
    map: &'static Map,
    at: Position,
    entries: Vec<(&'n Key, &'n Node)>,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    pub(crate) fn of(map: &'static Map, node: &'n Node, r: &mut Reader) -> Option<Self> {
        let Content::Map(entries) = &node.content else {
            r.expected(node, &format!("a map: {}", map.what));
            return None;
        };
        let entries = entries.iter().map(|(key, value)| (key, value)).collect();
        Some(Self { map, at: node.at, entries, asked: Vec::new() })
    }

    pub(crate) fn optional(&mut self, name: &'static str) -> Option<&'n Node> {
        debug_assert!(self.map.words().any(|word| word.name == name), "`{name}` is no word");
        self.asked.push(name);
        let index = self.entries.iter().position(|(key, _)| key.name == name)?;
        Some(self.entries.remove(index).1)
    }

    pub(crate) fn required(&mut self, name: &'static str, r: &mut Reader) -> Option<&'n Node> {
        let found = self.optional(name);
        if found.is_none() {
            r.error(self.at, format!("{} needs `{name}`", self.map.what), None);
        }
        found
    }

    /// The one word that the map has of these tables, with its field. Every other field stays.
    pub(crate) fn one<T: Copy>(
        &mut self,
        tables: &[&[Row<T>]],
        r: &mut Reader,
    ) -> Option<(Row<T>, &'n Node)> {
        let rows = tables.iter().copied().flatten();
        let found: Vec<_> =
            rows.filter_map(|row| Some((*row, self.optional(row.word.name)?))).collect();
        if let [(one, _), (other, _), ..] = found.as_slice() {
            let (what, one, other) = (self.map.what, one.word.name, other.word.name);
            let both = format!("{what} has both `{one}` and `{other}`");
            r.error(self.at, both, Some("write one of them".to_owned()));
        }
        found.first().copied()
    }

    /// Says which fields are unknown.
    pub(crate) fn finish(self, r: &mut Reader) -> bool {
        for (key, _) in &self.entries {
            r.unknown_word(key.at, &format!("field of {}", self.map.what), &key.name, &self.asked);
        }
        self.entries.is_empty()
    }

    /// After [`Fields::one`] found nothing: says what could stand here, unless a misspelt word
    /// is left that [`Fields::finish`] points at.
    pub(crate) fn nothing_found(self, r: &mut Reader) {
        let (at, what, asked) = (self.at, self.map.what, self.asked.join(", "));
        if self.finish(r) {
            r.error(at, format!("{what} is empty"), Some(format!("write one of: {asked}")));
        }
    }
}
