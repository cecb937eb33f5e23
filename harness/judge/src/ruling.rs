//! The answer of a question: a decision, or a violation whose environment is still to be known.

use crate::decision::Decision;

/// The answer of a question at a moment.
#[derive(Debug)]
pub(crate) enum Ruling {
    /// The claim is decided.
    Decided(Decision),
    /// The claim fails, if no part was unhealthy from the last right moment to the deciding one.
    Violated(Violation),
}

/// A failure whose environment is still to be known.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) decision: Decision,
    /// The last moment at which the claim's subject was right; none: `submit`.
    pub(crate) right: Option<u64>,
    /// The deciding moment.
    pub(crate) at: u64,
}
