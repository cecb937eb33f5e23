//! The licences of everything in the program: crates, Rust's library, the C library.
//!
//! cargo-about finds the texts of the crates. The accepted licences are those of `deny.toml`.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::tools;

/// Licences of the crates.
pub(super) const CRATES: &str = "licences/crates.txt";
/// Licences of Rust's library.
pub(super) const RUST: &str = "licences/rust-library.html";
/// Licences of the C library, and the licence that its list refers to.
pub(super) const C_LIBRARY: [(&str, &str); 2] = [
    ("licences/c-library.txt", "/usr/share/doc/libc6-dev/copyright"),
    ("licences/LGPL-2.1.txt", "/usr/share/common-licenses/LGPL-2.1"),
];
/// The template of [`CRATES`], from the root of the repository.
const TEMPLATE: &str = "ci/licences.hbs";

/// Path and content of each text.
pub(super) fn texts(root: &Path, target: &str) -> Result<Vec<(&'static str, Vec<u8>)>> {
    let mut texts = vec![(CRATES, crates(root, target)?), (RUST, rust_library()?)];
    for (path, from) in C_LIBRARY {
        let text = fs::read(from).with_context(|| format!("failed to read {from}"))?;
        texts.push((path, text));
    }
    Ok(texts)
}

fn crates(root: &Path, target: &str) -> Result<Vec<u8>> {
    let place = tempfile::tempdir().context("failed to create a directory")?;
    let configuration = place.path().join("about.toml");
    fs::write(&configuration, self::configuration(root, target)?)?;
    let output = place.path().join("crates.txt");
    let mut command = Command::new(tools::ABOUT.program()?);
    command.args(["generate", "--fail", "--locked", "--offline"]);
    command.arg("--config").arg(&configuration).arg("--output-file").arg(&output);
    command.arg("--manifest-path").arg(root.join("harness/cli/Cargo.toml"));
    let status = command.arg(root.join(TEMPLATE)).status().context("failed to run cargo-about")?;
    ensure!(status.success(), "failed to collect the licences of the crates: {status}");
    fs::read(output).context("failed to read the licences of the crates")
}

/// The configuration of cargo-about.
fn configuration(root: &Path, target: &str) -> Result<String> {
    let deny = fs::read_to_string(root.join("deny.toml")).context("failed to read deny.toml")?;
    let deny: toml::Table = deny.parse().context("invalid deny.toml")?;
    let allowed = deny.get("licenses").and_then(|licenses| licenses.get("allow"));
    let allowed = allowed.context("invalid deny.toml: no licenses.allow")?;
    // A list of texts is the same in JSON and in TOML.
    let allowed = serde_json::to_string(allowed)?;
    Ok(format!(
        "accepted = {allowed}\ntargets = [\"{target}\"]\nignore-build-dependencies = true\n\
         ignore-dev-dependencies = true\nprivate = {{ ignore = true }}\n"
    ))
}

fn rust_library() -> Result<Vec<u8>> {
    let output = Command::new("rustc").args(["--print", "sysroot"]).output();
    let output = output.context("failed to run rustc")?;
    let root = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let path = Path::new(&root).join("share/doc/rust/COPYRIGHT-library.html");
    fs::read(&path).with_context(|| format!("failed to read {}", path.display()))
}
