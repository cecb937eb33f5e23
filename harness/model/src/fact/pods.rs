//! Facts about pods.

use std::fmt;

use super::Fact;
use super::count::{BOUND_WORDS, COUNT, Count, NUMBER_OR_WORD, bound, count};
use super::reader::ReadFact;
use crate::parse::context::Context;
use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::word::{Choice, Map, Row, Value, Word, choices};
use crate::yaml::{Content, Node};

/// A fact about pods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PodFact {
    /// The number of distinct pods (by uid) of the workflow that were seen so far is within the
    /// count. GC pods are not counted.
    Seen {
        /// Display name of the node that they run; every node unless given.
        of: Option<String>,
        /// Bound on the number of pods.
        count: Count,
    },
    /// The number of pods of the workflow that are there now is within the count. GC pods are not
    /// counted.
    Left {
        /// Display name of the node that they run; every node unless given.
        of: Option<String>,
        /// Bound on the number of pods.
        count: Count,
    },
    /// The number of distinct artifact GC pods (by uid) that were seen so far is within the count.
    GcSeen(Count),
    /// The number of artifact GC pods that are there now is within the count.
    GcLeft(Count),
    /// A pod of the workflow, in this phase, is there now, for this node.
    Phase {
        /// Display name of the node that the pod runs.
        node: String,
        /// `status.phase` of the pod.
        phase: String,
    },
}

impl PodFact {
    /// Whether its truth is an upper bound of a count.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::Seen { count, .. }
            | Self::Left { count, .. }
            | Self::GcSeen(count)
            | Self::GcLeft(count) => count.has_upper_bound(),
            Self::Phase { .. } => false,
        }
    }
}

/// The words, and their readers.
pub(super) const WORDS: &[Row<ReadFact>] = &[
    Row::new(
        Word::new(
            "pods-seen",
            POD_COUNT,
            "{ of: work, at-least: 2 }",
            "The number of distinct pods that were seen so far is within the count. The pods are \
             those of the workflow, or of one of its nodes. Pods of artifact GC do not count.",
        ),
        |node, _, context, r| {
            let (of, count) = pods(node, context, r)?;
            Some(Fact::Pods(PodFact::Seen { of, count }))
        },
    ),
    Row::new(
        Word::new(
            "pods-left",
            POD_COUNT,
            "none",
            "The number of present pods is within the count. The pods are those of the workflow, \
             or of one of its nodes. Pods of artifact GC do not count.",
        ),
        |node, _, context, r| {
            let (of, count) = pods(node, context, r)?;
            Some(Fact::Pods(PodFact::Left { of, count }))
        },
    ),
    Row::new(
        Word::new(
            "gc-pods-seen",
            COUNT,
            "some",
            "The number of distinct artifact GC pods that were seen so far is within the count.",
        ),
        |node, _, _, r| Some(Fact::Pods(PodFact::GcSeen(count(node, r)?))),
    ),
    Row::new(
        Word::new(
            "gc-pods-left",
            COUNT,
            "none",
            "The number of present artifact GC pods is within the count.",
        ),
        |node, _, _, r| Some(Fact::Pods(PodFact::GcLeft(count(node, r)?))),
    ),
    Row::new(
        Word::new(
            "pod",
            Value::Map(&POD),
            "{ node: work, phase: Running }",
            "The pod of a node is present and has this phase.",
        ),
        |node, _, context, r| pod(node, context, r).map(Fact::Pods),
    ),
];

const POD_COUNT: Value = Value::Either(&[NUMBER_OR_WORD[0], NUMBER_OR_WORD[1], Value::Map(&PODS)]);

static PODS: Map = Map {
    what: "a count of pods",
    one_of: &BOUND_WORDS,
    beside: &[Word::new(
        "of",
        Value::Text,
        "work",
        "Display name of the node of the pods. Default: every node.",
    )],
};

const POD_PHASES: [(&str, &str, &str); 4] = [
    ("Pending", "Pending", "Some container has not started."),
    ("Running", "Running", "The pod runs."),
    ("Succeeded", "Succeeded", "Every container has succeeded."),
    ("Failed", "Failed", "A container has failed."),
];
static POD_PHASE_WORDS: [Choice; 4] = choices(&POD_PHASES);

static POD: Map = Map {
    what: "a pod",
    one_of: &[],
    beside: &[
        Word::new("node", Value::Text, "work", "Display name of the node of the pod.").required(),
        Word::new("phase", Value::Choice(&POD_PHASE_WORDS), "Running", "The pod's `status.phase`.")
            .required(),
    ],
};

/// Reads a count, where a map may say of which node.
fn pods(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<(Option<String>, Count)> {
    if !matches!(node.content, Content::Map(_)) {
        return Some((None, count(node, r)?));
    }
    let mut f = Fields::of(&PODS, node, r)?;
    let of = f.optional("of").map(|n| context.one_node(n, r));
    let count = bound(f, r)?;
    Some((of.map_or(Some(None), |of| of.map(Some))?, count))
}

fn pod(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<PodFact> {
    let mut f = Fields::of(&POD, node, r)?;
    let name = f.required("node", r).and_then(|n| context.one_node(n, r));
    let phase = f.required("phase", r).and_then(|n| r.one_of(n, "phase of a pod", &POD_PHASES));
    f.finish(r);
    Some(PodFact::Phase { node: name?, phase: phase?.to_owned() })
}

impl fmt::Display for PodFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seen { of, count } => {
                write!(f, "{count} pods of {} were seen", whose(of.as_deref()))
            }
            Self::Left { of, count } => {
                write!(f, "{count} pods of {} are left", whose(of.as_deref()))
            }
            Self::GcSeen(count) => write!(f, "{count} artifact GC pods were seen"),
            Self::GcLeft(count) => write!(f, "{count} artifact GC pods are left"),
            Self::Phase { node, phase } => write!(f, "the pod of node {node} is {phase}"),
        }
    }
}

fn whose(node: Option<&str>) -> String {
    node.map_or("the workflow".to_owned(), |node| format!("node {node}"))
}
