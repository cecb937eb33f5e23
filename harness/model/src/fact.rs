//! Facts: predicates on the observed world at a moment.
//!
//! The list is closed, because the case author chooses from it. Steps wait for facts. Claims say
//! when facts must hold. Each family of facts has a file here, with its words and their readers.
//! [`crate::world`] defines the meaning of a fact on a history, in a file for each family too.

mod count;
mod key;
mod nodes;
mod phases;
mod pods;
mod reader;
mod requests;
mod store;
pub(crate) mod table;
mod tasks;
mod workflow;

use std::fmt;

use crate::expression::{Expression, Subject};
use crate::history::Kind;
pub use count::Count;
pub(crate) use count::{COUNT, count};
pub use key::key_matches;
pub use nodes::{NodeFact, NodesFact, OutputFact};
pub use phases::{FINAL_NODE_PHASES, FINAL_PHASES, NODE_PHASES, WORKFLOW_PHASES};
pub use pods::PodFact;
pub use requests::{RequestFact, RequestsFact};
pub use store::{ObjectFact, StoreFact};
pub use tasks::TaskFact;
pub use workflow::{Presence, WorkflowFact};

/// A predicate on the observed world: true, false or unknown at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// About the workflow object.
    Workflow(WorkflowFact),
    /// About nodes of the workflow.
    Nodes(NodesFact),
    /// About objects of the object store.
    Store(StoreFact),
    /// About requests to the object store.
    Requests(RequestFact),
    /// About pods.
    Pods(PodFact),
    /// About task results and artifact GC tasks.
    Tasks(TaskFact),
    /// An expression about one object is true.
    Cel(Expression),
    /// All of them at once.
    All(Vec<Fact>),
    /// At least one of them.
    Any(Vec<Fact>),
}

impl Fact {
    /// The facts of an `all` or an `any`. `None`: the fact is a leaf.
    pub fn members(&self) -> Option<&[Self]> {
        match self {
            Self::All(facts) | Self::Any(facts) => Some(facts),
            Self::Workflow(_)
            | Self::Nodes(_)
            | Self::Store(_)
            | Self::Requests(_)
            | Self::Pods(_)
            | Self::Tasks(_)
            | Self::Cel(_) => None,
        }
    }

    /// The facts in it that are no `all` and no `any`.
    pub fn leaves(&self) -> Vec<&Self> {
        match self.members() {
            Some(facts) => facts.iter().flat_map(Self::leaves).collect(),
            None => vec![self],
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
            Self::Store(_) => true,
            Self::Cel(expression) => expression.subject() == Subject::Objects,
            Self::Workflow(_)
            | Self::Nodes(_)
            | Self::Requests(_)
            | Self::Pods(_)
            | Self::Tasks(_)
            | Self::All(_)
            | Self::Any(_) => false,
        }
    }

    /// Whether it, or a fact in it, speaks of requests to the store.
    pub fn asks_requests(&self) -> bool {
        self.leaves().iter().any(|leaf| leaf.is_of_requests())
    }

    /// Whether it is about requests to the store. `all` and `any` are not.
    pub fn is_of_requests(&self) -> bool {
        matches!(self, Self::Requests(_))
    }

    /// The kinds of object that it reads.
    pub fn kinds(&self) -> Vec<Kind> {
        self.leaves().into_iter().filter_map(Self::kind).collect()
    }

    /// The kind of object that it reads; `None` for `all` and `any`, and for the object store.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Workflow(_) | Self::Nodes(_) => Some(Kind::Workflow),
            Self::Requests(fact) => fact.kind(),
            Self::Pods(_) => Some(Kind::Pod),
            Self::Tasks(fact) => Some(fact.kind()),
            Self::Cel(expression) => expression.subject().kind(),
            Self::Store(_) | Self::All(_) | Self::Any(_) => None,
        }
    }

    /// Whether its truth is the absence of an object, or an upper bound of a count. `all` and `any`
    /// are not.
    pub fn is_absence(&self) -> bool {
        match self {
            Self::Workflow(fact) => fact.is_absence(),
            Self::Nodes(fact) => fact.is_absence(),
            Self::Store(fact) => fact.is_absence(),
            Self::Requests(fact) => fact.is_absence(),
            Self::Pods(fact) => fact.is_absence(),
            Self::Tasks(fact) => fact.is_absence(),
            Self::Cel(expression) => expression.subject() == Subject::Objects,
            Self::All(_) | Self::Any(_) => false,
        }
    }
}

/// The fact in words, fit after "eventually" or "never".
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workflow(fact) => fact.fmt(f),
            Self::Nodes(fact) => fact.fmt(f),
            Self::Store(fact) => fact.fmt(f),
            Self::Requests(fact) => fact.fmt(f),
            Self::Pods(fact) => fact.fmt(f),
            Self::Tasks(fact) => fact.fmt(f),
            Self::Cel(expression) => write!(f, "`{expression}`"),
            Self::All(facts) => joined(f, facts, " and "),
            Self::Any(facts) => joined(f, facts, " or "),
        }
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
