//! The bill of materials of the program, in the JSON form of `CycloneDX`.
//!
//! cargo-cyclonedx lists the crates. Rust's library and the C library are linked too.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::build::PACKAGE;
use crate::{tools, tree};

/// The name of the files that cargo-cyclonedx writes beside the manifest of each member.
const NAME: &str = "release.cdx";

/// The document.
pub(super) fn text(root: &Path, target: &str, time: u64) -> Result<String> {
    let mut document = crates(root, target, time)?;
    let components = document["components"].as_array_mut();
    let components = components.context("invalid output of cargo-cyclonedx: no components")?;
    components.extend([
        library("rust-std", &version("rustc", &["--version"])?, "MIT OR Apache-2.0"),
        library("glibc", &version("getconf", &["GNU_LIBC_VERSION"])?, "LGPL-2.1-or-later"),
    ]);
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

/// The document about the crates. The tool writes one for each member of the workspace.
fn crates(root: &Path, target: &str, time: u64) -> Result<Value> {
    let mut command = Command::new(tools::CYCLONEDX.program()?);
    command.args(["cyclonedx", "--format", "json", "--spec-version", "1.5", "--target", target]);
    command.args(["--no-build-deps", "--quiet", "--override-filename", NAME]);
    command.env("SOURCE_DATE_EPOCH", time.to_string()).current_dir(root);
    let status = command.status().context("failed to run cargo-cyclonedx")?;
    ensure!(status.success(), "failed to list the crates: {status}");
    // A member has the path of its manifest. The root is a path of this machine.
    let here = format!("path+file://{}/", root.display());
    let mut found = None;
    for path in written(root)? {
        let text = fs::read_to_string(&path)?.replace(&here, "path+file:///");
        fs::remove_file(&path)?;
        let document: Value = serde_json::from_str(&text)?;
        if document["metadata"]["component"]["name"] == PACKAGE {
            found = Some(document);
        }
    }
    found.with_context(|| format!("failed to list the crates: no document about {PACKAGE}"))
}

/// The files that the tool wrote.
fn written(root: &Path) -> Result<Vec<std::path::PathBuf>> {
    let listed = tree::git(root, &["ls-files", "-z", "--others"])?;
    let names = listed.split_terminator('\0');
    let ours = names.filter(|name| name.ends_with(&format!("/{NAME}.json")));
    Ok(ours.map(|name| root.join(name)).collect())
}

fn library(name: &str, version: &str, licence: &str) -> Value {
    json!({
        "type": "library",
        "bom-ref": format!("{name}@{version}"),
        "name": name,
        "version": version,
        "scope": "required",
        "licenses": [{ "expression": licence }],
    })
}

/// The second word that a program prints.
fn version(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.with_context(|| format!("failed to run {program}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(1).map(str::to_owned);
    version.with_context(|| format!("failed to find the version of {program}"))
}
