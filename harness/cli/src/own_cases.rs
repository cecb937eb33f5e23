//! The cases that the program contains.
//!
//! A program that is installed alone has no directory `cases` beside it. The cases are then written
//! into the cache once, and read from there. Each use compares the files.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use provision::cache::Cache;
use sha2::{Digest, Sha256};

/// Path and text of each file, from the build.
const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/cases.rs"));

/// Default of the arguments that name a directory of cases.
pub(crate) const DEFAULT: &str = "cases";

/// The directory of cases of an argument. The default names the cases of this program where the
/// current directory has no `cases`.
#[expect(clippy::unnecessary_wraps, reason = "the form of a parser of clap")]
pub(crate) fn directory(text: &str) -> Result<PathBuf, std::convert::Infallible> {
    let named = PathBuf::from(text);
    if text != DEFAULT || named.exists() {
        return Ok(named);
    }
    let cache = std::env::var_os("ARGO_CONFORMANCE_CACHE");
    // A cache that cannot be written leaves the message about the missing directory.
    Ok(write(cache).unwrap_or(named))
}

/// Writes the files, unless the cache has them. The directory appears whole, by one rename. A
/// directory with other content is replaced.
fn write(cache: Option<OsString>) -> anyhow::Result<PathBuf> {
    let cache = Cache::open(cache.map(PathBuf::from).as_deref())?;
    let directory = cache.root().join("cases").join(digest());
    if is_unaltered(&directory) {
        return Ok(directory);
    }
    let parent = directory.parent().unwrap_or(&directory);
    fs::create_dir_all(parent).context("failed to create the directory of the cases")?;
    let staged = tempfile::tempdir_in(parent)?;
    let content = staged.path().join("cases");
    for (name, text) in FILES {
        let path = content.join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(&path, text)?;
    }
    if directory.exists() {
        // The temporary directory is removed with the altered files. An error: another process was
        // faster.
        let _ = fs::rename(&directory, staged.path().join("altered"));
    }
    match fs::rename(&content, &directory) {
        // Another process was faster.
        Err(_) if is_unaltered(&directory) => Ok(directory),
        Err(error) => Err(error).context("failed to write the cases"),
        Ok(()) => Ok(directory),
    }
}

/// Whether a directory has the files of this program, and no other file.
fn is_unaltered(directory: &Path) -> bool {
    let mut rest: BTreeMap<PathBuf, &str> =
        FILES.iter().map(|(name, text)| (directory.join(name), *text)).collect();
    let whole = walkdir::WalkDir::new(directory).into_iter().all(|found| {
        found.is_ok_and(|found| {
            let mut is_known = || {
                let text = rest.remove(found.path());
                text.is_some_and(|text| fs::read(found.path()).is_ok_and(|t| t == text.as_bytes()))
            };
            found.file_type().is_dir() || (found.file_type().is_file() && is_known())
        })
    });
    whole && rest.is_empty()
}

/// The first 16 digits of the digest of all files.
fn digest() -> String {
    let mut sum = Sha256::new();
    for (name, text) in FILES {
        sum.update(format!("{name}\n{}\n{text}", text.len()));
    }
    hex::encode(&sum.finalize()[..8])
}
