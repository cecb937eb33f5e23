//! Actions: the steps of a plan, as a history has them.

use serde_json::Value;

use crate::step::StepKind;

/// The action of a step in a history. Its facts are in words, and a `submit` or a `restore` has its
/// workflow.
pub type Action = StepKind<String, Value>;

impl Action {
    /// The action of a step. A `submit` or a `restore` creates `workflow`.
    pub fn of(act: &StepKind, workflow: &Value) -> Self {
        match act.clone() {
            StepKind::Submit { workflow: () } => Self::Submit { workflow: workflow.clone() },
            StepKind::Restore { workflow: () } => Self::Restore { workflow: workflow.clone() },
            StepKind::Await { fact, held, patience, touching, go_on } => {
                Self::Await { fact: fact.to_string(), held, patience, touching, go_on }
            }
            StepKind::Retry { parameters } => Self::Retry { parameters },
            StepKind::Resubmit { memoized } => Self::Resubmit { memoized },
            StepKind::Stop => Self::Stop,
            StepKind::Terminate => Self::Terminate,
            StepKind::Suspend => Self::Suspend,
            StepKind::Resume => Self::Resume,
            StepKind::Delete => Self::Delete,
            StepKind::Grant(right) => Self::Grant(right),
            StepKind::Revoke(right) => Self::Revoke(right),
            StepKind::DeletePod { node } => Self::DeletePod { node },
            StepKind::LosePod { node } => Self::LosePod { node },
            StepKind::Apply { file, objects } => Self::Apply { file, objects },
            StepKind::StoreFault(fault) => Self::StoreFault(fault),
            StepKind::RestartController => Self::RestartController,
            StepKind::KillLeader => Self::KillLeader,
            StepKind::FreezeLeader(time) => Self::FreezeLeader(time),
            StepKind::LoseLease => Self::LoseLease,
            StepKind::ScaleController(replicas) => Self::ScaleController(replicas),
            StepKind::Upgrade => Self::Upgrade,
            StepKind::Rollback => Self::Rollback,
        }
    }
}
