//! The texts of a program: every string of its code with several words.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Lit, LitStr, Macro, Meta};

use super::Kind;
use super::passages::Passage;
use crate::syntax;

/// Words by which a string is a text. A shorter string is a name or a fragment.
const FEWEST: usize = 3;

/// The table of the banned words, which has each of them.
const TABLE: &str = "ci/src/prose/rules.rs";

/// The texts of a Rust file. Tests have none.
pub(super) fn of(path: &str, text: &str) -> Vec<Passage> {
    let is_program = path.contains("/src/") || path.starts_with("src/");
    if !is_program || path == TABLE || syntax::is_file_of_tests(path) {
        return Vec::new();
    }
    let Some(file) = syntax::without_tests(text) else { return Vec::new() };
    let mut reader = Reader { passages: Vec::new() };
    reader.visit_file(&file);
    reader.passages
}

struct Reader {
    passages: Vec<Passage>,
}

impl Reader {
    /// Takes each line of a string: a hint has a line of its own.
    fn take(&mut self, literal: &LitStr) {
        for (text, line) in literal.value().lines().zip(literal.span().start().line..) {
            let text = text.strip_prefix("error: ").unwrap_or(text);
            let text = text.strip_prefix("hint: ").unwrap_or(text);
            let text = filled(text);
            if text.split_whitespace().filter(|word| is_word(word)).count() >= FEWEST {
                self.passages.push(Passage { line, text, kind: Kind::Message });
            }
        }
    }

    fn tokens(&mut self, tokens: TokenStream) {
        syntax::each_token(tokens, &mut |token| {
            if let TokenTree::Literal(literal) = token
                && let Lit::Str(text) = Lit::new(literal)
            {
                self.take(&text);
            }
        });
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_lit_str(&mut self, literal: &'a LitStr) {
        self.take(literal);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'a Attribute) {
        match &attribute.meta {
            Meta::List(list) => self.tokens(list.tokens.clone()),
            // A documentation comment.
            Meta::NameValue(_) if attribute.path().is_ident("doc") => {}
            Meta::NameValue(_) | Meta::Path(_) => visit::visit_attribute(self, attribute),
        }
    }
}

/// A format string with a code span for each value.
fn filled(text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '{' => {
                if depth == 0 {
                    filled.push_str(super::sentences::CODE);
                }
                depth += 1;
            }
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => filled.push(c),
            _ => {}
        }
    }
    filled
}

fn is_word(word: &str) -> bool {
    let letters = word.trim_matches(|c: char| c.is_ascii_punctuation());
    letters.len() > 1 && letters.chars().all(char::is_alphabetic)
}
