//! A problem: its place, the mistake, and the remedy.

use std::fmt;

/// A mistake in the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, from the root of the repository.
    pub file: String,
    /// Line, from 1. 0: the whole file.
    pub line: usize,
    /// The mistake, as a fragment in lower case.
    pub what: String,
    /// The remedy, as a fragment in lower case.
    pub remedy: String,
}

impl Problem {
    /// A problem of a line.
    pub fn at(file: &str, line: usize, what: impl Into<String>, remedy: &str) -> Self {
        let (file, remedy) = (file.to_owned(), remedy.to_owned());
        Self { file, line, what: what.into(), remedy }
    }

    /// A problem of a whole file.
    pub fn of(file: &str, what: impl Into<String>, remedy: &str) -> Self {
        Self::at(file, 0, what, remedy)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": error: {}: {}", self.what, self.remedy)
    }
}
