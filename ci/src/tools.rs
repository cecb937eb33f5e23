//! Programs that `cargo ci` installs once into the harness's cache, in fixed versions.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::cache;

/// A program from crates.io.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The name of the package and of its program.
    pub name: &'static str,
    /// The version.
    pub version: &'static str,
    /// Features beside those that the package needs. The default features are off.
    pub features: &'static [&'static str],
}

/// Checks licences, sources and banned crates.
pub const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", features: &[] };
/// Builds the book.
pub const MDBOOK: Tool = Tool { name: "mdbook", version: "0.5.4", features: &[] };
/// Collects the licences of crates.
pub const ABOUT: Tool = Tool { name: "cargo-about", version: "0.9.3", features: &["cli"] };
/// Lists the crates of a program.
pub const CYCLONEDX: Tool = Tool { name: "cargo-cyclonedx", version: "0.5.9", features: &[] };

impl Tool {
    /// The program. The first call builds it, which takes minutes and needs a network.
    ///
    /// # Errors
    /// If the installation fails.
    pub fn program(self) -> Result<PathBuf> {
        self.program_in(&cache::directory()?.join("tools"), "cargo")
    }

    /// [`Self::program`] in a directory of tools, by that cargo.
    ///
    /// # Errors
    /// If the installation fails.
    pub fn program_in(self, tools: &Path, cargo: &str) -> Result<PathBuf> {
        let directory = tools.join(format!("{}-{}", self.name, self.version));
        let program = directory.join("bin").join(self.name);
        if program.is_file() {
            return Ok(program);
        }
        let mut command = Command::new(cargo);
        command.args(["install", self.name, "--version", self.version]);
        // An optimized build takes minutes longer, and each tool runs for seconds.
        command.args(["--locked", "--quiet", "--debug", "--no-default-features", "--root"]);
        command.arg(&directory);
        if !self.features.is_empty() {
            command.arg("--features").arg(self.features.join(","));
        }
        // The repository's configuration and target directory are not of the tool.
        let status = command.current_dir("/").env_remove("CARGO_TARGET_DIR").status();
        let status = status.context("failed to run cargo")?;
        ensure!(status.success(), "failed to install {} {}: {status}", self.name, self.version);
        ensure!(program.is_file(), "failed to install {}: no program", self.name);
        Ok(program)
    }
}
