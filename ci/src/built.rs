//! The packages of `Cargo.lock` that cargo builds for some platform.
//!
//! The lock file also lists optional dependencies that no crate needs. A feature of a crate names
//! such a dependency weakly (`chrono?/std`). Cargo neither downloads nor builds it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Asks cargo for the names of the packages.
///
/// # Errors
/// If cargo fails, or prints no name.
pub fn names(root: &Path) -> Result<BTreeSet<String>> {
    let mut command = Command::new("cargo");
    command.current_dir(root).args(["tree", "--workspace", "--locked", "--quiet"]);
    command.args(["--target", "all", "--edges", "normal,build,dev"]);
    let output = command.args(["--prefix", "none", "--format", "{p}"]).output();
    let output = output.context("failed to run cargo")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo tree: {}", said.trim());
    let names = read(&String::from_utf8_lossy(&output.stdout));
    ensure!(!names.is_empty(), "cargo tree says nothing");
    Ok(names)
}

/// The names in cargo's output: the start of each line, up to the first space.
fn read(text: &str) -> BTreeSet<String> {
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_first_word_of_a_line() {
        let text = "model v0.1.0 (/a/harness/model)\nserde v1.0.0\nserde v1.0.0 (*)\n";
        assert_eq!(read(text), ["model".to_owned(), "serde".to_owned()].into());
    }
}
