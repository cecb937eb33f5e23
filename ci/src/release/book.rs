//! The book of a release, for readers of one version.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use walkdir::WalkDir;

use super::archive::File;
use crate::book;

/// Builds the book. Returns its files by path.
pub(super) fn files(root: &Path) -> Result<BTreeMap<String, File>> {
    let problems = book::build(root)?;
    ensure!(problems.is_empty(), "failed to build the book");
    let top = root.join(book::BUILT);
    let mut files = BTreeMap::new();
    for entry in WalkDir::new(&top) {
        let entry = entry.context("failed to list the book")?;
        if entry.file_type().is_file() {
            let bytes = fs::read(entry.path())?;
            let name = entry.path().strip_prefix(&top)?.display().to_string();
            files.insert(name, File { mode: 0o644, bytes });
        }
    }
    Ok(files)
}
