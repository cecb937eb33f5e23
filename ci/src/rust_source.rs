//! Rust sources with the code alone.
//!
//! The compiler's own tokens (`proc-macro2`) tell code from comments and from the insides of
//! literals.

use std::ops::Range;

use proc_macro2::{Span, TokenStream, TokenTree};

/// A Rust file with comments and the insides of literals taken out.
#[derive(Clone, Debug)]
pub struct RustSource {
    /// The text of the file, with the same lines and byte offsets. Spaces stand for comments and
    /// for the insides of literals. A file that is no Rust has spaces alone.
    pub code: String,
    /// Number of the characters of each line that are inside of literals.
    pub quoted: Vec<usize>,
}

impl RustSource {
    /// Reads a file's text.
    pub fn read(text: &str) -> Self {
        let mut reader = Reader { text, code: blank(text), literals: Vec::new() };
        if let Ok(tokens) = text.parse() {
            reader.take(tokens);
        }
        let quoted = quoted(text, &reader.literals);
        let code = String::from_utf8(reader.code).unwrap_or_default();
        Self { code, quoted }
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
    text: &'a str,
    code: Vec<u8>,
    /// The insides of literals.
    literals: Vec<Range<usize>>,
}

impl Reader<'_> {
    fn take(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                // A documentation comment has an attribute's tokens. Each spans the comment.
                TokenTree::Group(group) if self.is_bracket(group.span_open()) => {
                    self.keep(group.span_open());
                    self.take(group.stream());
                    self.keep(group.span_close());
                }
                TokenTree::Group(_) => {}
                TokenTree::Ident(name) => self.keep_if(name.span(), &name.to_string()),
                TokenTree::Punct(mark) => self.keep_if(mark.span(), &mark.as_char().to_string()),
                TokenTree::Literal(literal) => self.literal(literal.span()),
            }
        }
    }

    fn is_bracket(&self, span: Span) -> bool {
        matches!(self.text.get(span.byte_range()), Some("(" | "[" | "{"))
    }

    fn keep(&mut self, span: Span) {
        let range = span.byte_range();
        self.code[range.clone()].copy_from_slice(&self.text.as_bytes()[range]);
    }

    /// Keeps a token that the file has in these letters.
    fn keep_if(&mut self, span: Span, token: &str) {
        let range = span.byte_range();
        if self.text.get(range.clone()) == Some(token) {
            self.code[range].copy_from_slice(token.as_bytes());
        }
    }

    /// Keeps a number, and the quotes of any other literal.
    fn literal(&mut self, span: Span) {
        let range = span.byte_range();
        let Some(text) = self.text.get(range.clone()) else { return };
        let quotes = text.find(['"', '\'']).zip(text.rfind(['"', '\'']));
        let inside = match quotes {
            Some((open, close)) if open < close => range.start + open + 1..range.start + close,
            Some(_) | None => range.end..range.end,
        };
        for kept in [range.start..inside.start, inside.end..range.end] {
            self.code[kept.clone()].copy_from_slice(&self.text.as_bytes()[kept]);
        }
        self.literals.push(inside);
    }
}

/// The text with a space for each byte that ends no line.
fn blank(text: &str) -> Vec<u8> {
    text.bytes().map(|byte| if byte == b'\n' { byte } else { b' ' }).collect()
}

/// Characters of each line that are inside of the literals.
fn quoted(text: &str, literals: &[Range<usize>]) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(end, _)| end).chain([text.len()]);
    let ends: Vec<usize> = ends.collect();
    let mut quoted = vec![0; ends.len()];
    for literal in literals {
        let first = ends.partition_point(|end| *end < literal.start);
        for (line, inside) in text[literal.clone()].split('\n').enumerate() {
            quoted[first + line] += inside.chars().count();
        }
    }
    quoted
}
