//! Facts: what can be true of an installation at a moment.
//!
//! A closed list, because the case author chooses from it. Steps wait for facts; claims say when
//! facts must hold. What a fact means on a history is in [`crate::world`].

mod words;

use crate::expression::{Expression, Subject};
use crate::history::{Kind, Operation};

/// One thing that can be true at a moment.
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
    /// So many attempts were made of a node that has a retry strategy.
    Attempts {
        /// Its display name.
        of: String,
        /// How many.
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
    /// So many objects lie under the case's prefix in the bucket.
    Objects(Count),
    /// An object lies, or does not lie, under the case's prefix.
    Object(ObjectFact),
    /// So many requests to the store for keys below the case's prefix have ended so far.
    Requests(RequestsFact),
    /// So many requests of the case's pods to the store for other keys have ended so far.
    RequestsAstray(Count),
    /// An object of such a key was asked for after it had been deleted.
    ReadAfterDeletion(String),
    /// The workflow object is there, is being deleted, or is gone.
    Workflow(Presence),
    /// So many distinct pods (by uid) of the workflow were seen so far, GC pods not counted.
    PodsSeen {
        /// Display name of the node that they run; every node unless given.
        of: Option<String>,
        /// How many.
        count: Count,
    },
    /// So many pods of the workflow are there now, GC pods not counted.
    PodsLeft {
        /// Display name of the node that they run; every node unless given.
        of: Option<String>,
        /// How many.
        count: Count,
    },
    /// So many distinct artifact GC pods (by uid) were seen so far.
    GcPodsSeen(Count),
    /// So many artifact GC pods are there now.
    GcPodsLeft(Count),
    /// So many artifact GC tasks are there now.
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
    /// What an expression says of one object.
    Cel(Expression),
    /// All of them at once.
    All(Vec<Fact>),
    /// At least one of them.
    Any(Vec<Fact>),
}

/// What a node must look like. What is not given does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFact {
    /// Display name: a step's or task's name, `name(0)` for an attempt, `name.hooks.other` and
    /// `name.onExit` for its hooks, `root`, `onExit`, `hooks.other`; a path of such names where
    /// several nodes have one.
    pub name: String,
    /// One of these phases.
    pub phase: Option<Vec<String>>,
    /// Part of its message.
    pub message: Option<String>,
    /// Its `startedAt` is what it was when the step of this name began.
    pub started_as_at: Option<String>,
}

/// What an output of a node must look like.
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

/// What an object of the store must look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectFact {
    /// Its key below the case's prefix; `*` at either end stands for anything.
    pub key: String,
    /// Whether it lies there.
    pub there: bool,
    /// Its `ETag`, any unless given: for what was put in one piece, the MD5 of its content in hex.
    pub etag: Option<String>,
}

/// Which requests to the store, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestsFact {
    /// What was asked for.
    pub on: Operation,
    /// For which key, below the case's prefix; `*` at either end stands for anything.
    pub key: String,
    /// Whether it was done; either way unless given.
    pub done: Option<bool>,
    /// How many.
    pub count: Count,
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Exactly so many.
    Exactly(usize),
    /// So many or more.
    AtLeast(usize),
    /// So many or fewer.
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
