//! Steps: what a plan does, in order.

mod fault;
mod fault_table;
pub(crate) mod table;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::history::{Action, Part};
pub use fault::{Misbehaviour, S3Error, StoreFault};

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Name, unique in the plan; claims' windows start at a step's name. The verb unless `as` is
    /// given.
    pub name: String,
    /// The action.
    pub act: Act,
}

/// The action of a step. The list is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Create the case's workflow through the API.
    Submit,
    /// Wait until a fact holds.
    Await {
        /// The fact that the step waits for.
        fact: Fact,
        /// Time for which the fact must have held without a break. The controller is then not in
        /// the middle of its work on that state.
        held: Option<Duration>,
        /// The longest wait. This patience is no promise of Argo's.
        patience: Duration,
        /// Interval at which the step touches the workflow while it waits. The touch is an
        /// annotation that makes the controller look again. Argo's own wake-up races then change no
        /// verdict.
        touching: Option<Duration>,
        /// Whether the plan goes on when patience runs out; otherwise it ends there.
        go_on: bool,
    },
    /// `argo retry`.
    Retry {
        /// Parameters of the workflow that it has from then on: name and value.
        parameters: Vec<(String, String)>,
    },
    /// `argo resubmit`.
    Resubmit {
        /// Whether what has succeeded is not run again: `--memoized`.
        memoized: bool,
    },
    /// `argo stop`.
    Stop,
    /// `argo terminate`.
    Terminate,
    /// `argo suspend`.
    Suspend,
    /// `argo resume`.
    Resume,
    /// `argo delete`: returns when the API has taken the request, not when the object is gone.
    Delete,
    /// Give every pod of the workflow's service account this verb on this resource.
    Grant(Right),
    /// Take it away again; done when the API server denies it.
    Revoke(Right),
    /// Delete the pod that now runs a node, without grace.
    DeletePod {
        /// Display name of the node.
        node: String,
    },
    /// Set the status of a node's pod to Failed with containers that run. A pod has this status
    /// when its machine is lost.
    LosePod {
        /// Display name of the node.
        node: String,
    },
    /// Apply the objects of a file of the case's directory to the case's namespace.
    Apply {
        /// The file's content, one JSON object per document.
        objects: Vec<serde_json::Value>,
        /// The file's name.
        file: String,
    },
    /// From here on the store misbehaves towards the case's pods.
    StoreFault(StoreFault),
    /// Put another pod in the place of the workflow controller's.
    RestartController,
}

/// A right of the workflow's service account in the case's namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// `create`, `patch`, …
    pub verb: String,
    /// `workflowtaskresults`, `pods`, …
    pub resource: String,
}

impl Act {
    /// Whether it must leave its mark on the workflow: the object is another afterwards.
    pub fn changes_workflow(&self) -> bool {
        match self {
            Self::Retry { .. }
            | Self::Stop
            | Self::Terminate
            | Self::Suspend
            | Self::Resume
            | Self::Delete => true,
            Self::Submit
            | Self::Await { .. }
            | Self::Resubmit { .. }
            | Self::Grant(_)
            | Self::Revoke(_)
            | Self::DeletePod { .. }
            | Self::LosePod { .. }
            | Self::Apply { .. }
            | Self::StoreFault(_)
            | Self::RestartController => false,
        }
    }

    /// The fact that it waits for, if it waits.
    pub fn awaited(&self) -> Option<&Fact> {
        if let Self::Await { fact, .. } = self { Some(fact) } else { None }
    }

    /// The objects that it applies; none for any other step.
    pub fn applied(&self) -> &[serde_json::Value] {
        if let Self::Apply { objects, .. } = self { objects } else { &[] }
    }

    /// The part of the environment that it stops, restarts or replaces.
    pub fn outage(&self) -> Option<Part> {
        match self {
            Self::RestartController => Some(Part::Controller),
            Self::Submit
            | Self::Await { .. }
            | Self::Retry { .. }
            | Self::Stop
            | Self::Terminate
            | Self::Suspend
            | Self::Resume
            | Self::Delete
            | Self::Resubmit { .. }
            | Self::Grant(_)
            | Self::Revoke(_)
            | Self::DeletePod { .. }
            | Self::LosePod { .. }
            | Self::Apply { .. }
            | Self::StoreFault(_) => None,
        }
    }

    /// The word for it in a case file.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::Await { .. } => "await",
            Self::Retry { .. } => "retry",
            Self::Resubmit { .. } => "resubmit",
            Self::Stop => "stop",
            Self::Terminate => "terminate",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Delete => "delete",
            Self::Grant(_) => "grant",
            Self::Revoke(_) => "revoke",
            Self::DeletePod { .. } => "delete-pod",
            Self::LosePod { .. } => "lose-pod",
            Self::Apply { .. } => "apply",
            Self::StoreFault(_) => "store-fault",
            Self::RestartController => "restart-controller",
        }
    }
}

/// The start of the words for a step that waits.
pub const WAIT: &str = "wait up to";

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Action::of(self, &serde_json::Value::Null).fmt(f)
    }
}
