//! Colours of text for a terminal, and protection from control characters.

use anstyle::{AnsiColor, Effects};

/// The use of colours. The caller chooses by the output: a terminal or a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// No escape codes.
    Plain,
    /// Escape codes for colours.
    Colour,
}

/// The meaning of a piece of text, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Good,
    Bad,
    Doubtful,
    Known,
    News,
    Quiet,
    Strong,
}

impl Style {
    /// The text in the colour of its tone.
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => {
                let style = tone.style();
                format!("{}{text}{}", style.render(), style.render_reset())
            }
        }
    }
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let colour = |c: AnsiColor| anstyle::Style::new().fg_color(Some(c.into()));
        match self {
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red).effects(Effects::BOLD),
            Self::Doubtful => colour(AnsiColor::Yellow),
            Self::Known => colour(AnsiColor::Magenta).effects(Effects::BOLD),
            Self::News => colour(AnsiColor::Cyan).effects(Effects::BOLD),
            Self::Quiet => anstyle::Style::new().effects(Effects::DIMMED),
            Self::Strong => anstyle::Style::new().effects(Effects::BOLD),
        }
    }
}

/// Whether a character changes the order of other characters or ends a line.
fn reorders(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// The text without characters that move the cursor, colour the screen or reorder the line. Reports
/// have messages of pods and of the API server, which are foreign text.
pub fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => tamed.push(' '),
            c if c.is_control() || reorders(c) => tamed.extend(c.escape_default()),
            c => tamed.push(c),
        }
    }
    tamed
}
