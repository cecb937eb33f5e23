//! The error of a slot.

use std::path::PathBuf;

use super::names::SLOTS;

/// The error of a slot that cannot be taken or cleaned.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// The lock files cannot be used.
    #[error("use the lock files in {}", path.display())]
    Locks {
        /// Directory of the lock files.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: std::io::Error,
    },
    /// The directory for the sandbox's data cannot be made.
    #[error("make the directory {}", path.display())]
    Directory {
        /// Path of the directory.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: std::io::Error,
    },
    /// All slots are taken.
    #[error("all {SLOTS} slots are taken\nhint: `argo-conformance sweep` says by whom")]
    Full,
    /// A harness that runs uses the slot.
    #[error("slot {index} is in use by process {owner}")]
    InUse {
        /// Number of the slot.
        index: u16,
        /// Number of the harness's process.
        owner: u32,
    },
    /// Something that an ended user left cannot be removed.
    #[error("remove what an earlier run left in slot {index}: {what}")]
    Leftover {
        /// Number of the slot.
        index: u16,
        /// The thing that is left.
        what: String,
        /// The system's error.
        #[source]
        cause: std::io::Error,
    },
}
