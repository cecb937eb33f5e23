//! The states of a cell. Each state has a word, a symbol and a colour of its own.

use model::verdict::Verdict;

use crate::tag::Tag;
use crate::verdict_words::{UNTESTED, word};

/// The state of a case on a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// A verdict.
    Verdict(Verdict),
    /// The installation could not be started, so it has no verdicts.
    Untested,
    /// No run, no statement and no row of the measured table has the case on the version.
    NotRun,
}

impl State {
    /// Every state, in the order of the legend.
    pub(super) const ALL: [Self; 8] = [
        Self::Verdict(Verdict::Pass),
        Self::Verdict(Verdict::Fail),
        Self::Verdict(Verdict::KnownIssue),
        Self::Verdict(Verdict::Fixed),
        Self::Verdict(Verdict::Unknown),
        Self::Verdict(Verdict::NotApplicable),
        Self::Untested,
        Self::NotRun,
    ];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Verdict(verdict) => word(verdict),
            Self::Untested => UNTESTED,
            Self::NotRun => "not run",
        }
    }

    fn symbol(self) -> &'static str {
        match self {
            Self::Verdict(Verdict::Pass) => "✓",
            Self::Verdict(Verdict::Fail) => "✗",
            Self::Verdict(Verdict::KnownIssue) => "◆",
            Self::Verdict(Verdict::Fixed) => "▲",
            Self::Verdict(Verdict::Unknown) => "?",
            Self::Verdict(Verdict::NotApplicable) => "−",
            Self::Untested => "⊘",
            Self::NotRun => "·",
        }
    }

    /// The class in the style sheet.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Verdict(verdict) => crate::formats::html::class(verdict),
            Self::Untested => "untested",
            Self::NotRun => "notrun",
        }
    }

    /// The meaning, for the legend.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Verdict(Verdict::Pass) => "every claim of the case holds",
            Self::Verdict(Verdict::Fail) => "a claim fails that no known issue declares",
            Self::Verdict(Verdict::KnownIssue) => "only the claims of a known issue fail",
            Self::Verdict(Verdict::Fixed) => "a claim that a known issue declares to fail holds",
            Self::Verdict(Verdict::Unknown) => "the history does not decide",
            Self::Verdict(Verdict::NotApplicable) => "the case has no meaning on the installation",
            Self::Untested => "the installation could not be started",
            Self::NotRun => "nobody published a result",
        }
    }

    /// The symbol and the word. A screen reader reads the word alone.
    pub(super) fn label(self) -> [Tag; 2] {
        let symbol =
            Tag::of("span", self.symbol()).class("symbol").attribute("aria-hidden", "true");
        [symbol, Tag::of("span", self.word())]
    }

    /// The state as a badge in a line.
    pub(super) fn badge(self) -> Tag {
        Tag::new("span").class(&format!("verdict {}", self.class())).children(self.label())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::State;

    #[test]
    fn every_state_has_a_word_a_symbol_and_a_class_of_its_own() {
        for key in [State::word, State::symbol, State::class, State::meaning] {
            assert_eq!(State::ALL.map(key).into_iter().collect::<BTreeSet<_>>().len(), 8);
        }
    }
}
