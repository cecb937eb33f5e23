//! Facts: predicates on the observed world at a moment.
//!
//! The list is closed, because the case author chooses from it. Steps wait for facts. Claims say
//! when facts must hold. [`crate::world`] defines the meaning of a fact on a history.

mod words;

use crate::expression::{Expression, Subject};
use crate::history::{Kind, Operation};

/// A predicate on the observed world: true, false or unknown at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The workflow's `status.phase` is one of these.
    Phase(Vec<String>),
    /// The workflow has nodes, and every node has a final phase.
    NodesFulfilled,
    /// A node of the workflow is so.
    Node(NodeFact),
    /// The workflow's nodes are exactly these, sorted, by what a case calls them; groups of steps
    /// are not counted.
    NodeTree(Vec<String>),
    /// The number of attempts of a node that has a retry strategy is within the count.
    Attempts {
        /// Display name of the node.
        of: String,
        /// Bound on the number of attempts.
        count: Count,
    },
    /// These nodes started one after the other, by their `startedAt`. Start times have whole
    /// seconds: of two that are the same the order is unknown.
    Starts(Vec<String>),
    /// A node has such an output.
    Output(OutputFact),
    /// This is in (`true`) or not in (`false`) the workflow's `metadata.finalizers`. A workflow
    /// that is gone has no finalizers.
    Finalizer(String, bool),
    /// `status.conditions` has (`true`) or has not (`false`) this type with status True.
    Condition(String, bool),
    /// The number of objects under the case's prefix in the bucket is within the count.
    Objects(Count),
    /// An object lies, or does not lie, under the case's prefix.
    Object(ObjectFact),
    /// The number of ended requests to the store for keys below the case's prefix is within a
    /// count.
    Requests(RequestsFact),
    /// The number of ended requests of the case's pods to the store for other keys is within the
    /// count. Keys below the prefix of another case are not counted.
    RequestsAstray(Count),
    /// An object of such a key was asked for after it had been deleted.
    ReadAfterDeletion(String),
    /// The workflow object is there, is being deleted, or is gone.
    Workflow(Presence),
    /// The number of distinct pods (by uid) of the workflow that were seen so far is within the
    /// count. GC pods are not counted.
    PodsSeen {
        /// Display name of the node that they run; every node unless given.
        of: Option<String>,
        /// Bound on the number of pods.
        count: Count,
    },
    /// The number of pods of the workflow that are there now is within the count. GC pods are not
    /// counted.
    PodsLeft {
        /// Display name of the node that they run; every node unless given.
        of: Option<String>,
        /// Bound on the number of pods.
        count: Count,
    },
    /// The number of distinct artifact GC pods (by uid) that were seen so far is within the count.
    GcPodsSeen(Count),
    /// The number of artifact GC pods that are there now is within the count.
    GcPodsLeft(Count),
    /// The number of artifact GC tasks that are there now is within the count.
    GcTasksLeft(Count),
    /// A pod of the workflow, in this phase, is there now, for this node.
    Pod {
        /// Display name of the node that the pod runs.
        node: String,
        /// `status.phase` of the pod.
        phase: String,
    },
    /// Some task result of the workflow is complete (`true`) or incomplete (`false`) by its label
    /// `workflows.argoproj.io/report-outputs-completed`.
    TaskResult(bool),
    /// An expression about one object is true.
    Cel(Expression),
    /// All of them at once.
    All(Vec<Fact>),
    /// At least one of them.
    Any(Vec<Fact>),
}

/// Conditions on a node. A field without a value sets no condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFact {
    /// Display name: the name of a step, a task or a container of a set. `name(0)` is an attempt.
    /// `name.hooks.other` and `name.onExit` are hooks of a step. `root`, `onExit` and `hooks.other`
    /// are the workflow's own. A path of such names selects one of several nodes with the same
    /// name.
    pub name: String,
    /// One of these phases.
    pub phase: Option<Vec<String>>,
    /// Part of its message.
    pub message: Option<String>,
    /// Its `startedAt` is what it was when the step of this name began.
    pub started_as_at: Option<String>,
}

/// Conditions on an output of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFact {
    /// Display name of the node.
    pub node: String,
    /// Name of the output.
    pub name: String,
    /// It is an artifact; else a parameter.
    pub is_artifact: bool,
    /// Its value, for a parameter; any unless given.
    pub value: Option<String>,
}

/// Conditions on an object of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFact {
    /// Its key below the case's prefix; `*` at either end stands for anything.
    pub key: String,
    /// Whether it lies there.
    pub there: bool,
    /// Its `ETag`; any unless given. An object that was put in one piece has the MD5 of its content
    /// in hex.
    pub etag: Option<String>,
}

/// A kind of request to the store, and a bound on the number of such requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestsFact {
    /// The operation of the requests.
    pub on: Operation,
    /// The key of the requests, below the case's prefix; `*` at either end stands for anything.
    pub key: String,
    /// Whether it was done; either way unless given.
    pub done: Option<bool>,
    /// Bound on the number of requests.
    pub count: Count,
}

