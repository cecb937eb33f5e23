//! The only file that prints, besides `screen`, which draws below it.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use report::Style;

use crate::screen;

/// Why standard output did not take everything.
static LOST: OnceLock<io::Error> = OnceLock::new();

/// Prints results on standard output.
pub(crate) fn result(text: &str) {
    let text = text.trim_end();
    screen::print(&mut io::stdout(), text, || kept(writeln!(anstream::stdout(), "{text}")));
}

/// Prints results without colours on standard output, without what moves the cursor.
pub(crate) fn plain(text: &str) {
    result(&tamed(text));
}

/// Prints a file's text on standard output, to the byte.
pub(crate) fn document(text: &str) {
    kept(write!(anstream::stdout(), "{text}"));
}

/// Records the first failure to print. The command continues to its end.
fn kept(printed: io::Result<()>) {
    if let Err(error) = printed {
        let _ = LOST.set(error);
    }
}

/// The exit code in the end. It is not that of success if standard output did not take everything.
/// A closed pipe, as of `head`, is no failure.
pub(crate) fn complete(code: u8) -> u8 {
    kept(io::stdout().flush());
    match LOST.get() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            note(&format!("error: print on standard output: {error}"));
            if code == report::exit::PASS { report::exit::NO_ENVIRONMENT } else { code }
        }
        _ => code,
    }
}

/// Prints what goes on, on standard error, without what moves the cursor: much of it is text of
/// others. A terminal that is gone must not keep anything from ending, so what cannot be said is
/// not.
pub(crate) fn note(text: &str) {
    let text = tamed(text);
    let text = text.as_str();
    screen::print(&mut io::stderr(), text, || {
        let _ = writeln!(anstream::stderr(), "{text}");
    });
}

/// Whether results are coloured. `anstream` takes colours out where they are not wanted.
pub(crate) fn style() -> Style {
    Style::Colour
}

/// Bad input that was already explained.
#[derive(Debug)]
pub(crate) struct Explained {
    pub(crate) code: u8,
    pub(crate) text: String,
}

impl std::fmt::Display for Explained {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Explained {}

/// An error with its causes, one a line.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join("\n  caused by: ")
}

/// Every value, or every error at once: one of many files that is wrong hides no other.
///
/// # Errors
/// [`Explained`], with each error and its causes.
pub(crate) fn all<T>(
    results: impl IntoIterator<Item = anyhow::Result<T>>,
) -> anyhow::Result<Vec<T>> {
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(error) => errors.push(format!("error: {}", chain(&error))),
        }
    }
    if errors.is_empty() {
        return Ok(values);
    }
    Err(Explained { code: report::exit::BAD_CASE, text: errors.join("\n") }.into())
}

/// The text without what moves the cursor; what is said on several lines stays so.
fn tamed(text: &str) -> String {
    text.split('\n').map(report::tame).collect::<Vec<_>>().join("\n")
}

/// Prints an error with its causes and the hint that it has; the exit code for it.
pub(crate) fn trouble(error: &anyhow::Error) -> ExitCode {
    if let Some(explained) = error.downcast_ref::<Explained>() {
        note(&explained.text);
        return ExitCode::from(explained.code);
    }
    note(&format!("error: {}", chain(error)));
    if let Some(hint) = provision::hints::hint(error.as_ref()) {
        note(&format!("hint: {hint}"));
    }
    ExitCode::from(report::exit::NO_ENVIRONMENT)
}
