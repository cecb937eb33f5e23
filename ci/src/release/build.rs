//! The static program of a release.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// The package of the program.
pub(super) const PACKAGE: &str = "argo-conformance-cli";

/// Builds the program for a target. The C library is inside, and no path of this machine.
pub(super) fn program(root: &Path, target: &str) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command.args(["build", "--release", "--locked", "--quiet", "--package", PACKAGE]);
    command.args(["--target", target, "--message-format", "json-render-diagnostics"]);
    command.current_dir(root).env("CARGO_INCREMENTAL", "0");
    command.env("CARGO_ENCODED_RUSTFLAGS", flags(root)?.join("\u{1f}"));
    let output = command.stderr(Stdio::inherit()).output().context("failed to run cargo")?;
    ensure!(output.status.success(), "failed to build the program: {}", output.status);
    let messages = output.stdout.split(|byte| *byte == b'\n');
    let messages = messages.filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let built = messages.rev().find_map(|it| Some(it["executable"].as_str()?.to_owned()));
    built.map(PathBuf::from).context("failed to find the program: cargo names no executable")
}

fn flags(root: &Path) -> Result<[String; 4]> {
    let home = |name: &str, below: &str| Some(PathBuf::from(std::env::var_os(name)?).join(below));
    let cargo = home("CARGO_HOME", "").or_else(|| home("HOME", ".cargo"));
    let cargo = cargo.context("failed to find the directory of cargo: HOME is not set")?;
    let renamed = |path: &Path, name| {
        let path = path.display().to_string();
        format!("--remap-path-prefix={}={name}", path.trim_end_matches('/'))
    };
    Ok([
        "-C".to_owned(),
        "target-feature=+crt-static".to_owned(),
        renamed(root, "argo-conformance"),
        renamed(&cargo, "cargo"),
    ])
}
