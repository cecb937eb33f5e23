//! The cause of the end of a history.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The cause of the end of a history. The list is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EndReason {
    /// Every claim is decided.
    Decided,
    /// The observation after the last step took its longest time.
    Observed {
        /// The time, in milliseconds.
        longest: u64,
    },
    /// The run was stopped. The case did not come to its end.
    Stopped,
    /// The harness could not go on, for this cause. No event of the history decides anything.
    HarnessError(String),
}

impl fmt::Display for EndReason {
    /// The cause in words. An error of the harness is its cause alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decided => f.write_str("every claim is decided"),
            Self::Observed { longest } => write!(f, "{}s after the last step", longest / 1_000),
            Self::Stopped => f.write_str("the run was stopped"),
            Self::HarnessError(cause) => f.write_str(cause),
        }
    }
}
