//! The container image of a release, as an archive of `docker save`.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::PROGRAM;

/// Lets the program write its image. A static program has no libraries, so the image has no others
/// than the program, its cases and `/etc/passwd`.
pub(super) fn write(program: &Path, version: &str, to: &Path) -> Result<()> {
    let mut command = Command::new(program);
    command.args(["image", "--without-argo", "--reference", &format!("{PROGRAM}:{version}")]);
    let output = command.arg("--output").arg(to).output();
    let output = output.with_context(|| format!("failed to run {}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "failed to write the image: {}", said.trim());
    Ok(())
}
