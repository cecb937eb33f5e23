//! The tag of a release and the version of `Cargo.toml`.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

/// The version of the workspace.
///
/// # Errors
/// If `Cargo.toml` cannot be read or has no version.
pub fn version(root: &Path) -> Result<String> {
    let text = std::fs::read_to_string(root.join("Cargo.toml"));
    let manifest: toml::Table = text.context("failed to read Cargo.toml")?.parse()?;
    let version = manifest.get("workspace").and_then(|it| it.get("package"));
    let version = version.and_then(|package| package.get("version")?.as_str());
    version.map(str::to_owned).context("invalid Cargo.toml: the workspace has no version")
}

/// Checks that a tag is that of the version.
///
/// # Errors
/// If it is another one.
pub fn check(tag: &str, version: &str) -> Result<()> {
    if tag.strip_prefix('v') == Some(version) {
        return Ok(());
    }
    bail!(
        "invalid tag {tag}: Cargo.toml has version {version}. \
         Name the tag v{version}, or set the version of the workspace in Cargo.toml"
    )
}
