//! Claims: what must be true of a history.

use std::fmt;
use std::time::Duration;

use crate::fact::Fact;

/// Everything a case claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// What the history must show for the claims to mean anything. Not met: unknown, never pass.
    pub requires: Vec<Requirement>,
    /// The claims, in the order of the case file; at least one.
    pub claims: Vec<Claim>,
}

/// A precondition: the history must show this fact at some moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// What must be seen.
    pub fact: Fact,
    /// Only at the moment when the step of this name began.
    pub at: Option<String>,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Unique in the case; known issues and reports name it.
    pub id: String,
    /// When the fact must hold.
    pub modality: Modality,
    /// What must, or must never, hold.
    pub fact: Fact,
    /// The step whose end opens the window; the first step (`submit`) unless given.
    pub since: String,
    /// Only moments when this holds count. For `always` and `never`.
    pub only_while: Option<Fact>,
}

/// When a fact must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Modality {
    /// At some moment of the window, which is this long. Argo's promise, not our patience.
    Eventually {
        /// Length of the window.
        within: Duration,
    },
    /// At every moment of the window at which anything is known.
    Always {
        /// Length of the window; to the end of the history unless given.
        within: Option<Duration>,
    },
    /// At no moment of the window.
    Never {
        /// Length of the window; to the end of the history unless given.
        within: Option<Duration>,
    },
}

impl fmt::Display for Claim {
    /// The claim as a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |d: Duration| format!("{}s", d.as_secs_f64());
        match self.modality {
            Modality::Eventually { within } => {
                write!(f, "within {} of step {}: {}", seconds(within), self.since, self.fact)?;
            }
            Modality::Always { within } => {
                write!(f, "always since step {}: {}", self.since, self.fact)?;
                within.map_or(Ok(()), |d| write!(f, ", for {}", seconds(d)))?;
            }
            Modality::Never { within } => {
                write!(f, "never since step {}: {}", self.since, self.fact)?;
                within.map_or(Ok(()), |d| write!(f, ", for {}", seconds(d)))?;
            }
        }
        match &self.only_while {
            Some(fact) => write!(f, ", while {fact}"),
            None => Ok(()),
        }
    }
}
