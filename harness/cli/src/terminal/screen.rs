//! The bottom of a terminal: rows that are drawn again and again below what was printed for good.
//!
//! Between two writes the cursor rests at the beginning of the first of the rows, which is empty.
//! Everything from the cursor down is ours, even if a terminal of another size breaks rows. To draw
//! over the rows, nothing about them need be known. Nothing is blank in between, and the cursor is
//! not hidden. A killed process leaves nothing to restore.
//!
//! # Caveats
//! A terminal that becomes much smaller breaks rows and pushes some over its top. Those rows stay
//! in its scrollback.

use std::fs::File;
use std::io::{IsTerminal, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use anstream::stream::RawStream;
use anstream::{AutoStream, ColorChoice};
use report::{Size, Style};
use runner::console::Rows;

/// Time between two drawings. The times and the size of the terminal change without a message.
const TICK: Duration = Duration::from_millis(100);
/// Moves to the beginning of the first row, and clears everything below.
const CLEAR: &str = "\r\x1b[J";

/// The terminal on standard error, while something is drawn there.
static SCREEN: Mutex<Option<Screen>> = Mutex::new(None);

struct Screen {
    /// Text that draws the rows as they were last drawn.
    drawn: String,
    /// Wakes the drawing thread before the next tick. A dropped sender ends the thread.
    wake: Sender<()>,
}

/// Draws from now on, if standard error is a terminal that obeys cursor movements and has a reader.
/// Returns whether it draws.
pub(crate) fn begin(rows: Rows) -> bool {
    let stderr = std::io::stderr();
    if !stderr.is_terminal() || !obeys(|name| std::env::var(name).ok()) {
        return false;
    }
    let plain = AutoStream::choice(&stderr) == ColorChoice::Never;
    let style = if plain { Style::Plain } else { Style::Colour };
    let (wake, woken) = channel();
    *lock() = Some(Screen { drawn: String::new(), wake });
    std::thread::spawn(move || keep_drawing(&rows, style, &woken));
    true
}

/// Whether by its environment the terminal obeys what moves its cursor, and is not the log of a CI
/// system.
fn obeys(variable: impl Fn(&str) -> Option<String>) -> bool {
    let ci = variable("CI").is_some_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"));
    let dumb = variable("TERM").is_none_or(|term| matches!(term.as_str(), "" | "dumb"));
    !ci && !dumb
}

fn keep_drawing(rows: &Rows, style: Style, woken: &Receiver<()>) {
    while woken.recv_timeout(TICK) != Err(RecvTimeoutError::Disconnected) {
        while woken.try_recv().is_ok() {}
        let drawn = frame(&rows(size(), style));
        if let Some(screen) = lock().as_mut() {
            write(&mut std::io::stderr(), &drawn);
            screen.drawn = drawn;
        }
    }
}

/// The size of the terminal without the last column. A row that fills that column loses its last
/// character when the rest of the row is cleared. Default: 80 columns and 24 rows.
fn size() -> Size {
    let size = rustix::termios::tcgetwinsize(std::io::stderr()).ok();
    let size = size.filter(|size| size.ws_col > 0 && size.ws_row > 0);
    let (columns, rows) = size.map_or((80, 24), |size| (size.ws_col, size.ws_row));
    Size { columns: usize::from(columns) - 1, rows: usize::from(rows) }
}

/// Clears what was drawn, and draws no more.
pub(crate) fn end() {
    if lock().take().is_some() {
        write(&mut std::io::stderr(), CLEAR);
    }
}

/// As [`end`], for a process that must end now: a terminal that takes nothing does not hold it up.
pub(crate) fn end_at_once() {
    let screen = match SCREEN.try_lock() {
        Ok(mut screen) => screen.take(),
        Err(TryLockError::Poisoned(screen)) => screen.into_inner().take(),
        Err(TryLockError::WouldBlock) => None,
    };
    if screen.is_some() {
        write(&mut std::io::stderr(), CLEAR);
    }
}

/// Prints lines for good, above what is drawn; `plainly`, where that makes no difference.
pub(crate) fn print(to: &mut (impl RawStream + AsFd), text: &str, plainly: impl FnOnce()) {
    let screen = lock();
    let Some(screen) = screen.as_ref() else { return plainly() };
    match Leads::of(to.as_fd()) {
        Leads::Here => {
            let text = match AutoStream::choice(to) {
                ColorChoice::Never => anstream::adapter::strip_str(text).to_string(),
                _ => text.to_owned(),
            };
            write(to, &format!("{CLEAR}{text}\n{}", screen.drawn));
            let _ = screen.wake.send(());
        }
        Leads::MaybeHere => {
            // The reader has until the next tick to print it on this terminal.
            write(&mut std::io::stderr(), CLEAR);
            plainly();
        }
        Leads::Elsewhere => plainly(),
    }
}

/// Whether what is written to a stream comes to the terminal on standard error.
enum Leads {
    Here,
    /// By another program, as with `| tee`, or by another name of the terminal.
    MaybeHere,
    Elsewhere,
}

impl Leads {
    fn of(stream: BorrowedFd<'_>) -> Self {
        let what = |fd: BorrowedFd<'_>| File::from(fd.try_clone_to_owned()?).metadata();
        let (ours, here) = (what(stream), what(std::io::stderr().as_fd()));
        match (ours, here) {
            (Ok(ours), Ok(here)) if stream.is_terminal() && ours.rdev() == here.rdev() => {
                Self::Here
            }
            (Ok(ours), _) if stream.is_terminal() || ours.file_type().is_fifo() => Self::MaybeHere,
            _ => Self::Elsewhere,
        }
    }
}

fn lock() -> MutexGuard<'static, Option<Screen>> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes a text in one piece, so that no half of it is shown. A closed terminal is no error.
fn write(to: &mut impl Write, text: &str) {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}

/// Draws the rows from the cursor down over what is there, and takes the cursor back. Rows are not
/// wrapped meanwhile: the terminal may be narrower by now than it was when it was asked.
fn frame(rows: &[String]) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("{row}\x1b[K")).collect();
    let up = match rows.len() {
        0 | 1 => String::new(),
        n => format!("\x1b[{}A", n - 1),
    };
    format!("\x1b[?7l\r{}\x1b[J{up}\r\x1b[?7h", rows.join("\r\n"))
}

#[cfg(test)]
mod tests;
