//! `cargo ci fuzz`: the tests of the fuzz targets on many inputs, optimized.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::metadata::{Metadata, PREFIX};

/// Inputs over all targets unless a number is given.
pub const INPUTS: u64 = 10_000_000;

/// The tests of the targets, as arguments of cargo. A target after the other has the processors.
const TESTS: [&[&str]; 2] = [
    &["--package", "argo-conformance-cli", "--bin", "argo-conformance"],
    &["--package", "fuzz", "--test", "targets"],
];
/// Packages whose sums are checked although they are optimized: one that overflows is a panic.
const CHECKED: [&str; 7] = ["cli", "judge", "key-material", "model", "mutate", "report", "rundir"];
/// Directory in memory, for the run directories of a target.
const MEMORY: &str = "/dev/shm";

/// Tries so many inputs over all targets. The tests print every 10 s how far each is, and what came
/// of it.
///
/// # Errors
/// If an input panics or hangs, or no package has one of the names.
pub fn fuzz(root: &Path, inputs: u64) -> Result<()> {
    let metadata = Metadata::of(root)?;
    for name in CHECKED {
        ensure!(metadata.is_member(name), "invalid package {name}: it is no member");
    }
    for test in TESTS {
        let mut command = Command::new("cargo");
        command.args(["test", "--release"]).args(CHECKED.iter().flat_map(checked)).args(test);
        command.args(["--", "fuzz_", "--nocapture", "--test-threads", "1"]);
        command.current_dir(root).env("FUZZ_INPUTS", inputs.to_string());
        if Path::new(MEMORY).is_dir() {
            command.env("TMPDIR", MEMORY);
        }
        let status = command.status().context("failed to run cargo")?;
        ensure!(status.success(), "a fuzz target found an input: see above");
    }
    Ok(())
}

/// The options of cargo by which the sums of a package are checked.
fn checked(package: &&str) -> [String; 2] {
    [
        "--config".to_owned(),
        format!("profile.release.package.{PREFIX}{package}.overflow-checks=true"),
    ]
}
