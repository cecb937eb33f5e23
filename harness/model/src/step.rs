//! Steps: what a plan does, in order.

mod failover;
mod fault;
mod fault_table;
mod milliseconds;
mod replacement;
mod right;
pub(crate) mod table;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::history::Part;
pub use failover::{Disturbance, Failover};
pub use fault::{Misbehaviour, S3Error, StoreFault};
pub use replacement::{Change, Replacement};

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Name, unique in the plan; claims' windows start at a step's name. The verb unless `as` is
    /// given.
    pub name: String,
    /// The action.
    pub act: StepKind,
}

/// The action of a step. The list is closed.
///
/// A plan has facts, and no workflow: the plan has that once. A history has the facts in words, and
/// the workflow as the API server was asked to create it ([`Action`](crate::history::Action)).
///
/// Each kind has the name of its step in a case file. Times are milliseconds in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StepKind<F = Fact, W = ()> {
    /// Create the case's workflow through the API.
    Submit {
        /// The workflow to create.
        workflow: W,
    },
    /// Remove the workflow controllers, and create the case's workflow with its status.
    Restore {
        /// The workflow to create.
        workflow: W,
    },
    /// Wait until a fact holds.
    Await {
        /// The fact that the step waits for.
        #[serde(rename = "until")]
        fact: F,
        /// Time for which the fact must have held without a break. The controller is then not in
        /// the middle of its work on that state.
        #[serde(with = "milliseconds::optional")]
        held: Option<Duration>,
        /// The longest wait. This patience is no promise of Argo's.
        #[serde(with = "milliseconds")]
        patience: Duration,
        /// Interval at which the step touches the workflow while it waits. The touch is an
        /// annotation that makes the controller look again. Argo's own wake-up races then change no
        /// verdict.
        #[serde(with = "milliseconds::optional")]
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
        /// The file's name.
        file: String,
        /// The file's content, one JSON object per document.
        objects: Vec<serde_json::Value>,
    },
    /// From here on the store misbehaves towards the case's pods.
    StoreFault(StoreFault),
    /// Put another pod in the place of the workflow controller's.
    RestartController,
    /// Delete the pod of the controller that leads.
    KillLeader,
    /// Stop the processes of the controller that leads for this time, and let them go on.
    FreezeLeader(#[serde(with = "milliseconds")] Duration),
    /// Give the Lease of the leader to nobody's name until it expires.
    LoseLease,
    /// Set the number of controllers.
    ScaleController(u32),
    /// Replace the run's first installation with the second one.
    Upgrade,
    /// Replace the run's second installation with the first one.
    Rollback,
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

impl<F, W> StepKind<F, W> {
    /// Whether it must leave its mark on the workflow: the object is another afterwards.
    pub fn changes_workflow(&self) -> bool {
        match self {
            Self::Retry { .. }
            | Self::Stop
            | Self::Terminate
            | Self::Suspend
            | Self::Resume
            | Self::Delete => true,
            Self::Submit { .. }
            | Self::Restore { .. }
            | Self::Await { .. }
            | Self::Resubmit { .. }
            | Self::Grant(_)
            | Self::Revoke(_)
            | Self::DeletePod { .. }
            | Self::LosePod { .. }
            | Self::Apply { .. }
            | Self::StoreFault(_)
            | Self::RestartController
            | Self::KillLeader
            | Self::FreezeLeader(_)
            | Self::LoseLease
            | Self::ScaleController(_)
            | Self::Upgrade
            | Self::Rollback => false,
        }
    }

    /// The fact that it waits for, if it waits.
    pub fn awaited(&self) -> Option<&F> {
        if let Self::Await { fact, .. } = self { Some(fact) } else { None }
    }

    /// The objects that it applies; none for any other step.
    pub fn applied(&self) -> &[serde_json::Value] {
        if let Self::Apply { objects, .. } = self { objects } else { &[] }
    }

    /// The parts of the environment that it stops, restarts or replaces. The API server ends the
    /// watches of a kind with a new definition.
    pub fn outages(&self) -> &'static [Part] {
        match self {
            Self::RestartController
            | Self::KillLeader
            | Self::FreezeLeader(_)
            | Self::LoseLease
            | Self::ScaleController(_)
            | Self::Restore { .. } => &[Part::Controller],
            Self::Upgrade | Self::Rollback => &[Part::Controller, Part::Watches],
            Self::Submit { .. }
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
            | Self::StoreFault(_) => &[],
        }
    }

    /// The word for it in a case file.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Submit { .. } => "submit",
            Self::Restore { .. } => "restore",
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
            Self::KillLeader => "kill-leader",
            Self::FreezeLeader(_) => "freeze-leader",
            Self::LoseLease => "lose-lease",
            Self::ScaleController(_) => "scale-controller",
            Self::Upgrade => "upgrade",
            Self::Rollback => "rollback",
        }
    }

    /// The change of the controller that the step must prove.
    pub fn replacement(&self) -> Option<Change> {
        match self {
            Self::Upgrade => Some(Change::Upgrade),
            Self::Rollback => Some(Change::Rollback),
            Self::Submit { .. }
            | Self::Restore { .. }
            | Self::Await { .. }
            | Self::Retry { .. }
            | Self::Resubmit { .. }
            | Self::Stop
            | Self::Terminate
            | Self::Suspend
            | Self::Resume
            | Self::Delete
            | Self::Grant(_)
            | Self::Revoke(_)
            | Self::DeletePod { .. }
            | Self::LosePod { .. }
            | Self::Apply { .. }
            | Self::StoreFault(_)
            | Self::RestartController
            | Self::KillLeader
            | Self::FreezeLeader(_)
            | Self::LoseLease
            | Self::ScaleController(_) => None,
        }
    }

    /// The change of the leader or of the number of controllers that the step must prove.
    pub fn disturbance(&self) -> Option<Disturbance> {
        match self {
            Self::KillLeader => Some(Disturbance::Kill),
            Self::FreezeLeader(time) => Some(Disturbance::Freeze(*time)),
            Self::LoseLease => Some(Disturbance::LoseLease),
            Self::ScaleController(replicas) => Some(Disturbance::Scale(*replicas)),
            Self::Submit { .. }
            | Self::Restore { .. }
            | Self::Await { .. }
            | Self::Retry { .. }
            | Self::Resubmit { .. }
            | Self::Stop
            | Self::Terminate
            | Self::Suspend
            | Self::Resume
            | Self::Delete
            | Self::Grant(_)
            | Self::Revoke(_)
            | Self::DeletePod { .. }
            | Self::LosePod { .. }
            | Self::Apply { .. }
            | Self::StoreFault(_)
            | Self::RestartController
            | Self::Upgrade
            | Self::Rollback => None,
        }
    }

    /// Whether the step creates the workflow of the case.
    pub fn submits(&self) -> bool {
        self.restores() || matches!(self, Self::Submit { .. })
    }

    /// Whether the step creates the workflow of the case with its status.
    pub fn restores(&self) -> bool {
        matches!(self, Self::Restore { .. })
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
            | Self::Restore { .. }
            | Self::Await { .. }
            | Self::Grant(_)
            | Self::Revoke(_)
            | Self::DeletePod { .. }
            | Self::LosePod { .. }
            | Self::Apply { .. }
            | Self::StoreFault(_)
            | Self::RestartController
            | Self::KillLeader
            | Self::FreezeLeader(_)
            | Self::LoseLease
            | Self::ScaleController(_)
            | Self::Upgrade
            | Self::Rollback => false,
        }
    }
}

impl<F: fmt::Display, W> fmt::Display for StepKind<F, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Submit { .. } => f.write_str("submit the workflow"),
            Self::Restore { .. } => f.write_str("restore the workflow without a controller"),
            Self::Await { fact, held, patience, touching, go_on } => {
                write!(f, "wait up to {}s until {fact}", patience.as_secs_f64())?;
                if let Some(held) = held {
                    write!(f, ", for {}s", held.as_secs_f64())?;
                }
                if let Some(every) = touching {
                    write!(f, ", touching it every {}s", every.as_secs_f64())?;
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
            Self::KillLeader => f.write_str("delete the pod of the leading controller"),
            Self::FreezeLeader(time) => {
                write!(f, "freeze the leading controller for {}s", time.as_secs_f64())
            }
            Self::LoseLease => f.write_str("take the Lease from the leading controller"),
            Self::ScaleController(replicas) => write!(f, "set the controllers to {replicas}"),
            Self::Upgrade => f.write_str("upgrade to the second installation of the run"),
            Self::Rollback => f.write_str("roll back to the first installation of the run"),
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
