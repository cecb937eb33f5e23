//! Rust sources with the code alone.
//!
//! The reader is no parser. It knows comments, strings and character literals. They suffice to
//! count braces and to find words.

/// A Rust file with comments and the insides of literals taken out.
#[derive(Clone, Debug)]
pub struct RustSource {
    /// The text of the file, with the same lines and columns. Spaces stand for comments and for the
    /// insides of literals.
    pub code: String,
    /// The literals of each line.
    pub lines: Vec<Line>,
}

/// The part of a line that is inside of literals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Number of the line's characters that are inside of literals.
    pub quoted: usize,
    /// Whether the line begins inside of a literal.
    pub begins_quoted: bool,
}

impl RustSource {
    /// Reads a file's text.
    pub fn read(text: &str) -> Self {
        let mut reader = Reader {
            rest: text,
            source: Self { code: String::with_capacity(text.len()), lines: vec![Line::default()] },
        };
        while reader.step() {}
        reader.source
    }

    /// Every place of a piece of code: line from 1, and offset into `code`.
    pub fn find(&self, needle: &str) -> Vec<(usize, usize)> {
        let places = self.code.match_indices(needle);
        places.map(|(at, _)| (self.line_of(at), at)).collect()
    }

    /// The line, from 1, of an offset into `code`.
    pub fn line_of(&self, at: usize) -> usize {
        self.code[..at].matches('\n').count() + 1
    }

    /// The offset behind the bracket that closes the one at `open`; `None` if there is none.
    pub fn behind_closing(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for (at, c) in self.code[open..].char_indices() {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.checked_sub(1)?,
                _ => {}
            }
            if depth == 0 {
                return Some(open + at + 1);
            }
        }
        None
    }
}

struct Reader<'a> {
    rest: &'a str,
    source: RustSource,
}

impl Reader<'_> {
    /// Takes the next token, or the next character; `false` at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            let length = self.rest.find('\n').unwrap_or(self.rest.len());
            self.blank(length, false);
        } else if self.rest.starts_with("/*") {
            self.blank(block_comment(self.rest), false);
        } else if let Some((before, inside, after)) = self.literal() {
            self.keep(before);
            self.blank(inside, true);
            self.keep(after);
        } else if first.is_alphanumeric() || first == '_' {
            let end = |c: char| !(c.is_alphanumeric() || c == '_');
            self.keep(self.rest.find(end).unwrap_or(self.rest.len()));
        } else {
            self.keep(first.len_utf8());
        }
        true
    }

    /// Lengths of a literal's opening, inside and closing.
    fn literal(&self) -> Option<(usize, usize, usize)> {
        let prefix = ["br", "cr", "b", "c", "r", ""];
        let prefix = prefix.iter().find(|p| {
            let after = self.rest.strip_prefix(**p).unwrap_or_default();
            after.starts_with('"') || (p.ends_with('r') && is_raw(after))
        });
        if let Some(prefix) = prefix {
            let after = &self.rest[prefix.len()..];
            let hashes = after.len() - after.trim_start_matches('#').len();
            let open = prefix.len() + hashes + 1;
            let inside = if prefix.ends_with('r') {
                let close = format!("\"{}", "#".repeat(hashes));
                self.rest[open..].find(&close)
            } else {
                unescaped(&self.rest[open..], '"')
            };
            let inside = inside.unwrap_or(self.rest.len() - open);
            let close = (1 + hashes).min(self.rest.len() - open - inside);
            return Some((open, inside, close));
        }
        let after = self.rest.strip_prefix('\'')?;
        let mut chars = after.chars();
        let inside = match (chars.next()?, chars.next()?) {
            ('\\', _) => unescaped(after, '\'')?,
            (c, '\'') => c.len_utf8(),
            _ => return None, // a lifetime
        };
        Some((1, inside, 1))
    }

    fn keep(&mut self, length: usize) {
        let (kept, rest) = self.rest.split_at(length);
        for c in kept.chars() {
            self.push(c);
        }
        self.rest = rest;
    }

    fn blank(&mut self, length: usize, quoted: bool) {
        let (blanked, rest) = self.rest.split_at(length);
        for c in blanked.chars() {
            self.push(if c == '\n' { c } else { ' ' });
            if let Some(line) = self.source.lines.last_mut().filter(|_| quoted) {
                line.begins_quoted |= c == '\n';
                line.quoted += usize::from(c != '\n');
            }
        }
        self.rest = rest;
    }

    fn push(&mut self, c: char) {
        self.source.code.push(c);
        if c == '\n' {
            self.source.lines.push(Line::default());
        }
    }
}

/// Whether the text continues a raw string: `#`s and a quote.
fn is_raw(text: &str) -> bool {
    text.starts_with('#') && text.trim_start_matches('#').starts_with('"')
}

/// Offset of the first `quote` without a backslash before it.
fn unescaped(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        if !escaped && c == quote {
            return Some(at);
        }
        escaped = !escaped && c == '\\';
    }
    None
}

/// Length of the block comment at the beginning; comments nest.
fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}
