//! SHA-256 checksums of the files of a release, in the format of `sha256sum`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

/// The extension of a file of checksums.
const EXTENSION: &str = "sha256";

/// The files of a directory, sorted.
pub(super) fn files(directory: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).context("failed to list the files of the release")?;
    let paths = entries.map(|entry| Ok(entry?.path()));
    let mut paths = paths.collect::<Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

/// Writes the checksum of each file of the directory.
pub(super) fn write(directory: &Path, to: &Path) -> Result<()> {
    let mut text = String::new();
    for path in files(directory)?.iter().filter(|path| !is_checksums(path)) {
        let bytes = fs::read(path);
        let bytes = bytes.with_context(|| format!("failed to read {}", path.display()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let _ = writeln!(text, "{}  {name}", hex::encode(Sha256::digest(bytes)));
    }
    fs::write(to, text).with_context(|| format!("failed to write {}", to.display()))
}

fn is_checksums(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == EXTENSION)
}
