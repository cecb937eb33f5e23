//! Failures that a user can act on: an exit code, and each problem with its hint.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A failure with its exit code. All problems are told at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Error {
    /// One of [`report::exit`].
    pub(crate) code: u8,
    /// At least one.
    pub(crate) problems: Vec<Problem>,
    /// The hint for all problems.
    pub(crate) hint: Option<String>,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Problem {
    label: Label,
    /// The problem, without a label and without a hint.
    pub(crate) message: String,
    /// An imperative sentence.
    pub(crate) hint: Option<String>,
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
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { label: Label::Error, message: message.into(), hint: None }
    }

    /// The reason of a refusal.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self { label: Label::Refused, ..Self::new(message) }
    }

    /// A diagnostic of a file. `text` begins with `FILE:LINE:COLUMN: error:` and has its own hint.
    pub(crate) fn diagnostic(text: impl Into<String>) -> Self {
        Self { label: Label::Place, ..Self::new(text) }
    }

    /// An error with its causes, and the hints of the [`Error`] in it.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let hints = error.downcast_ref::<Error>().map(Error::hints).unwrap_or_default();
        let hint = (!hints.is_empty()).then(|| hints.join(" "));
        Self { hint, ..Self::new(chain(error)) }
    }

    /// The problem with this hint, an imperative sentence.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The problem with the hint of its cause, if the cause has one.
    pub(crate) fn with_hint_of(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    /// The problem of the value of a flag.
    pub(crate) fn of_flag(mut self, flag: &str) -> Self {
        self.message = format!("{flag}: {}", self.message);
        self
    }
}

impl From<Problem> for String {
    fn from(problem: Problem) -> Self {
        problem.to_string()
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
    pub(crate) fn all(code: u8, problems: Vec<Problem>) -> Self {
        Self { code, problems, hint: None }
    }

    /// One problem.
    pub(crate) fn one(code: u8, problem: Problem) -> Self {
        Self::all(code, vec![problem])
    }

    /// The command line is wrong.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::one(report::exit::USAGE, Problem::new(message))
    }

    /// A case file or a file of a run is wrong.
    pub(crate) fn bad_file(message: impl Into<String>) -> Self {
        Self::one(report::exit::BAD_CASE, Problem::new(message))
    }

    /// The machine or the cluster lacks something.
    pub(crate) fn no_environment(message: impl Into<String>) -> Self {
        Self::one(report::exit::NO_ENVIRONMENT, Problem::new(message))
    }

    /// There is nothing to run.
    pub(crate) fn nothing_ran(message: impl Into<String>) -> Self {
        Self::one(report::exit::NOTHING_RAN, Problem::new(message))
    }

    /// The error with a hint for all of its problems.
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The problems with their labels and hints, as they are printed.
    pub(crate) fn text(&self) -> String {
        let problems = self.problems.iter().map(Problem::to_string);
        let hint = self.hint.iter().map(|hint| format!("hint: {hint}"));
        problems.chain(hint).collect::<Vec<_>>().join("\n")
    }

    /// Every hint.
    pub(crate) fn hints(&self) -> Vec<&str> {
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

/// An error with its causes, one a line.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join("\n  caused by: ")
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
