//! Facts about the workflow object.

use std::fmt;

use super::Fact;
use super::phases::{FINAL_PHASES, WORKFLOW_PHASES, phases};
use super::reader::ReadFact;
use crate::vocabulary::word::{Choice, Row, Value, Word, choices};

/// A fact about the workflow object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkflowFact {
    /// The workflow's `status.phase` is one of these.
    Phase(Vec<String>),
    /// This is in (`true`) or not in (`false`) the workflow's `metadata.finalizers`. A workflow
    /// that is gone has no finalizers.
    Finalizer(String, bool),
    /// `status.conditions` has (`true`) or has not (`false`) this type with status True.
    Condition(String, bool),
    /// The workflow object is there, is being deleted, or is gone.
    Presence(Presence),
}

/// Whether the workflow object is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Seen, and not deleted.
    Present,
    /// Has a `deletionTimestamp` and is still there.
    Deleting,
    /// Its deletion was seen.
    Gone,
}

const PRESENCES: [(&str, Presence, &str); 3] = [
    ("present", Presence::Present, "The object was seen and is not deleted."),
    ("deleting", Presence::Deleting, "The object has a `deletionTimestamp` and still exists."),
    ("gone", Presence::Gone, "The deletion of the object was seen."),
];
static PRESENCE_WORDS: [Choice; 3] = choices(&PRESENCES);

/// The words, and their readers.
pub(super) const WORDS: &[Row<ReadFact>] = &[
    Row::new(
        Word::new(
            "phase",
            Value::Phases(&WORKFLOW_PHASES),
            "completed",
            "The workflow's `status.phase` is one of these.",
        ),
        |node, _, _, r| {
            let phases = phases(node, &WORKFLOW_PHASES, &FINAL_PHASES, r)?;
            Some(Fact::Workflow(WorkflowFact::Phase(phases)))
        },
    ),
    Row::new(
        Word::new(
            "finalizer-present",
            Value::Text,
            "workflows.argoproj.io/artifact-gc",
            "The workflow's `metadata.finalizers` has this one.",
        ),
        |node, _, _, r| Some(Fact::Workflow(WorkflowFact::Finalizer(r.text(node)?, true))),
    ),
    Row::new(
        Word::new(
            "finalizer-absent",
            Value::Text,
            "workflows.argoproj.io/artifact-gc",
            "The workflow's `metadata.finalizers` lacks this one, or the workflow is gone.",
        ),
        |node, _, _, r| Some(Fact::Workflow(WorkflowFact::Finalizer(r.text(node)?, false))),
    ),
    Row::new(
        Word::new(
            "condition-present",
            Value::Text,
            "ArtifactGCError",
            "The workflow's `status.conditions` has this type with status True.",
        ),
        |node, _, _, r| Some(Fact::Workflow(WorkflowFact::Condition(r.text(node)?, true))),
    ),
    Row::new(
        Word::new(
            "condition-absent",
            Value::Text,
            "ArtifactGCError",
            "The workflow's `status.conditions` lacks this type with status True.",
        ),
        |node, _, _, r| Some(Fact::Workflow(WorkflowFact::Condition(r.text(node)?, false))),
    ),
    Row::new(
        Word::new(
            "workflow",
            Value::Choice(&PRESENCE_WORDS),
            "gone",
            "The state of the workflow object.",
        ),
        |node, _, _, r| {
            let presence = r.one_of(node, "state of the workflow object", &PRESENCES)?;
            Some(Fact::Workflow(WorkflowFact::Presence(presence)))
        },
    ),
];

impl WorkflowFact {
    /// Whether its truth is an absence.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::Finalizer(_, there) | Self::Condition(_, there) => !there,
            Self::Phase(_) | Self::Presence(_) => false,
        }
    }
}

impl fmt::Display for WorkflowFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phase(phases) if phases.iter().eq(FINAL_PHASES.iter()) => {
                f.write_str("the workflow is completed")
            }
            Self::Phase(phases) => write!(f, "the workflow's phase is {}", phases.join(" or ")),
            Self::Finalizer(name, true) => write!(f, "the workflow has the finalizer {name}"),
            Self::Finalizer(name, false) => write!(f, "the workflow lacks the finalizer {name}"),
            Self::Condition(kind, true) => write!(f, "the workflow has the condition {kind}"),
            Self::Condition(kind, false) => write!(f, "the workflow lacks the condition {kind}"),
            Self::Presence(Presence::Present) => f.write_str("the workflow object is there"),
            Self::Presence(Presence::Deleting) => f.write_str("the workflow is being deleted"),
            Self::Presence(Presence::Gone) => f.write_str("the workflow object is gone"),
        }
    }
}
