//! Facts: what can be true of an installation at a moment.
//!
//! A closed list, because the case author chooses from it. Steps wait for facts; claims say when
//! facts must hold. What a fact means on a history is in [`crate::world`].

use std::fmt;

/// One thing that can be true at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The workflow's `status.phase` is one of these.
    Phase(Vec<String>),
    /// The workflow has nodes, and every node has a final phase.
    NodesFulfilled,
    /// A node of the workflow is so.
    Node(NodeFact),
    /// This is in (`true`) or not in (`false`) the workflow's `metadata.finalizers`. A workflow
    /// that is gone has no finalizers.
    Finalizer(String, bool),
    /// `status.conditions` has (`true`) or has not (`false`) this type with status True.
    Condition(String, bool),
    /// So many objects lie under the case's prefix in the bucket.
    Objects(Count),
    /// The workflow object is there, is being deleted, or is gone.
    Workflow(Presence),
    /// So many distinct pods (by uid) of the workflow were seen so far, GC pods not counted.
    PodsSeen {
        /// Display name of the node that they run; every node unless given.
        of: Option<String>,
        /// How many.
        count: Count,
    },
    /// So many distinct artifact GC pods (by uid) were seen so far.
    GcPodsSeen(Count),
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
    /// All of them at once.
    All(Vec<Fact>),
    /// At least one of them.
    Any(Vec<Fact>),
}

/// What a node must look like. What is not given does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFact {
    /// Display name: a step's or task's name, `name(0)` for an attempt, `root`, `onExit`.
    pub name: String,
    /// One of these phases.
    pub phase: Option<Vec<String>>,
    /// Part of its message.
    pub message: Option<String>,
    /// Its `startedAt` is what it was when the step of this name began.
    pub started_as_at: Option<String>,
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

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(0) => f.write_str("no"),
            Self::Exactly(n) => write!(f, "exactly {n}"),
            Self::AtLeast(n) => write!(f, "at least {n}"),
            Self::AtMost(n) => write!(f, "at most {n}"),
        }
    }
}

impl fmt::Display for Fact {
    /// The fact in words, fit after "eventually" or "never".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phase(phases) if phases.iter().eq(FINAL_PHASES.iter()) => {
                f.write_str("the workflow is completed")
            }
            Self::Phase(phases) => write!(f, "the workflow's phase is {}", phases.join(" or ")),
            Self::NodesFulfilled => f.write_str("every node has a final phase"),
            Self::Node(node) => node.fmt(f),
            Self::Finalizer(name, true) => write!(f, "the workflow has the finalizer {name}"),
            Self::Finalizer(name, false) => write!(f, "the workflow lacks the finalizer {name}"),
            Self::Condition(kind, true) => write!(f, "the workflow has the condition {kind}"),
            Self::Condition(kind, false) => write!(f, "the workflow lacks the condition {kind}"),
            Self::Objects(count) => write!(f, "{count} objects lie under the case's prefix"),
            Self::Workflow(Presence::Present) => f.write_str("the workflow object is there"),
            Self::Workflow(Presence::Deleting) => f.write_str("the workflow is being deleted"),
            Self::Workflow(Presence::Gone) => f.write_str("the workflow object is gone"),
            Self::PodsSeen { of, count } => {
                let of =
                    of.as_ref().map_or("the workflow".to_owned(), |node| format!("node {node}"));
                write!(f, "{count} pods of {of} were seen")
            }
            Self::GcPodsSeen(count) => write!(f, "{count} artifact GC pods were seen"),
            Self::Pod { node, phase } => write!(f, "the pod of node {node} is {phase}"),
            Self::TaskResult(true) => f.write_str("a task result is complete"),
            Self::TaskResult(false) => f.write_str("a task result is incomplete"),
            Self::All(facts) => joined(f, facts, " and "),
            Self::Any(facts) => joined(f, facts, " or "),
        }
    }
}

impl fmt::Display for NodeFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {}", self.name)?;
        let mut parts = Vec::new();
        if let Some(phases) = &self.phase {
            parts.push(format!("is {}", phases.join(" or ")));
        }
        if let Some(message) = &self.message {
            parts.push(format!("says {message:?}"));
        }
        if let Some(step) = &self.started_as_at {
            parts.push(format!("has the start time it had at step {step}"));
        }
        if parts.is_empty() {
            return f.write_str(" exists");
        }
        write!(f, " {}", parts.join(" and "))
    }
}

fn joined(f: &mut fmt::Formatter<'_>, facts: &[Fact], word: &str) -> fmt::Result {
    for (i, fact) in facts.iter().enumerate() {
        if i > 0 {
            f.write_str(word)?;
        }
        write!(f, "{fact}")?;
    }
    Ok(())
}
