//! A verdict with its time and its history.

use model::verdict::CaseVerdict;
use serde::{Deserialize, Serialize};

/// A verdict with the time of the case and the path of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The verdict of the judge.
    pub verdict: CaseVerdict,
    /// Milliseconds from the start of the history to its last event. No verdict depends on the
    /// number.
    pub elapsed_ms: u64,
    /// Path of the history, from the run directory; `None` for a case that does not apply.
    pub history: Option<String>,
}
