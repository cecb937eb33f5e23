//! Facts about task results and artifact GC tasks.

use std::fmt;

use super::Fact;
use super::count::{COUNT, Count, count};
use super::reader::ReadFact;
use crate::history::Kind;
use crate::vocabulary::word::{Choice, Row, Value, Word, choices};

/// A fact about task results, or about artifact GC tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskFact {
    /// Some task result of the workflow is complete (`true`) or incomplete (`false`) by its label
    /// `workflows.argoproj.io/report-outputs-completed`.
    Complete(bool),
    /// The number of artifact GC tasks that are there now is within the count.
    GcLeft(Count),
}

impl TaskFact {
    /// The kind of object that it reads.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Complete(_) => Kind::TaskResult,
            Self::GcLeft(_) => Kind::GcTask,
        }
    }

    /// Whether its truth is an upper bound of a count.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::Complete(_) => false,
            Self::GcLeft(count) => count.has_upper_bound(),
        }
    }
}

const TASK_RESULTS: [(&str, bool, &str); 2] = [
    ("complete", true, "All outputs are reported."),
    ("incomplete", false, "Some outputs are not reported yet."),
];
static TASK_RESULT_WORDS: [Choice; 2] = choices(&TASK_RESULTS);

/// The words, and their readers.
pub(super) const WORDS: &[Row<ReadFact>] = &[
    Row::new(
        Word::new(
            "task-result",
            Value::Choice(&TASK_RESULT_WORDS),
            "incomplete",
            "Some task result of the workflow has this state, by its label \
             `workflows.argoproj.io/report-outputs-completed`. A task result without the label \
             makes the fact unknown.",
        ),
        |node, _, _, r| {
            let complete = r.one_of(node, "state of a task result", &TASK_RESULTS)?;
            Some(Fact::Tasks(TaskFact::Complete(complete)))
        },
    ),
    Row::new(
        Word::new(
            "gc-tasks-left",
            COUNT,
            "none",
            "The number of present artifact GC tasks is within the count.",
        ),
        |node, _, _, r| Some(Fact::Tasks(TaskFact::GcLeft(count(node, r)?))),
    ),
];

impl fmt::Display for TaskFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete(true) => f.write_str("a task result is complete"),
            Self::Complete(false) => f.write_str("a task result is incomplete"),
            Self::GcLeft(count) => write!(f, "{count} artifact GC tasks are left"),
        }
    }
}
