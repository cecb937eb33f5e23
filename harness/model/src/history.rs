//! The history: everything observed and done in a case, in order.
//!
//! On disk a history is JSON lines: a [`Header`], then one [`Event`] a line. An
//! [`EventKind::StepBegun`] is written before the action of its step.
//!
//! # Versions
//!
//! The header's `format` is a major and a minor version. A reader takes the version that it writes,
//! and refuses every other.
//!
//! | version | contents |
//! |---|---|
//! | 1.0 | all that stands here |
//!
//! `testdata` has a file of it, with every kind of event, which the tests read.
//!
//! # Order
//!
//! - Events are in the order of their arrival and numbered from 1 without holes; `at` never runs
//!   backwards. Between objects of two kinds, and between an object and a step, this order is all
//!   there is.
//! - The states of one object are in the order of its `resourceVersion`.
//! - A step's events are in order: begun, the effects that the watches told, ended. Steps are in
//!   the order of the plan.
//! - Everything that happened to objects of a kind up to `asked_at` of an [`EventKind::Bookmark`]
//!   was told before it.
//! - After an [`EventKind::Gap`] come the objects that are there ([`Change::Found`]), then the
//!   [`EventKind::Bookmark`] of their list. An object that is not found again is lost.
//! - A listing is true of some moment between `asked_at` and `at`, and of no other.
//! - A request to the store is told when it has ended, and was done between `asked_at` and `at`.
//!
//! # Torn
//!
//! A torn last line (the writer was killed) is dropped and said ([`History::torn`]). Any other line
//! that is no event is an error: the file was altered.

mod action;
mod controllers;
mod end;
mod reader;
mod request;
mod unobserved;

pub use action::Action;
pub use controllers::{ControllerPod, Controllers};
pub use end::EndReason;
pub use reader::Reader;
pub use request::{Operation, Request};
pub use unobserved::Unobserved;

pub use crate::versions::Versions;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Major version of the format. No other is read.
pub const MAJOR: u32 = 1;
/// Minor version of the format. No other is read.
pub const MINOR: u32 = 0;

/// First line of a history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Major and minor version of the format.
    pub format: (u32, u32),
    /// Id of the run.
    pub run: String,
    /// Id of the case.
    pub case: String,
    /// Version of Argo by component: what really ran.
    pub argo: Versions,
    /// Namespace of the case.
    pub namespace: String,
    /// Name of the workflow.
    pub workflow: String,
    /// Wall clock at the start, RFC 3339. Events count milliseconds from it by a steady clock.
    pub started: String,
    /// The plan's steps by name, in order.
    pub steps: Vec<String>,
    /// The workflow controller's pod when the history began.
    pub controller: Option<Controller>,
    /// Whether requests to the store are recorded.
    pub requests: bool,
    /// The value that a verifier gave for the run.
    pub challenge: Option<String>,
}

/// The pod of the workflow controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Controller {
    /// Uid of the pod.
    pub uid: String,
    /// Number of restarts of its container.
    pub restarts: i64,
}

/// One line of a history after the first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Number, from 1, without holes.
    pub n: u64,
    /// Milliseconds since the start, by a steady clock, when the event was recorded.
    pub at: u64,
    /// The content of the event.
    pub kind: EventKind,
}

/// The content of an event. The list is closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A step is about to be done.
    StepBegun {
        /// Name of the step.
        step: String,
        /// The action of the step.
        action: Action,
    },
    /// A step came to an end.
    StepEnded {
        /// Name of the step.
        step: String,
        /// The outcome, with a text.
        outcome: StepOutcome,
    },
    /// An API object, as the watch told it.
    Observed(Observation),
    /// The watch of a kind has told everything up to `asked_at`. Every change of an object of the
    /// kind up to that time stands before this event.
    Bookmark {
        /// The kind of object.
        kind: Kind,
        /// `resourceVersion` up to which the watch has told.
        version: String,
        /// Milliseconds since the start, just before the API server was asked how far it is.
        asked_at: u64,
    },
    /// The watch of a kind may have missed something.
    Gap {
        /// The kind of object.
        kind: Kind,
        /// The cause of the gap, in words.
        reason: String,
    },
    /// The store answered what lies under the case's prefix.
    Listed {
        /// Milliseconds since the start at which the store was asked.
        asked_at: u64,
        /// Keys, sorted, without the prefix.
        keys: Vec<String>,
        /// The `ETag` of each, in the same order; empty when it was not recorded.
        etags: Vec<String>,
    },
    /// A request to the store ended. Its key is below the prefix of this case, or below that of no
    /// case.
    Requested(Request),
    /// A part of the environment was asked whether it is healthy.
    Probed {
        /// The part.
        part: Part,
        /// `None` for a healthy part; else the cause, in words.
        error: Option<String>,
    },
    /// From now on the run does not observe a part of the environment in full.
    Unobserved(Unobserved),
    /// The API server was asked for the workflow controllers.
    Controllers(Controllers),
    /// Nothing more is recorded, for this cause.
    Ended(EndReason),
}

