//! Facts in words, fit after "eventually" or "never".

use std::fmt;

use super::RequestsFact;
use super::{Count, FINAL_PHASES, Fact, NodeFact, ObjectFact, OutputFact, Presence};

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
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Phase(phases) if phases.iter().eq(FINAL_PHASES.iter()) => {
                f.write_str("the workflow is completed")
            }
            Self::Phase(phases) => write!(f, "the workflow's phase is {}", phases.join(" or ")),
            Self::NodesFulfilled => f.write_str("every node has a final phase"),
            Self::Node(node) => node.fmt(f),
            Self::NodeTree(names) => write!(f, "the nodes are exactly {}", names.join(", ")),
            Self::Attempts { of, count } => write!(f, "{count} attempts of node {of} were made"),
            Self::Starts(names) => write!(f, "the nodes start in order: {}", names.join(", ")),
            Self::Output(output) => output.fmt(f),
            Self::Finalizer(name, true) => write!(f, "the workflow has the finalizer {name}"),
            Self::Finalizer(name, false) => write!(f, "the workflow lacks the finalizer {name}"),
            Self::Condition(kind, true) => write!(f, "the workflow has the condition {kind}"),
            Self::Condition(kind, false) => write!(f, "the workflow lacks the condition {kind}"),
            Self::Objects(count) => write!(f, "{count} objects lie under the case's prefix"),
            Self::Object(object) => object.fmt(f),
            Self::Requests(requests) => requests.fmt(f),
            Self::RequestsAstray(count) => {
                write!(f, "{count} requests were for keys outside the case's prefix")
            }
            Self::ReadAfterDeletion(key) => write!(f, "{key} was read after it had been deleted"),
            Self::Workflow(Presence::Present) => f.write_str("the workflow object is there"),
            Self::Workflow(Presence::Deleting) => f.write_str("the workflow is being deleted"),
            Self::Workflow(Presence::Gone) => f.write_str("the workflow object is gone"),
            Self::PodsSeen { of, count } => {
                write!(f, "{count} pods of {} were seen", whose(of.as_deref()))
            }
            Self::PodsLeft { of, count } => {
                write!(f, "{count} pods of {} are left", whose(of.as_deref()))
            }
            Self::GcPodsSeen(count) => write!(f, "{count} artifact GC pods were seen"),
            Self::GcPodsLeft(count) => write!(f, "{count} artifact GC pods are left"),
            Self::GcTasksLeft(count) => write!(f, "{count} artifact GC tasks are left"),
            Self::Pod { node, phase } => write!(f, "the pod of node {node} is {phase}"),
            Self::TaskResult(true) => f.write_str("a task result is complete"),
            Self::TaskResult(false) => f.write_str("a task result is incomplete"),
            Self::Cel(expression) => write!(f, "`{expression}`"),
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
            parts.push(format!("has its start time of step {step}"));
        }
        if parts.is_empty() {
            return f.write_str(" exists");
        }
        write!(f, " {}", parts.join(" and "))
    }
}

impl fmt::Display for OutputFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_artifact { "artifact" } else { "parameter" };
        write!(f, "node {} has the output {what} {}", self.node, self.name)?;
        self.value.as_ref().map_or(Ok(()), |value| write!(f, " with the value {value:?}"))
    }
}

impl fmt::Display for ObjectFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.there { "lies" } else { "does not lie" };
        write!(f, "the object {} {word} under the case's prefix", self.key)?;
        self.etag.as_ref().map_or(Ok(()), |etag| write!(f, " with the ETag {etag}"))
    }
}

impl fmt::Display for RequestsFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended = match self.done {
            Some(true) => "done",
            Some(false) => "not done",
            None => "made",
        };
        write!(f, "{} {} of {} were {ended}", self.count, self.on.name(), self.key)
    }
}

fn whose(node: Option<&str>) -> String {
    node.map_or("the workflow".to_owned(), |node| format!("node {node}"))
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
