//! Times of stages in earlier runs of this machine, as one file of the cache.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use model::plain_file::{self, PlainFileError};

use super::directory::Cache;
use super::error::{CacheError, failed};

/// Name of the file in the cache.
const NAME: &str = "stage-times.json";

/// Largest size of the file, in bytes.
const LARGEST: u64 = 1 << 14;

/// Largest number of stages in the file.
const MOST: usize = 100;

/// Milliseconds of each stage, by its name without a version.
type Rows = BTreeMap<String, u64>;

/// Times of stages in earlier runs of this machine.
#[derive(Clone, Debug, Default)]
pub struct StageTimes {
    /// The file. `None`: the times are not kept.
    path: Option<PathBuf>,
    rows: Rows,
}

/// Error of [`StageTimes::of_cache`]: the file has no times.
#[derive(Debug, thiserror::Error)]
#[error("invalid times of stages {}: {reason}", path.display())]
pub struct StageTimesError {
    path: PathBuf,
    reason: String,
}

impl StageTimes {
    /// The times in a cache. The error tells why a file counts as empty. The next time that is
    /// kept replaces that file.
    pub fn of_cache(cache: &Cache) -> (Self, Option<StageTimesError>) {
        let mut times = Self { path: Some(cache.root().join(NAME)), rows: Rows::new() };
        match times.read() {
            Ok(rows) => {
                times.rows = rows.unwrap_or_default();
                (times, None)
            }
            Err(error) => (times, Some(error)),
        }
    }

    /// The time that a stage took in an earlier run.
    pub fn of(&self, stage: &str) -> Option<Duration> {
        self.rows.get(stage).copied().map(Duration::from_millis)
    }

    /// Keeps the time of a stage. Another process may keep times in between: the function reads the
    /// file again. A file with the largest number of stages takes no other stage.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&mut self, stage: &str, time: Duration) -> Result<(), CacheError> {
        if let Ok(Some(rows)) = self.read() {
            self.rows = rows;
        }
        if self.rows.len() < MOST || self.rows.contains_key(stage) {
            self.rows.insert(stage.to_owned(), model::milliseconds(time));
        }
        let Some(path) = &self.path else { return Ok(()) };
        let text = serde_json::to_string_pretty(&self.rows)
            .map_err(|error| failed("write", path)(error.into()))?;
        let new = path.with_extension(format!("json.{}", std::process::id()));
        fs::write(&new, text + "\n").map_err(failed("write", &new))?;
        fs::rename(&new, path).map_err(failed("write", path))
    }

    /// The rows of the file. `None`: no such file exists.
    fn read(&self) -> Result<Option<Rows>, StageTimesError> {
        let Some(path) = &self.path else { return Ok(None) };
        let invalid = |reason: String| StageTimesError { path: path.clone(), reason };
        let text = match plain_file::text(path, LARGEST) {
            Err(error) if error.is_absent() => return Ok(None),
            text => text.map_err(|error: PlainFileError| invalid(error.to_string()))?,
        };
        let rows: Rows = serde_json::from_str(&text).map_err(|error| invalid(error.to_string()))?;
        if rows.len() > MOST {
            return Err(invalid(format!("it has {} stages, more than {MOST}", rows.len())));
        }
        Ok(Some(rows))
    }
}

#[cfg(test)]
mod tests;
