//! Actions: what a step does, as a history has it.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::step::{Act, Right, StoreFault, WAIT};

/// The action of a step: its kind and its parameters. The list is closed. Each kind has the name of
/// its step in a case file. Times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// Create the workflow of the case.
    Submit {
        /// The workflow, as the API server was asked to create it.
        workflow: Value,
    },
    /// Wait until a fact holds.
    Await {
        /// The fact, in words.
        until: String,
        /// Time for which the fact must have held without a break, in milliseconds.
        held: Option<u64>,
        /// Longest wait, in milliseconds.
        patience: u64,
        /// Interval at which the workflow is touched, in milliseconds.
        touching: Option<u64>,
        /// Whether the plan goes on when patience runs out.
        go_on: bool,
    },
    /// `argo retry`.
    Retry {
        /// New parameters of the workflow: name and value.
        parameters: Vec<(String, String)>,
    },
    /// `argo resubmit`.
    Resubmit {
        /// Whether with `--memoized`.
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
    /// `argo delete`.
    Delete,
    /// Give the service account of the workflow a right.
    Grant(Right),
    /// Take a right from the service account of the workflow.
    Revoke(Right),
    /// Delete the pod of a node without grace.
    DeletePod {
        /// Display name of the node.
        node: String,
    },
    /// Say of the pod of a node that it is Failed while its containers run.
    LosePod {
        /// Display name of the node.
        node: String,
    },
    /// Apply the objects of a file of the case.
    Apply {
        /// Name of the file.
        file: String,
        /// The objects, as the case has them.
        objects: Vec<Value>,
    },
    /// Let the store misbehave.
    StoreFault(StoreFault),
    /// Restart the workflow controller.
    RestartController,
}

impl Action {
    /// The action of a step. A `submit` creates `workflow`.
    pub fn of(act: &Act, workflow: &Value) -> Self {
        let ms = |time: &std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        match act {
            Act::Submit => Self::Submit { workflow: workflow.clone() },
            Act::Await { fact, held, patience, touching, go_on } => Self::Await {
                until: fact.to_string(),
                held: held.as_ref().map(ms),
                patience: ms(patience),
                touching: touching.as_ref().map(ms),
                go_on: *go_on,
            },
            Act::Retry { parameters } => Self::Retry { parameters: parameters.clone() },
            Act::Resubmit { memoized } => Self::Resubmit { memoized: *memoized },
            Act::Stop => Self::Stop,
            Act::Terminate => Self::Terminate,
            Act::Suspend => Self::Suspend,
            Act::Resume => Self::Resume,
            Act::Delete => Self::Delete,
            Act::Grant(right) => Self::Grant(right.clone()),
            Act::Revoke(right) => Self::Revoke(right.clone()),
            Act::DeletePod { node } => Self::DeletePod { node: node.clone() },
            Act::LosePod { node } => Self::LosePod { node: node.clone() },
            Act::Apply { objects, file } => {
                Self::Apply { file: file.clone(), objects: objects.clone() }
            }
            Act::StoreFault(fault) => Self::StoreFault(fault.clone()),
            Act::RestartController => Self::RestartController,
        }
    }

    /// Whether the step waits.
    pub fn waits(&self) -> bool {
        matches!(self, Self::Await { .. })
    }

    /// Whether the step applies the objects of a file.
    pub fn applies(&self) -> bool {
        matches!(self, Self::Apply { .. })
    }

    /// Whether the `argo` program does the step.
    pub fn is_of_argo(&self) -> bool {
        match self {
            Self::Retry { .. }
            | Self::Resubmit { .. }
            | Self::Stop
            | Self::Terminate
            | Self::Suspend
            | Self::Resume
            | Self::Delete => true,
            Self::Submit { .. }
            | Self::Await { .. }
            | Self::Grant(_)
            | Self::Revoke(_)
            | Self::DeletePod { .. }
            | Self::LosePod { .. }
            | Self::Apply { .. }
            | Self::StoreFault(_)
            | Self::RestartController => false,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Submit { .. } => f.write_str("submit the workflow"),
            Self::Await { until, held, patience, touching, go_on } => {
                write!(f, "{WAIT} {}s until {until}", seconds(*patience))?;
                if let Some(held) = held {
                    write!(f, ", for {}s", seconds(*held))?;
                }
                if let Some(every) = touching {
                    write!(f, ", touching it every {}s", seconds(*every))?;
                }
                f.write_str(if *go_on { ", otherwise go on" } else { "" })
            }
            Self::Grant(right) => write!(f, "let the pods {} {}", right.verb, right.resource),
            Self::Revoke(right) => {
                write!(f, "forbid the pods to {} {}", right.verb, right.resource)
            }
            Self::DeletePod { node } => write!(f, "delete the pod of node {node} without grace"),
            Self::LosePod { node } => {
                write!(f, "say that the pod of node {node} is Failed while its containers run")
            }
            Self::Apply { file, .. } => write!(f, "apply {file}"),
            Self::StoreFault(fault) => fault.fmt(f),
            Self::RestartController => f.write_str("restart the workflow controller"),
            Self::Resubmit { memoized } => {
                f.write_str(if *memoized { "argo resubmit --memoized" } else { "argo resubmit" })
            }
            Self::Retry { parameters } => {
                f.write_str("argo retry")?;
                parameters.iter().try_for_each(|(name, value)| write!(f, " -p {name}={value}"))
            }
            Self::Stop => f.write_str("argo stop"),
            Self::Terminate => f.write_str("argo terminate"),
            Self::Suspend => f.write_str("argo suspend"),
            Self::Resume => f.write_str("argo resume"),
            Self::Delete => f.write_str("argo delete"),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "steps last minutes")]
fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1000.0
}
