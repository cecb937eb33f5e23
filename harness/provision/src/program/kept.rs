//! Go's caches that stay from one build of a checkout or commit to the next: a build after a small
//! change compiles the packages that the change reaches.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::build;
use super::error::BuildError;
use crate::cache::entry;
use crate::cache::lock::Lock;
use crate::cache::{Cache, CacheError, bytes, failed};
use crate::go::run::Runner;
use crate::go::{COMPILED, MODULES};
use crate::progress::Progress;

/// Bytes that the caches may take up after a build.
const LIMIT: u64 = 8_000_000_000;
/// Bytes of them that downloaded modules may take up.
const LIMIT_OF_MODULES: u64 = LIMIT / 2;
/// The file that says how many bytes the modules take up: to count them takes a second.
const COUNTED: &str = "modules.bytes";

/// Go's caches that stay. One build at a time has them, so a trim takes no file from a build.
pub(super) struct Kept {
    dir: PathBuf,
    _lock: Lock,
}

impl Kept {
    /// Takes the caches, waiting for another build that has them.
    pub(super) fn take(
        cache: &Cache,
        runner: &dyn Runner,
        progress: &dyn Progress,
    ) -> Result<Self, BuildError> {
        let (label, what) = ("Go's caches", "building a checkout or commit");
        let lock = build::wait(cache, "go", label, what, runner, progress)?;
        Ok(Self { dir: cache.of_go(), _lock: lock })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Removes what is over the limit.
    pub(super) fn trim(&self, downloaded: bool) -> Result<(), CacheError> {
        trim(&self.dir, downloaded, LIMIT, LIMIT_OF_MODULES)
    }
}

/// Removes what is over `limit`: all modules if they take up more than `of_modules`, because Go
/// takes half a module for a whole one; then the compiled packages that were not used for longest.
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

/// Removes files, those first that were not used for longest. Go marks a file that it uses by the
/// time of its last change, once an hour.
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
