//! Providers: the sources of a cluster.

use serde::{Deserialize, Serialize};

/// The source of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// A cluster in Docker, by the program `kind`.
    Kind,
    /// A cluster of plain processes on this machine.
    Native,
    /// A cluster with an Argo that the harness did not install.
    Existing,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Self; 3] = [Self::Kind, Self::Native, Self::Existing];

    /// Name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Native => "native",
            Self::Existing => "existing",
        }
    }

    /// The provider of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.name() == name)
    }

    /// Whether the harness records requests to the object store: a proxy stands between pods and
    /// store.
    pub fn records_requests(self) -> bool {
        match self {
            Self::Native => true,
            Self::Kind | Self::Existing => false,
        }
    }

    /// Whether the harness installs Argo, and can restart the controller.
    pub fn installs(self) -> bool {
        match self {
            Self::Kind | Self::Native => true,
            Self::Existing => false,
        }
    }
}
