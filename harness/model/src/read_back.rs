//! The running components, as a cluster reports them.

use serde::{Deserialize, Serialize};

use crate::controller::FoundController;

/// State of the running components, as the cluster reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBack {
    /// Version that the API server reports.
    pub kubernetes: String,
    /// Image of the controller's container.
    pub controller_image: String,
    /// Content digest of the controller's running image.
    pub controller_image_id: String,
    /// Arguments of the controller.
    pub controller_args: Vec<String>,
    /// Environment of the controller, `NAME=value`. A found controller has no values.
    pub controller_env: Vec<String>,
    /// Container runtime and kernel of the controller's node. Without the right to read nodes: the
    /// refusal.
    pub node: String,
    /// Source of this Argo, for a person: `its release`, `its Go module`, `git commit …`.
    pub source: String,
    /// The controller that a run found. `None`: the harness installed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller: Option<FoundController>,
}
