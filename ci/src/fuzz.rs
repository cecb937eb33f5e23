//! `cargo ci fuzz`: the tests of the fuzz targets on many inputs, optimized.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Inputs over all targets unless a number is given.
pub const INPUTS: u64 = 10_000_000;

/// The tests of the targets, as arguments of cargo.
const TESTS: [&[&str]; 1] = [&["--package", "fuzz", "--test", "targets"]];

/// Tries so many inputs over all targets. The tests print what came of each.
///
/// # Errors
/// If an input panics or hangs.
pub fn fuzz(root: &Path, inputs: u64) -> Result<()> {
    for test in TESTS {
        let mut command = Command::new("cargo");
        command.args(["test", "--release"]).args(test).args(["--", "fuzz_", "--nocapture"]);
        command.current_dir(root).env("FUZZ_INPUTS", inputs.to_string());
        let status = command.status().context("failed to run cargo")?;
        ensure!(status.success(), "a fuzz target found an input: see above");
    }
    Ok(())
}
