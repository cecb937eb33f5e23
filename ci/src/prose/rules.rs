//! The rules: start, length, terms, and no empty comment.

use super::{Kind, Sentence};

/// The largest number of words of a sentence.
pub const LONGEST: usize = 20;

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A sentence starts with the noun that acts.
    Start,
    /// A sentence has at most [`LONGEST`] words.
    Length,
    /// A text uses the terms of the glossary.
    Term,
    /// A documentation comment says something.
    Empty,
}

/// Words that start no sentence.
const STARTS: [&str; 11] = [
    "What", "Whatever", "Who", "Whoever", "Whom", "Whose", "That", "Where", "Wherever", "Of", "So",
];

/// Words that start no message, in lower case too. The others of [`STARTS`] go on with a sentence.
const QUESTION_STARTS: [&str; 7] =
    ["What", "Whatever", "Who", "Whoever", "Whose", "Where", "Wherever"];

/// Words that the glossary replaces, and their terms.
const TERMS: [(&str, &str); 15] = [
    ("ill", "unhealthy"),
    ("well all the while", "healthy"),
    ("the hands", "the driver"),
    ("the head", "the judge"),
    ("the voice", "the report"),
    ("first word", "readiness probe"),
    ("last word", "last probe"),
    ("lend", "prepare"),
    ("lends", "prepares"),
    ("lent", "prepared"),
    ("reddened", "mutated"),
    ("reddening", "mutation test"),
    ("keeper", "shared installation"),
    ("telling", "report format"),
    ("gone on with", "resumed"),
];

/// Words that alone say nothing.
const QUESTIONS: [&str; 11] =
    ["why", "which", "what", "who", "when", "where", "whether", "how", "many", "much", "long"];

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 4] = [Self::Start, Self::Length, Self::Term, Self::Empty];

    /// The name in the file of the allowed numbers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Length => "length",
            Self::Term => "term",
            Self::Empty => "empty",
        }
    }

    /// The remedy.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Start => "start with the noun that acts",
            Self::Length => "make two sentences",
            Self::Term => "use the term of the glossary",
            Self::Empty => "state a guarantee, a shape, a unit or an error, or delete the comment",
        }
    }
}

/// Every rule that a sentence breaks, with what is wrong.
pub(super) fn broken(sentence: &Sentence) -> Vec<(Rule, String)> {
    let mut broken = Vec::new();
    let all: Vec<&str> = sentence.text.split_whitespace().map(bare).collect();
    let starts_badly = |first: &&&str| {
        let is_question = || QUESTION_STARTS.iter().any(|word| word.eq_ignore_ascii_case(first));
        STARTS.contains(*first) || (sentence.kind == Kind::Message && is_question())
    };
    if let Some(start) = all.first().filter(starts_badly) {
        broken.push((Rule::Start, format!("a sentence starts with `{start}`")));
    }
    let count = words(&sentence.text);
    if count > LONGEST {
        broken.push((Rule::Length, format!("a sentence has {count} words")));
    }
    let lower = all.join(" ").to_lowercase();
    let padded = format!(" {lower} ");
    for (word, term) in TERMS {
        if padded.contains(&format!(" {word} ")) {
            broken.push((Rule::Term, format!("`{word}` stands for `{term}`")));
        }
    }
    let says_nothing = |word: &&str| QUESTIONS.contains(&word.to_lowercase().as_str());
    if sentence.kind == Kind::DocComment && all.iter().all(says_nothing) {
        broken.push((Rule::Empty, format!("`{}` says nothing", sentence.text)));
    }
    broken
}

/// The number of words of a text.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count()
}

/// A word without the marks around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}
