//! The run manifest: the request of a run and its sessions. A run that was killed can be resumed
//! with it.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use anyhow::Context;
use jiff::Timestamp;
use model::{Provider, plain_file};
use report::RunRequest;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::history_file::LARGEST_TEXT;

/// Its file in the run directory.
pub const FILE: &str = "manifest.json";
/// The file under which a manifest is written, before it gets its name.
pub(crate) const NEW_FILE: &str = "manifest.json.new";
/// Name of the file that a running session locks. The kernel unlocks the file when the session
/// ends, however it ends.
pub const LOCK: &str = "lock";

/// The request of a run, and the sessions that ran it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunManifest {
    /// The request of the run.
    pub request: RunRequest,
    /// The provider of the clusters.
    pub provider: Provider,
    /// The first one began the run, the others resumed it.
    pub sessions: Vec<SessionRecord>,
}

/// One program that ran in the directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Id that its histories have.
    pub run: String,
    /// The start of the program.
    pub started: Timestamp,
}

impl RunManifest {
    /// Reads it.
    pub fn read(directory: &Path) -> anyhow::Result<Self> {
        let path = directory.join(FILE);
        let text = plain_file::text(&path, LARGEST_TEXT).map_err(|error| {
            let message = format!("failed to read {}: {error}", path.display());
            Error::usage(message).with_hint(
                "Name the directory of a run that installs Argo; a merged run cannot be resumed.",
            )
        })?;
        serde_json::from_str(&text).with_context(|| format!("failed to read {}", path.display()))
    }

    /// Writes it, whole or not at all.
    pub fn write(&self, directory: &Path) -> anyhow::Result<()> {
        let path = directory.join(FILE);
        let new = directory.join(NEW_FILE);
        let text = serde_json::to_string_pretty(self)? + "\n";
        let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &path));
        written.with_context(|| format!("failed to write {}", path.display()))
    }
}

/// Keeps others from running in a directory as long as it is held.
pub fn lock(directory: &Path) -> anyhow::Result<File> {
    let path = directory.join(LOCK);
    let file = OpenOptions::new().create(true).append(true).open(&path);
    let file = file.with_context(|| format!("failed to open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let message = format!("failed to lock {}: another run uses it", directory.display());
            Err(Error::usage(message).with_hint("Wait for the end of that run.").into())
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("failed to lock {}", path.display()))
        }
    }
}
