//! A row of a terminal: text with tones, cut at the width of the terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::style::{Style, Tone, tame};

#[derive(Clone, Debug, Default)]
pub(super) struct Row(Vec<(Option<Tone>, String)>);

/// Number of columns of a text.
pub(super) fn width(text: &str) -> usize {
    tame(text).width()
}

impl Row {
    pub(super) fn say(mut self, text: &str) -> Self {
        self.0.push((None, tame(text)));
        self
    }

    pub(super) fn tone(mut self, tone: Tone, text: &str) -> Self {
        self.0.push((Some(tone), tame(text)));
        self
    }

    pub(super) fn quiet(self, text: &str) -> Self {
        self.tone(Tone::Quiet, text)
    }

    pub(super) fn strong(self, text: &str) -> Self {
        self.tone(Tone::Strong, text)
    }

    /// Adds the id of a case in `columns` columns. A long id loses its area, then its middle:
    /// variants differ in their ends.
    pub(super) fn id(self, id: &str, columns: usize) -> Self {
        let id = tame(id);
        let short =
            if id.width() <= columns { &id } else { id.split('/').next_back().unwrap_or("") };
        let short = if short.width() <= columns {
            short.to_owned()
        } else {
            let half = columns.saturating_sub(1) / 2;
            let reversed: String = short.chars().rev().collect();
            let end: String = start(&reversed, half).chars().rev().collect();
            format!("{}…{end}", start(short, columns.saturating_sub(1 + half)))
        };
        let blank = " ".repeat(columns.saturating_sub(short.width()));
        self.say(&short).say(&blank)
    }

    /// The text of the row in at most `columns` columns. A cut row ends with `…`.
    pub(super) fn fit(self, columns: usize, style: Style) -> String {
        let whole: usize = self.0.iter().map(|(_, text)| text.width()).sum();
        let mut room = if whole <= columns { columns } else { columns.saturating_sub(1) };
        let (mut fitted, mut last) = (String::new(), None);
        for (tone, text) in &self.0 {
            let part = start(text, room);
            room -= part.width();
            fitted += &painted(*tone, part, style);
            if part.len() < text.len() {
                last = Some(*tone);
                break;
            }
        }
        if whole > columns && columns > 0 {
            fitted += &painted(last.unwrap_or_default(), "…", style);
        }
        fitted
    }
}

fn painted(tone: Option<Tone>, text: &str, style: Style) -> String {
    match tone {
        Some(tone) if !text.is_empty() => style.paint(tone, text),
        _ => text.to_owned(),
    }
}

/// The longest beginning of a text within `columns` columns.
fn start(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    for (index, c) in text.char_indices() {
        taken += c.width().unwrap_or_default();
        if taken > columns {
            return &text[..index];
        }
    }
    text
}
