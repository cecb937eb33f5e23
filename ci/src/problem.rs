//! What is wrong: where, what, and what to do.

use std::fmt;

/// One thing wrong with the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, from the root of the repository.
    pub file: String,
    /// Line, from 1; 0 when the whole file is meant.
    pub line: usize,
    /// What is wrong, a lower-case fragment.
    pub what: String,
    /// What to do about it.
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
