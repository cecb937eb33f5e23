//! Profiles: named settings of the workflow controller.

use serde::{Deserialize, Serialize};

/// Settings of the controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Waits are shorter than the defaults of Argo. No other setting differs.
    Fast,
    /// As `Fast`, without leader election: a restarted controller does not wait for the lease.
    NoLeaderElection,
    /// The defaults of Argo.
    Defaults,
}

impl Profile {
    /// Every profile. The first one is the default of a run.
    pub const ALL: [Self; 3] = [Self::Fast, Self::NoLeaderElection, Self::Defaults];

    /// Name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::NoLeaderElection => "no-leader-election",
            Self::Defaults => "defaults",
        }
    }

    /// Part of the name of an installation. `None` for the default.
    pub fn settings(self) -> Option<String> {
        (self != Self::Fast).then(|| self.name().to_owned())
    }

    /// The profile of a part of the name of an installation. `None`: the part names no profile.
    pub fn of_settings(settings: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.settings().as_deref() == settings)
    }
}
