//! Providers: the sources of clusters.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The source of a cluster. The list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// A cluster of containers, by the program `kind`.
    Kind,
    /// A cluster of processes of this machine.
    Native,
    /// A cluster that was there before.
    Existing,
}

impl Provider {
    /// Its name in files and flags.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Native => "native",
            Self::Existing => "existing",
        }
    }

    /// Whether a proxy before the object store records the requests of pods.
    pub fn sees_requests(self) -> bool {
        match self {
            Self::Native => true,
            Self::Kind | Self::Existing => false,
        }
    }

    /// Whether the harness installs Argo on it.
    pub fn installs_argo(self) -> bool {
        match self {
            Self::Kind | Self::Native => true,
            Self::Existing => false,
        }
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
