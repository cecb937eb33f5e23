//! Colours of text for a terminal, and protection from control characters.

use anstyle::{AnsiColor, Effects};

use crate::escapable::Escapable;

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
pub(crate) fn reorders(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// The text on one line, without characters that move the cursor, colour the screen or reorder the
/// line. The text has no workflow command of GitHub. Reports have messages of pods and of the API
/// server, which are foreign text.
///
/// GitHub takes a line for a command if the line starts with `::` after white space, or has `##[`
/// anywhere.
pub fn tame(text: &(impl Escapable + ?Sized)) -> String {
    let text = text.unescaped();
    let mut tamed = String::with_capacity(text.len());
    let mut is_start = true;
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        let is_command = is_start && rest.starts_with("::") || rest.starts_with("##[");
        is_start &= c.is_whitespace();
        match c {
            '\n' | '\t' => tamed.push(' '),
            c if is_command => tamed.extend(c.escape_unicode()),
            c if c.is_control() || reorders(c) => tamed.extend(c.escape_default()),
            c => tamed.push(c),
        }
    }
    tamed
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::tame;

    #[rstest]
    #[case::words("the pod is Pending", "the pod is Pending")]
    #[case::lines("one\n\ttwo", "one  two")]
    #[case::cursor("a\u{1b}[2Kb", r"a\u{1b}[2Kb")]
    #[case::order("a\u{202e}b", r"a\u{202e}b")]
    #[case::command("::error::x", r"\u{3a}:error::x")]
    #[case::indented_command(" \n ::stop-commands::x", r"   \u{3a}:stop-commands::x")]
    #[case::command_inside("pod a: ::error::x", "pod a: ::error::x")]
    #[case::old_command("pod a: ##[add-mask]x", r"pod a: \u{23}#[add-mask]x")]
    fn foreign_text_acts_on_no_terminal_and_no_log(#[case] text: &str, #[case] tamed: &str) {
        assert_eq!(tame(text), tamed);
    }
}
