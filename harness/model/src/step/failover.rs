//! Disturbances of the controllers, which a step must prove.

use std::time::Duration;

/// A step that disturbs the controllers, and must prove the disturbance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failover {
    /// Name of the step.
    pub step: String,
    /// The disturbance that the history must show.
    pub disturbance: Disturbance,
}

/// A disturbance of the controllers. The list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disturbance {
    /// The pod of the leader ends, and another controller leads.
    Kill,
    /// The processes of the leader stop for this time, another controller leads, and they go on.
    Freeze(Duration),
    /// The leader loses its Lease, and its process ends.
    LoseLease,
    /// The number of controllers becomes this one.
    Scale(u32),
}

impl Disturbance {
    /// Whether it means something only among several controllers with a leader.
    pub fn needs_election(self) -> bool {
        match self {
            Self::Kill | Self::Freeze(_) | Self::LoseLease => true,
            Self::Scale(_) => false,
        }
    }
}
