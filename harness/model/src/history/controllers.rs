//! The workflow controllers that exist at a moment, and their leader.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::versions::Versions;

/// The workflow controllers that the API server shows, between two moments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controllers {
    /// Milliseconds since the start at which the API server was asked.
    pub asked_at: u64,
    /// The versions of the installation by component, as the harness installed them.
    pub argo: Versions,
    /// Each pod of a controller that has not ended, by uid.
    pub pods: Vec<ControllerPod>,
    /// Holder of the Lease of the leader. `None`: no Lease, or no holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leader: Option<String>,
}

/// A pod of the workflow controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControllerPod {
    /// Uid of the pod.
    pub uid: String,
    /// Name of the pod.
    pub name: String,
    /// Image of the controller.
    pub image: String,
    /// Number of restarts of the controller's container. `None`: the history does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restarts: Option<i64>,
    /// Image of argoexec that the controller gives to pods. `None`: the arguments have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executor: Option<String>,
}

impl Controllers {
    /// Each different pair of images: controller and executor.
    pub fn images(&self) -> std::collections::BTreeSet<(&str, Option<&str>)> {
        self.pods.iter().map(|pod| (pod.image.as_str(), pod.executor.as_deref())).collect()
    }
}

impl fmt::Display for Controllers {
    /// The versions, each pod with its image, and the leader.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Argo {}", self.argo.title())?;
        for pod in &self.pods {
            write!(f, ", {} with {}", pod.name, pod.image)?;
        }
        self.leader.as_ref().map_or(Ok(()), |leader| write!(f, ", leader {leader}"))
    }
}
