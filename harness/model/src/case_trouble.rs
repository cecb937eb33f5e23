//! Causes of an unhealthy environment that meet one case and no other.

use crate::history::Part;

/// A cause. The list is closed.
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
    /// An admission webhook, policy or plugin refuses an object, or does not answer.
    Admission,
    /// The API server forbids the controller or a pod an action.
    Rights,
    /// The executor of a pod gets no answer of the API server or the object store.
    ExecutorWait,
    /// The API server or a client holds requests back.
    Throttling,
    /// The controller's settings make a workflow wait for other workflows.
    Parallelism,
    /// A pod cannot reach the object store, or the store has an error of its own.
    ObjectStore,
}

impl CaseTrouble {
    /// The part of the environment that is unhealthy by this cause.
    pub fn part(self) -> Part {
        match self {
            Self::ImagePull | Self::Scheduling | Self::Eviction => Part::Node,
            Self::Quota
            | Self::LimitRange
            | Self::PodSecurity
            | Self::Admission
            | Self::Rights
            | Self::ExecutorWait
            | Self::Throttling => Part::Api,
            Self::Parallelism => Part::Controller,
            Self::ObjectStore => Part::Store,
        }
    }
}
