//! The rules of prose, for Markdown, documentation comments, the texts of YAML files, and the
//! messages of programs.
//!
//! A sentence starts with the noun that acts, has at most [`LONGEST`] words, and uses the terms of
//! the glossary. [`FILE`] has the number of sentences of each file that break a rule today. A
//! number may only shrink.

mod allowed;
mod messages;
mod passages;
mod rules;
mod sentences;

use std::collections::BTreeMap;

pub use allowed::{Allowed, FILE};
pub use rules::{LONGEST, Rule};

use crate::problem::Problem;
use crate::tree::File;

/// One sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Line of the file in which the sentence starts, from 1.
    pub line: usize,
    /// The text. A code span is one word.
    pub text: String,
    /// The kind of text that the sentence is part of.
    pub kind: Kind,
}

/// The kind of text that a sentence is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A paragraph, a list item or a heading of a Markdown file.
    Document,
    /// The same in a documentation comment.
    DocComment,
    /// A cell of a table.
    Cell,
    /// A comment or a title in a YAML file.
    Yaml,
    /// A string of a program with several words: an error, a hint, a help text.
    Message,
}

/// Every sentence that breaks a rule, by rule and file.
pub type Found = BTreeMap<Rule, BTreeMap<String, Vec<(usize, String)>>>;

/// Every sentence of the files that breaks a rule.
pub fn found(files: &[File]) -> Found {
    let mut found = Found::new();
    for file in files {
        for sentence in sentences(file) {
            for (rule, what) in rules::broken(&sentence) {
                let of_rule = found.entry(rule).or_default();
                of_rule.entry(file.path.clone()).or_default().push((sentence.line, what));
            }
        }
    }
    found
}

/// Every problem: more sentences than a file may have, and numbers that can shrink.
pub fn check(files: &[File], allowed: &Allowed) -> Vec<Problem> {
    allowed.compare(&found(files))
}

/// Figures by kind of text, one line each.
pub fn figures(files: &[File]) -> Vec<String> {
    let mut counts: BTreeMap<Kind, Figures> = BTreeMap::new();
    for sentence in files.iter().flat_map(sentences) {
        let figures = counts.entry(sentence.kind).or_default();
        figures.sentences += 1;
        figures.words += rules::words(&sentence.text);
        for (rule, _) in rules::broken(&sentence) {
            *figures.broken.entry(rule).or_default() += 1;
        }
    }
    counts.iter().map(|(kind, figures)| figures.line(*kind)).collect()
}

#[derive(Default)]
struct Figures {
    sentences: usize,
    words: usize,
    broken: BTreeMap<Rule, usize>,
}

impl Figures {
    fn line(&self, kind: Kind) -> String {
        let tenths = |part: usize, whole: usize| {
            let tenths = part * 10 / whole.max(1);
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        let rules = Rule::ALL.map(|rule| {
            let count = self.broken.get(&rule).copied().unwrap_or_default();
            format!(", {} {count} ({} %)", rule.name(), tenths(count * 100, self.sentences))
        });
        format!(
            "{}: {} sentences, {} words per sentence{}",
            kind.name(),
            self.sentences,
            tenths(self.words, self.sentences),
            rules.concat(),
        )
    }
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Document => "documents",
            Self::DocComment => "documentation comments",
            Self::Cell => "cells of tables",
            Self::Yaml => "YAML",
            Self::Message => "messages",
        }
    }
}

/// The sentences of a file, in order.
pub fn sentences(file: &File) -> Vec<Sentence> {
    let Some(text) = file.text.as_deref() else { return Vec::new() };
    let mut passages = passages::of(&file.path, text);
    if file.rust().is_some() {
        passages.extend(messages::of(&file.path, text));
    }
    passages.iter().flat_map(sentences::split).collect()
}
