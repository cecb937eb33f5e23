//! The harness's cache.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

/// The directory of the cache, as the harness finds it.
///
/// # Errors
/// If the environment names neither a cache nor a home.
pub fn directory() -> Result<PathBuf> {
    let home = |name: &str, below: &str| Some(PathBuf::from(std::env::var_os(name)?).join(below));
    home("ARGO_CONFORMANCE_CACHE", "")
        .or_else(|| home("XDG_CACHE_HOME", "argo-conformance"))
        .or_else(|| home("HOME", ".cache/argo-conformance"))
        .context("failed to find the cache: HOME is not set")
}
