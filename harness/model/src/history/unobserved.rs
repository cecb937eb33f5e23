//! A part of the environment that a run may not observe.

use serde::{Deserialize, Serialize};

use super::Part;

/// A state of a part that the run may not observe, or cannot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unobserved {
    /// The part. Its probes, if there are any, tell the rest of its state.
    pub part: Part,
    /// The state, as a clause, and the cause: `whether …: …`.
    pub reason: String,
}

impl std::fmt::Display for Unobserved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.part.name(), self.reason)
    }
}
