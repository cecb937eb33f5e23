//! `run`: runs cases on installations, and prints the verdicts.

use std::sync::Arc;

use rundir::output;
use runner::Console;
use runner::installation::provider;
use runner::run::{self, Finished};

use crate::args::{Format, RunArgs};
use crate::terminal::conclusion;
use crate::terminal::console::Terminal;

/// Runs the cases on each version. Returns the exit code.
pub(crate) async fn run(args: RunArgs) -> anyhow::Result<u8> {
    let stays = args.on.is_some() || args.shared.is_some();
    let provider = provider::choose(args.provider.named(), stays, args.resume.as_deref()).await?;
    let console: Arc<dyn Console> = Terminal::with(args.format);
    let finished = Box::pin(run::run(args.config(provider), Arc::clone(&console))).await?;
    if let Some(done) = &args.done {
        output::hand_over(&finished.directory, &args.cases.directory, done)?;
    }
    Ok(conclude(&finished, args.format, &*console))
}

/// Prints the end of a run. Returns the exit code.
pub(super) fn conclude(finished: &Finished, format: Format, console: &dyn Console) -> u8 {
    match format {
        Format::Text => conclusion::print(&finished.report),
        Format::Json => {}
    }
    let directory = finished.directory.display();
    console.note(&format!("histories and logs: {directory}"));
    finished.code
}
