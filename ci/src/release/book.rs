//! The book of a release, for readers of one version.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

use super::archive::File;
use crate::book;

/// Builds the book. Returns its files by path.
pub(super) fn files(root: &Path) -> Result<BTreeMap<String, File>> {
    let problems = book::build(root)?;
    ensure!(problems.is_empty(), "failed to build the book");
    let top = root.join(book::BUILT);
    let mut files = BTreeMap::new();
    let mut directories = vec![top.clone()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory).context("failed to list the book")? {
            let path = entry?.path();
            if path.is_dir() {
                directories.push(path);
                continue;
            }
            let bytes = fs::read(&path)?;
            let name = path.strip_prefix(&top)?.display().to_string();
            files.insert(name, File { mode: 0o644, bytes });
        }
    }
    Ok(files)
}