/// The outcome of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// Done; what it said.
    Done(String),
    /// The fact did not hold within the patience of the step; the closest state.
    Unmet(String),
    /// The step was certainly not done, for this reason.
    Refused(String),
    /// The step may or may not have been done, for this reason.
    Unknown(String),
}

/// An API object, as the watch told it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// Its kind.
    pub kind: Kind,
    /// The change of the object.
    pub change: Change,
    /// The whole object.
    pub object: Value,
}

/// A change of an object, as a watch or a relist told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It was there when the watch began, or when it was listed again after a gap.
    Found,
    /// It was created.
    Added,
    /// It was changed.
    Modified,
    /// It is gone; this is its last state.
    Deleted,
}

/// The kinds of object that are recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `Workflow`
    Workflow,
    /// `Pod`
    Pod,
    /// `WorkflowTaskResult`
    TaskResult,
    /// `WorkflowArtifactGCTask`
    GcTask,
}

/// The parts of the environment whose health is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The Kubernetes API server answers.
    Api,
    /// The node is Ready, and starts the pods of the case.
    Node,
    /// The workflow controller is up, the same pod as at the start, not restarted.
    Controller,
    /// The object store answers.
    Store,
    /// Every watch is known to run and to be up to date.
    Watches,
    /// The harness itself runs on: it was not stopped, and its machine did not pause.
    Harness,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Api, Self::Node, Self::Controller, Self::Store, Self::Watches, Self::Harness];

    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Api => "API server",
            Self::Node => "node",
            Self::Controller => "workflow controller",
            Self::Store => "object store",
            Self::Watches => "watches",
            Self::Harness => "harness",
        }
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Workflow, Self::Pod, Self::TaskResult, Self::GcTask];
}

/// A whole history, read.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The first line.
    pub header: Header,
    /// The events, in order.
    pub events: Vec<Event>,
    /// The last line was cut short and dropped.
    pub torn: bool,
}

/// The error of a history that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// There is no first line, or it is not a header.
    #[error("the first line is not a history header")]
    Header(#[source] Option<serde_json::Error>),
    /// Another version.
    #[error("format {0}.{1} is not readable here (this program reads {MAJOR}.{MINOR})")]
    Format(u32, u32),
    /// A line in the middle is no event.
    #[error("line {line} is not an event")]
    Line {
        /// Number, from 1.
        line: usize,
        /// Cause: the error of the JSON parser.
        #[source]
        cause: serde_json::Error,
    },
    /// A line is longer than any that is written.
    #[error("line {line} has more than {} bytes", reader::LONGEST)]
    Long {
        /// Number, from 1.
        line: usize,
    },
    /// Numbers are not 1, 2, 3, …
    #[error("line {line} has event {found}, expected {expected}: the file was altered")]
    Order {
        /// Number of the line, from 1.
        line: usize,
        /// Number of the event found.
        found: u64,
        /// Number expected.
        expected: u64,
    },
    /// The file cannot be read.
    #[error("line {line} cannot be read")]
    Read {
        /// Number, from 1.
        line: usize,
        /// Cause: the error of the reader.
        #[source]
        cause: std::io::Error,
    },
}

impl History {
    /// Reads a history from its text.
    ///
    /// # Errors
    /// [`HistoryError`]; a torn last line is none.
    pub fn parse(text: &str) -> Result<Self, HistoryError> {
        Self::read(text.as_bytes())
    }

    /// Reads a history to its end, and keeps it. [`Reader`] keeps one event at a time.
    ///
    /// # Errors
    /// [`HistoryError`]; a torn last line is none.
    pub fn read(from: impl std::io::BufRead) -> Result<Self, HistoryError> {
        let mut reader = Reader::open(from)?;
        let events = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
        Ok(Self { header: reader.header().clone(), events, torn: reader.torn() })
    }

    /// The text of the history, as [`Self::parse`] reads it.
    pub fn to_text(&self) -> String {
        // Structs of numbers, text and JSON with text keys: there is nothing to fail.
        let header = serde_json::to_string(&self.header).unwrap_or_default();
        let events = self.events.iter().map(|e| serde_json::to_string(e).unwrap_or_default());
        let mut text = String::new();
        for line in std::iter::once(header).chain(events) {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}
