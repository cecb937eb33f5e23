//! Labels of the objects that the harness makes.

/// Label of every object that a run makes. The value is the id of the run.
pub const RUN: &str = "argo-conformance/run";
/// Label of every object that a run with a challenge makes for a case. The value is the challenge.
pub const CHALLENGE: &str = "argo-conformance/challenge";
