//! `upgrade`: runs the cases about upgrades on pairs of installations, and prints the verdicts.

use std::sync::Arc;

use runner::{Console, run};

use super::run::conclude;
use crate::args::UpgradeArgs;
use crate::measured;
use crate::terminal::console::Terminal;

/// Runs the cases on each pair. Returns the exit code.
pub(crate) async fn upgrade(args: UpgradeArgs) -> anyhow::Result<u8> {
    let releases = report::measured::last_releases(&measured::rows()?);
    let config = args.config(&releases)?;
    let console: Arc<dyn Console> = Terminal::with(args.format);
    let finished = Box::pin(run::run(config, Arc::clone(&console))).await?;
    Ok(conclude(&finished, args.format, &*console))
}
