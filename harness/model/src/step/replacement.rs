//! Replacements of the workflow controller, which a step must prove.

/// A step that replaces the workflow controller, and must prove the replacement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Name of the step.
    pub step: String,
    /// The change that the history must show.
    pub change: Change,
    /// Name of the step `restore` before it. No controller may exist from the one to the other.
    pub restored: Option<String>,
}

/// The change of a replacement. The list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// From the first installation of the run to the second one.
    Upgrade,
    /// From the second installation of the run to the first one.
    Rollback,
}
