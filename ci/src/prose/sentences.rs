//! The sentences of a passage, by Markdown and by the rules of Unicode.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use unicode_segmentation::UnicodeSegmentation as _;

use super::passages::Passage;
use super::{Kind, Sentence};

/// The word that stands for a code span. The capital letter lets a sentence start with the word.
pub(super) const CODE: &str = "Code";

/// The sentences of a passage, in order. Code blocks and HTML are left out.
pub(super) fn split(passage: &Passage) -> Vec<Sentence> {
    let mut blocks = Blocks::of(passage);
    for (event, range) in Parser::new_ext(&passage.text, Options::ENABLE_TABLES).into_offset_iter()
    {
        blocks.take(event, range.start);
    }
    blocks.end();
    if passage.kind == Kind::DocComment && passage.text.trim().is_empty() {
        let (line, kind) = (passage.line, passage.kind);
        blocks.sentences.push(Sentence { line, text: String::new(), kind });
    }
    blocks.sentences
}

/// The block that is open, and the sentences so far.
struct Blocks<'a> {
    passage: &'a Passage,
    /// The text of the block, and the offset of each of its pieces in the passage.
    text: String,
    pieces: Vec<(usize, usize)>,
    in_code: bool,
    in_cell: bool,
    sentences: Vec<Sentence>,
}

impl<'a> Blocks<'a> {
    fn of(passage: &'a Passage) -> Self {
        let (text, pieces, sentences) = (String::new(), Vec::new(), Vec::new());
        Self { passage, text, pieces, in_code: false, in_cell: false, sentences }
    }

    fn take(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => {
                self.end();
                self.in_code = true;
            }
            Event::End(TagEnd::CodeBlock) => self.in_code = false,
            Event::Start(Tag::TableCell) => {
                self.end();
                self.in_cell = true;
            }
            Event::End(TagEnd::TableCell) => {
                self.end();
                self.in_cell = false;
            }
            Event::Start(Tag::Paragraph | Tag::Item | Tag::Heading { .. })
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::Heading(_)) => self.end(),
            Event::Text(text) if !self.in_code => self.push(&text, at),
            Event::Code(_) => self.push(CODE, at),
            Event::SoftBreak | Event::HardBreak => self.push(" ", at),
            _ => {}
        }
    }

    fn push(&mut self, text: &str, at: usize) {
        self.pieces.push((self.text.len(), at));
        self.text.push_str(text);
    }

    /// Splits the block that was open.
    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        let pieces = std::mem::take(&mut self.pieces);
        let kind = if self.in_cell { Kind::Cell } else { self.passage.kind };
        for (start, sentence) in text.split_sentence_bound_indices() {
            let trimmed = sentence.trim();
            let start = start + sentence.len() - sentence.trim_start().len();
            if trimmed.is_empty() {
                continue;
            }
            let line = self.line(&pieces, start);
            self.sentences.push(Sentence { line, text: trimmed.to_owned(), kind });
        }
    }

    fn line(&self, pieces: &[(usize, usize)], start: usize) -> usize {
        let piece = pieces.iter().rev().find(|(begin, _)| *begin <= start);
        let offset = piece.map_or(0, |(begin, at)| at + start - begin);
        let before = self.passage.text.get(..offset).unwrap_or(&self.passage.text);
        self.passage.line + before.matches('\n').count()
    }
}
