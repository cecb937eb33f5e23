//! Results on standard output, and notes on standard error.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::sync::OnceLock;

use report::Style;

use rundir::{Error, Problem};

use super::screen;

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
            note(&format!("error: failed to print on standard output: {error}"));
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

/// The text without what moves the cursor; what is said on several lines stays so.
fn tamed(text: &str) -> String {
    text.split('\n').map(report::tame).collect::<Vec<_>>().join("\n")
}

/// Prints an error with its causes and its hints; the exit code for it.
pub(crate) fn trouble(error: &anyhow::Error) -> ExitCode {
    let known = error.downcast_ref::<Error>();
    let code = known.map_or(report::exit::NO_ENVIRONMENT, |error| error.code);
    match known {
        Some(known) if error.chain().count() == 1 => note(&known.text()),
        _ => note(&of_others(error).to_string()),
    }
    ExitCode::from(code)
}

/// The problem of an error, with the hint of its causes.
fn of_others(error: &anyhow::Error) -> Problem {
    match provision::hints::hint(error.as_ref()) {
        Some(hint) => Problem::of(error).with_hint(hint),
        None => Problem::of(error),
    }
}
