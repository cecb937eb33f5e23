//! The error of a slot.

use std::path::PathBuf;

use super::names::SLOTS;

/// The error of a slot that cannot be taken or cleaned.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// The lock files cannot be used.
    #[error("failed to use the lock files in {}", path.display())]
    Locks {
        /// Directory of the lock files.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: std::io::Error,
    },
    /// The directory for the sandbox's data cannot be made.
    #[error("failed to make the directory {}", path.display())]
    Directory {
        /// Path of the directory.
        path: PathBuf,
        /// The system's error.
        #[source]
        cause: std::io::Error,
    },
    /// All slots are taken.
    #[error("failed to take a slot: all {SLOTS} slots are in use")]
    Full,
    /// Networks of the host are in the way of every slot that is not in use.
    #[error("failed to take a slot: {why}")]
    NoAddresses {
        /// The networks in the way, as text.
        why: String,
    },
    /// The networks of the host cannot be listed.
    #[error("failed to list the networks of this machine")]
    Network(#[source] std::io::Error),
    /// A harness that runs uses the slot.
    #[error("slot {index} is in use by process {owner}")]
    InUse {
        /// Number of the slot.
        index: u16,
        /// Number of the harness's process.
        owner: u32,
    },
    /// Something that an ended user left cannot be removed.
    #[error("failed to remove {what} of an earlier run in slot {index}")]
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

impl SlotError {
    /// The remedy. `None`: the error tells of no remedy.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Full => Some("find their users with `argo-conformance sweep`".to_owned()),
            Self::NoAddresses { .. } => Some(
                "remove one of these routes, or stop the program that made it (often a VPN)"
                    .to_owned(),
            ),
            Self::Locks { .. }
            | Self::Network(_)
            | Self::Directory { .. }
            | Self::InUse { .. }
            | Self::Leftover { .. } => None,
        }
    }
}
