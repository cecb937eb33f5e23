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
    /// As `Fast`, with two replicas of the controller, which elect a leader.
    Ha,
    /// The defaults of Argo.
    Defaults,
}

impl Profile {
    /// Every profile. The first one is the default of a run.
    pub const ALL: [Self; 4] = [Self::Fast, Self::NoLeaderElection, Self::Ha, Self::Defaults];

    /// Name on the command line and in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::NoLeaderElection => "no-leader-election",
            Self::Ha => "ha",
            Self::Defaults => "defaults",
        }
    }

    /// Number of replicas of the controller.
    pub fn replicas(self) -> u32 {
        match self {
            Self::Ha => 2,
            Self::Fast | Self::NoLeaderElection | Self::Defaults => 1,
        }
    }

    /// Whether replicas of the controller elect a leader.
    pub fn elects(self) -> bool {
        match self {
            Self::Fast | Self::Ha | Self::Defaults => true,
            Self::NoLeaderElection => false,
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
