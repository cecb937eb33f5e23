//! `check`: whether cases can run on an existing installation.

use report::check;
use runner::check::command;

use crate::args::{CheckArgs, CheckFormat};
use crate::terminal::console::Terminal;
use crate::terminal::out;

/// Checks an existing installation, and prints every item. Returns the exit code.
pub(crate) async fn check(args: &CheckArgs) -> anyhow::Result<u8> {
    let report = Box::pin(command::run(args.into(), Terminal::text())).await?;
    match args.format {
        CheckFormat::Text => out::result(&check::text(&report, out::style())),
        CheckFormat::Json => out::result(&check::json(&report)),
    }
    Ok(if report.is_failed() { report::exit::NO_ENVIRONMENT } else { report::exit::PASS })
}
