//! Programs that run to their end.

use std::process::Command;

use anyhow::{Result, ensure};

/// Runs a program to its end.
///
/// # Errors
/// If it fails.
pub(super) fn done(command: &mut Command) -> Result<()> {
    let status = command.status()?;
    ensure!(status.success(), "failed to run {command:?}: {status}");
    Ok(())
}
