//! The console of a run on this terminal.

use std::io::IsTerminal;
use std::sync::Arc;

use report::Judged;
use report::run::Untested;
use runner::Console;
use runner::console::Rows;

use super::{out, screen};
use crate::args::Format;

/// Prints verdicts on standard output in one format, and progress on standard error.
pub(crate) struct Terminal {
    format: Format,
}

impl Terminal {
    /// A console that prints text.
    pub(crate) fn text() -> Arc<Self> {
        Self::with(Format::Text)
    }

    /// A console that prints results in this format.
    pub(crate) fn with(format: Format) -> Arc<Self> {
        Arc::new(Self { format })
    }
}

/// Prints one verdict.
pub(crate) fn print_verdict(judged: &Judged, format: Format) {
    match format {
        Format::Text => out::result(&report::line(judged, out::style())),
        Format::Json => out::result(&report::json(judged)),
    }
}

impl Console for Terminal {
    fn note(&self, text: &str) {
        out::note(text);
    }

    fn result(&self, text: &str) {
        out::plain(text);
    }

    fn verdict(&self, judged: &Judged) {
        print_verdict(judged, self.format);
    }

    fn untested(&self, untested: &Untested) {
        match self.format {
            Format::Text => {}
            Format::Json => out::result(&report::json_untested(untested)),
        }
    }

    fn draw(&self, rows: Rows) -> bool {
        let is_free = self.format == Format::Text || !std::io::stdout().is_terminal();
        is_free && screen::begin(rows)
    }

    fn restore(&self) {
        screen::end_at_once();
    }
}
