//! Actions: the steps of a plan, as a history has them.

use serde_json::Value;

use crate::step::Act;

/// The action of a step in a history. Its facts are in words, and a `submit` has its workflow.
pub type Action = Act<String, Value>;

impl Action {
    /// The action of a step. A `submit` creates `workflow`.
    pub fn of(act: &Act, workflow: &Value) -> Self {
        match act.clone() {
            Act::Submit { workflow: () } => Self::Submit { workflow: workflow.clone() },
            Act::Await { fact, held, patience, touching, go_on } => {
                Self::Await { fact: fact.to_string(), held, patience, touching, go_on }
            }
            Act::Retry { parameters } => Self::Retry { parameters },
            Act::Resubmit { memoized } => Self::Resubmit { memoized },
            Act::Stop => Self::Stop,
            Act::Terminate => Self::Terminate,
            Act::Suspend => Self::Suspend,
            Act::Resume => Self::Resume,
            Act::Delete => Self::Delete,
            Act::Grant(right) => Self::Grant(right),
            Act::Revoke(right) => Self::Revoke(right),
            Act::DeletePod { node } => Self::DeletePod { node },
            Act::LosePod { node } => Self::LosePod { node },
            Act::Apply { file, objects } => Self::Apply { file, objects },
            Act::StoreFault(fault) => Self::StoreFault(fault),
            Act::RestartController => Self::RestartController,
            Act::Upgrade => Self::Upgrade,
            Act::Rollback => Self::Rollback,
        }
    }
}