/// A bound on a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly this number.
    Exactly(usize),
    /// This number or more.
    AtLeast(usize),
    /// This number or fewer.
    AtMost(usize),
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

/// Every phase of a workflow.
pub const WORKFLOW_PHASES: [&str; 5] = ["Pending", "Running", "Succeeded", "Failed", "Error"];

/// Every phase of a node.
pub const NODE_PHASES: [&str; 7] =
    ["Pending", "Running", "Succeeded", "Failed", "Error", "Skipped", "Omitted"];

/// The final phases of a workflow, and of a node besides `Skipped` and `Omitted`.
pub const FINAL_PHASES: [&str; 3] = ["Succeeded", "Failed", "Error"];

/// Every final phase of a node.
pub const FINAL_NODE_PHASES: [&str; 5] = ["Succeeded", "Failed", "Error", "Skipped", "Omitted"];

impl Count {
    /// Whether `n` is so many.
    pub fn admits(self, n: usize) -> bool {
        match self {
            Self::Exactly(k) => n == k,
            Self::AtLeast(k) => n >= k,
            Self::AtMost(k) => n <= k,
        }
    }
}

impl NodeFact {
    /// Whether it asks for nothing but that the node exists.
    pub fn asks_existence(&self) -> bool {
        self.phase.is_none() && self.message.is_none() && self.started_as_at.is_none()
    }
}

impl ObjectFact {
    /// Whether this is the key that is meant.
    pub fn is_meant(&self, key: &str) -> bool {
        key_matches(&self.key, key)
    }
}

/// Whether a key is one that is meant; `*` at either end stands for anything.
pub fn key_matches(meant: &str, key: &str) -> bool {
    match (meant.strip_prefix('*'), meant.strip_suffix('*')) {
        (Some(""), _) => true,
        (Some(rest), Some(_)) => key.contains(rest.trim_end_matches('*')),
        (Some(end), None) => key.ends_with(end),
        (None, Some(beginning)) => key.starts_with(beginning),
        (None, None) => key == meant,
    }
}

impl Fact {
    /// The facts in it that are no `all` and no `any`.
    pub fn leaves(&self) -> Vec<&Self> {
        match self {
            Self::All(facts) | Self::Any(facts) => facts.iter().flat_map(Self::leaves).collect(),
            leaf => vec![leaf],
        }
    }

    /// Whether it, or a fact in it, speaks of what lies in the store.
    pub fn asks_store(&self) -> bool {
        self.leaves().iter().any(|leaf| leaf.is_of_store())
    }

    /// Whether every fact in it speaks of what lies in the store.
    pub fn asks_only_store(&self) -> bool {
        self.leaves().iter().all(|leaf| leaf.is_of_store())
    }

    /// Whether it is about what lies in the store. `all` and `any` are not.
    pub fn is_of_store(&self) -> bool {
        match self {
            Self::Objects(_) | Self::Object(_) => true,
            Self::Cel(expression) => expression.subject() == Subject::Objects,
            _ => false,
        }
    }

    /// Whether it, or a fact in it, speaks of requests to the store.
    pub fn asks_requests(&self) -> bool {
        self.leaves().iter().any(|leaf| leaf.is_of_requests())
    }

    /// Whether it is about requests to the store. `all` and `any` are not.
    pub fn is_of_requests(&self) -> bool {
        matches!(self, Self::Requests(_) | Self::RequestsAstray(_) | Self::ReadAfterDeletion(_))
    }

    /// The kinds of object that it reads.
    pub fn kinds(&self) -> Vec<Kind> {
        self.leaves().into_iter().filter_map(Self::kinds_of_leaf).collect()
    }

    fn kinds_of_leaf(&self) -> Option<Kind> {
        match self {
            Self::Phase(_)
            | Self::NodesFulfilled
            | Self::Node(_)
            | Self::NodeTree(_)
            | Self::Attempts { .. }
            | Self::Starts(_)
            | Self::Output(_)
            | Self::Finalizer(..)
            | Self::Condition(..)
            | Self::Workflow(_) => Some(Kind::Workflow),
            Self::Pod { .. }
            | Self::PodsSeen { .. }
            | Self::PodsLeft { .. }
            | Self::GcPodsSeen(_)
            | Self::GcPodsLeft(_)
            | Self::RequestsAstray(_) => Some(Kind::Pod),
            Self::GcTasksLeft(_) => Some(Kind::GcTask),
            Self::TaskResult(_) => Some(Kind::TaskResult),
            Self::Cel(expression) => expression.subject().kind(),
            Self::Objects(_)
            | Self::Object(_)
            | Self::Requests(_)
            | Self::ReadAfterDeletion(_)
            | Self::All(_)
            | Self::Any(_) => None,
        }
    }
}
