//! The build of this program: version, commit and digest.

use std::sync::OnceLock;

use anyhow::Context;
use report::Build;

use crate::digest::sha256;

/// Git commit, as `build.rs` of the crate found it; empty if it found none.
const COMMIT: &str = env!("ARGO_CONFORMANCE_COMMIT");
/// Whether the checkout differed from it: `yes` or `no`.
const DIRTY: &str = env!("ARGO_CONFORMANCE_DIRTY");

/// This build.
///
/// # Errors
/// If the executable cannot be read.
pub fn get() -> anyhow::Result<Build> {
    static THIS: OnceLock<Build> = OnceLock::new();
    if let Some(build) = THIS.get() {
        return Ok(build.clone());
    }
    let build = Build {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        commit: Some(COMMIT.to_owned()).filter(|commit| !commit.is_empty()),
        dirty: DIRTY == "yes",
        executable: executable().context("failed to read the executable of this program")?,
    };
    Ok(THIS.get_or_init(|| build).clone())
}

/// SHA-256 of the file that runs, wherever it lies by now.
fn executable() -> std::io::Result<String> {
    sha256(std::fs::File::open("/proc/self/exe")?)
}
