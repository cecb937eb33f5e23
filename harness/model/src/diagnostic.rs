//! An error in a file: place, message, and remedy.

use std::fmt;
use std::path::PathBuf;

/// One error in a case file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub file: PathBuf,
    /// Line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// Column, from 1, in characters; 0 when the whole file is meant.
    pub column: usize,
    /// The error, a lower-case fragment.
    pub message: String,
    /// The remedy.
    pub hint: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The word of `known` nearest to `word`, when one is near enough to be meant. Letter case does not
/// count.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).max(2);
    let edits =
        |candidate: &str| strsim::levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
    let near = known.iter().map(|candidate| (edits(candidate), *candidate));
    near.filter(|(edits, _)| *edits <= allowed).min().map(|(_, candidate)| candidate)
}
