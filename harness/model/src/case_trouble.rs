//! Trouble of the environment that meets one case and no other.

use crate::history::Part;

/// A kind of it. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseTrouble {
    /// A node cannot get the image of a container.
    ImagePull,
    /// No node takes a pod.
    Scheduling,
    /// A node or the cluster gave up a pod.
    Eviction,
    /// A `ResourceQuota` refuses an object.
    Quota,
    /// A `LimitRange` refuses a pod.
    LimitRange,
    /// Pod Security refuses a pod.
    PodSecurity,
    /// An admission webhook or policy refuses an object, or does not answer.
    Admission,
    /// The API server or a client holds requests back.
    Throttling,
}

impl CaseTrouble {
    /// The part of the environment that has it.
    pub fn part(self) -> Part {
        match self {
            Self::ImagePull | Self::Scheduling | Self::Eviction => Part::Node,
            Self::Quota
            | Self::LimitRange
            | Self::PodSecurity
            | Self::Admission
            | Self::Throttling => Part::Api,
        }
    }
}
