//! A verdict with what the run knows besides.

use model::verdict::CaseVerdict;
use serde::{Deserialize, Serialize};

/// A verdict, how long the case took, and where its history lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// What was found.
    pub verdict: CaseVerdict,
    /// Milliseconds from the first step to the end of the history. It is told, never judged.
    pub elapsed_ms: u64,
    /// Path of the history, from the run directory; `None` when nothing was recorded (the case
    /// does not apply).
    pub history: Option<String>,
}
