//! Failures that a user can act on: an exit code, and each problem with its hint.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A failure with its exit code. All problems are told at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Error {
    /// One of [`report::exit`].
    pub code: u8,
    /// At least one.
    pub problems: Vec<Problem>,
    /// The hint for all problems.
    pub hint: Option<String>,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    label: Label,
    /// The problem, without a label and without a hint.
    pub message: String,
    /// An imperative sentence.
    pub hint: Option<String>,
}

/// The word before a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Label {
    Error,
    Refused,
    /// The message begins with its place and its own label.
    Place,
}

impl Problem {
    /// An error.
    pub fn new(message: impl Into<String>) -> Self {
        Self { label: Label::Error, message: message.into(), hint: None }
    }

    /// The reason of a refusal.
    pub fn refused(message: impl Into<String>) -> Self {
        Self { label: Label::Refused, ..Self::new(message) }
    }

    /// A diagnostic of a file. `text` begins with `FILE:LINE:COLUMN: error:` and has its own hint.
    pub fn diagnostic(text: impl Into<String>) -> Self {
        Self { label: Label::Place, ..Self::new(text) }
    }

    /// An error with its causes, and the hints of the [`Error`] in it.
    pub fn of(error: &anyhow::Error) -> Self {
        let hints = error.downcast_ref::<Error>().map(Error::hints).unwrap_or_default();
        let hint = (!hints.is_empty()).then(|| hints.join(" "));
        Self { hint, ..Self::new(causes(error)) }
    }

    /// The problem with this hint, an imperative sentence.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The problem with the hint of its cause, if the cause has one.
    #[must_use]
    pub fn with_hint_of(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// The problem of the value of a flag.
    #[must_use]
    pub fn of_flag(mut self, flag: &str) -> Self {
        self.message = format!("{flag}: {}", self.message);
        self
    }
}

impl fmt::Display for Problem {
    /// The problem with its label, and its hint on a line of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let label = match self.label {
            Label::Error => "error: ",
            Label::Refused => "refused: ",
            Label::Place => "",
        };
        write!(f, "{label}{}", self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\nhint: {hint}"))
    }
}

impl Error {
    /// Every problem at once.
    pub fn all(code: u8, problems: Vec<Problem>) -> Self {
        Self { code, problems, hint: None }
    }

    /// One problem.
    pub fn one(code: u8, problem: Problem) -> Self {
        Self::all(code, vec![problem])
    }

    /// The command line is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::one(report::exit::USAGE, Problem::new(message))
    }

    /// A case file or a file of a run is wrong.
    pub fn bad_file(message: impl Into<String>) -> Self {
        Self::one(report::exit::BAD_CASE, Problem::new(message))
    }

    /// The machine or the cluster lacks something.
    pub fn no_environment(message: impl Into<String>) -> Self {
        Self::one(report::exit::NO_ENVIRONMENT, Problem::new(message))
    }

    /// There is nothing to run.
    pub fn nothing_ran(message: impl Into<String>) -> Self {
        Self::one(report::exit::NOTHING_RAN, Problem::new(message))
    }

    /// The error with a hint for all of its problems.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The problems with their labels and hints, as they are printed.
    pub fn text(&self) -> String {
        let problems = self.problems.iter().map(Problem::to_string);
        let hint = self.hint.iter().map(|hint| format!("hint: {hint}"));
        problems.chain(hint).collect::<Vec<_>>().join("\n")
    }

    /// Every hint.
    pub fn hints(&self) -> Vec<&str> {
        let of_problems = self.problems.iter().filter_map(|problem| problem.hint.as_deref());
        of_problems.chain(self.hint.as_deref()).collect()
    }
}

impl fmt::Display for Error {
    /// The messages, one a line, without labels and hints: the error can be the cause of another.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages: Vec<&str> =
            self.problems.iter().map(|problem| problem.message.as_str()).collect();
        f.write_str(&messages.join("\n"))
    }
}

impl std::error::Error for Error {}

/// An error with its causes, one a line. [`model::hints::chain`] has them on one line.
fn causes(error: &anyhow::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join("\n  caused by: ")
}

/// Every value, or every error at once: one of many files that is wrong hides no other.
///
/// # Errors
/// [`Error`], with each error and its causes.
pub fn all<T>(results: impl IntoIterator<Item = anyhow::Result<T>>) -> anyhow::Result<Vec<T>> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => errors.push(Problem::of(&error)),
        }
    }
    if errors.is_empty() {
        return Ok(values);
    }
    Err(Error::all(report::exit::BAD_CASE, errors).into())
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::{Error, Problem};

    #[test]
    fn every_problem_has_its_label_and_its_hint() {
        let problems = vec![
            Problem::new("invalid version: `3`").with_hint("Write three numbers.").of_flag("--cli"),
            Problem::refused("the case is another"),
            Problem::diagnostic("case.yaml:1:1: error: no title"),
        ];
        let error = Error::all(64, problems).with_hint("Begin a new run.");
        assert_eq!(
            error.text(),
            "error: --cli: invalid version: `3`\nhint: Write three numbers.\n\
             refused: the case is another\ncase.yaml:1:1: error: no title\nhint: Begin a new run."
        );
    }

    #[test]
    fn a_hint_is_kept_below_a_context() {
        let error = Error::usage("no such file").with_hint("Name another.");
        let error = anyhow::Error::from(error).context("failed to read the key");
        assert_eq!(
            Problem::of(&error).to_string(),
            "error: failed to read the key\n  caused by: no such file\nhint: Name another."
        );
        let error = Err::<(), _>(std::io::Error::other("gone")).context("failed to look");
        let error = error.expect_err("an error");
        assert_eq!(Problem::of(&error).to_string(), "error: failed to look\n  caused by: gone");
    }
}
