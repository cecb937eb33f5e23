//! The commit of a release.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use crate::tree;

/// Checks that the checkout is the commit.
///
/// # Errors
/// If a file differs from the commit.
pub(super) fn is_clean(root: &Path) -> Result<()> {
    let changed = tree::git(root, &["status", "--porcelain"])?;
    let first = changed.lines().next().unwrap_or_default();
    ensure!(changed.is_empty(), "invalid checkout: it has changes: {first}. Commit the changes");
    Ok(())
}

/// The time of the commit, in seconds since 1970.
pub(super) fn time(root: &Path) -> Result<u64> {
    let text = tree::git(root, &["log", "-1", "--format=%ct"])?;
    text.trim().parse().with_context(|| format!("invalid time of the commit: {}", text.trim()))
}
