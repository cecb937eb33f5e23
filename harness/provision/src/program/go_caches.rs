//! Go's caches that builds of checkouts and commits share. A build after a small change compiles
//! only the packages that the change affects.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::error::BuildError;
use super::wait::wait;
use crate::cache::entry;
use crate::cache::lock::Lock;
use crate::cache::{Cache, CacheError, bytes, failed};
use crate::go::run::Runner;
use crate::go::{COMPILED, MODULES};
use crate::progress::Progress;

/// Largest size of the caches after a build, in bytes.
const LIMIT: u64 = 8_000_000_000;
/// Largest size of the downloaded modules in the caches, in bytes.
const LIMIT_OF_MODULES: u64 = LIMIT / 2;
/// File with the size of the modules in bytes. A count takes a second.
const COUNTED: &str = "modules.bytes";

/// Go's caches that stay. One build at a time has the lock, so a trim removes no file of a build.
pub(super) struct GoCaches {
    dir: PathBuf,
    _lock: Lock,
}

impl GoCaches {
    /// Takes the lock of the caches, after a wait for another build if necessary.
    pub(super) fn take(
        cache: &Cache,
        runner: &dyn Runner,
        progress: &dyn Progress,
    ) -> Result<Self, BuildError> {
        let (label, what) = ("Go's caches", "building a checkout or commit");
        let lock = wait(cache, "go", label, what, runner, progress)?;
        Ok(Self { dir: cache.of_go(), _lock: lock.ok_or(BuildError::Cancelled)? })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Removes files until the size is below the limits.
    pub(super) fn trim(&self, downloaded: bool) -> Result<(), CacheError> {
        trim(&self.dir, downloaded, LIMIT, LIMIT_OF_MODULES)
    }
}

/// Removes files until the size is at most `limit`. If the modules are larger than `of_modules`,
/// all modules are removed, because Go treats an incomplete module as complete. Compiled packages
/// follow, the least recently used first.
fn trim(dir: &Path, downloaded: bool, limit: u64, of_modules: u64) -> Result<(), CacheError> {
    let (modules, counted) = (dir.join(MODULES), dir.join(COUNTED));
    let known = fs::read_to_string(&counted).ok().and_then(|text| text.parse().ok());
    let mut there = match known.filter(|_| !downloaded) {
        Some(there) => there,
        None => bytes(&modules)?,
    };
    if there > of_modules {
        entry::remove(&modules)?;
        there = 0;
    }
    fs::write(&counted, there.to_string()).map_err(failed("write", &counted))?;
    trim_compiled(&dir.join(COMPILED), limit.saturating_sub(there))
}

/// Removes files until the size is at most `limit`, the least recently used first. Go sets the
/// modification time of a used file, at most once an hour.
fn trim_compiled(dir: &Path, limit: u64) -> Result<(), CacheError> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for found in walkdir::WalkDir::new(dir) {
        let found = found.map_err(|error| failed("read", dir)(error.into()))?;
        let data = found.metadata().map_err(|error| failed("read", found.path())(error.into()))?;
        if data.is_file() {
            let used = data.modified().map_err(failed("read", found.path()))?;
            files.push((used, data.len(), found.into_path()));
        }
    }
    files.sort();
    let mut sum: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, bytes, path) in files {
        if sum <= limit {
            break;
        }
        fs::remove_file(&path).map_err(failed("remove", &path))?;
        sum -= bytes;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
