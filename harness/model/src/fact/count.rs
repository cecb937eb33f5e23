//! Counts: bounds on a number, as facts and claims have them.

use std::fmt;

use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::word::{self, Choice, MOST, Map, Row, Value, Word, choices};
use crate::yaml::{Content, Node};

/// A bound on a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly this number.
    Exactly(usize),
    /// This number or more.
    AtLeast(usize),
    /// This number or fewer.
    AtMost(usize),
}

impl Count {
    /// Whether `n` is so many.
    pub fn admits(self, n: usize) -> bool {
        match self {
            Self::Exactly(k) => n == k,
            Self::AtLeast(k) => n >= k,
            Self::AtMost(k) => n <= k,
        }
    }

    /// Whether more would be too many.
    pub(crate) fn has_upper_bound(self) -> bool {
        match self {
            Self::Exactly(_) | Self::AtMost(_) => true,
            Self::AtLeast(_) => false,
        }
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(0) => f.write_str("no"),
            Self::Exactly(n) => write!(f, "exactly {n}"),
            Self::AtLeast(n) => write!(f, "at least {n}"),
            Self::AtMost(n) => write!(f, "at most {n}"),
        }
    }
}

const COUNTS: [(&str, Count, &str); 2] =
    [("none", Count::Exactly(0), "0."), ("some", Count::AtLeast(1), "1 or more.")];
static COUNT_WORDS: [Choice; 2] = choices(&COUNTS);

/// The values of a count that is a number or a word.
pub(crate) const NUMBER_OR_WORD: [Value; 2] = [Value::Number(0, MOST), Value::Choice(&COUNT_WORDS)];

/// A count: a number, a word, or a bound.
pub(crate) const COUNT: Value =
    Value::Either(&[NUMBER_OR_WORD[0], NUMBER_OR_WORD[1], Value::Map(&BOUND)]);

/// Reads a bound: at least 1, or at least 0.
type ReadBound = fn(&Node, &mut Reader) -> Option<Count>;

const BOUNDS: [Row<ReadBound>; 3] = [
    // None or more is always so.
    Row::new(
        Word::new("at-least", Value::Number(1, MOST), "2", "The smallest number."),
        |node, r| r.count(node, 1).map(Count::AtLeast),
    ),
    Row::new(
        Word::new("at-most", Value::Number(0, MOST), "1", "The largest number."),
        |node, r| r.count(node, 0).map(Count::AtMost),
    ),
    Row::new(Word::new("exactly", Value::Number(0, MOST), "1", "The only number."), |node, r| {
        r.count(node, 0).map(Count::Exactly)
    }),
];

/// The words of a bound.
pub(crate) static BOUND_WORDS: [Word; word::count(&[&BOUNDS])] = word::words(&[&BOUNDS]);

static BOUND: Map = Map { what: "a count", one_of: &BOUND_WORDS, beside: &[] };

/// Reads `none`, `some`, a number, `{at-least: N}`, `{at-most: N}` or `{exactly: N}`.
pub(crate) fn count(node: &Node, r: &mut Reader) -> Option<Count> {
    match &node.content {
        Content::Integer(_) => Some(Count::Exactly(r.count(node, 0)?)),
        Content::Map(_) => {
            let f = Fields::of(&BOUND, node, r)?;
            bound(f, r)
        }
        Content::Text(_)
        | Content::Null
        | Content::Bool(_)
        | Content::Float(_)
        | Content::List(_) => r.one_of(node, "count", &COUNTS),
    }
}

/// Reads `at-least: N`, `at-most: N` or `exactly: N`, the last of the fields.
pub(crate) fn bound(mut f: Fields<'_>, r: &mut Reader) -> Option<Count> {
    let Some((row, node)) = f.one(&[&BOUNDS], r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    (row.meaning)(node, r)
}
