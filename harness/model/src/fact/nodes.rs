//! Facts about nodes of the workflow.

use std::fmt;

use super::Fact;
use super::count::{BOUND_WORDS, Count, bound};
use super::phases::{FINAL_NODE_PHASES, NODE_PHASES, phases};
use super::reader::ReadFact;
use crate::parse::context::{Context, step_name};
use crate::parse::fields::{Fields, Reader};
use crate::vocabulary::word::{self, Choice, Map, Row, TEXTS, Value, Word, choices};
use crate::yaml::{Node, Position};

/// A fact about nodes of the workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodesFact {
    /// The workflow has nodes, and every node has a final phase.
    Fulfilled,
    /// A node of the workflow is so.
    Node(NodeFact),
    /// The workflow's nodes are exactly these, sorted, by what a case calls them; groups of steps
    /// are not counted.
    Tree(Vec<String>),
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

impl NodeFact {
    /// Whether it asks for nothing but that the node exists.
    pub fn asks_existence(&self) -> bool {
        self.phase.is_none() && self.message.is_none() && self.started_as_at.is_none()
    }
}

impl NodesFact {
    /// Whether its truth is an upper bound of a count.
    pub(super) fn is_absence(&self) -> bool {
        match self {
            Self::Attempts { count, .. } => count.has_upper_bound(),
            Self::Fulfilled | Self::Node(_) | Self::Tree(_) | Self::Starts(_) | Self::Output(_) => {
                false
            }
        }
    }
}

const FULFILLED: [(&str, (), &str); 1] = [("fulfilled", (), "Each node has a final phase.")];
static FULFILLED_WORDS: [Choice; 1] = choices(&FULFILLED);

/// The words, and their readers.
pub(super) const WORDS: &[Row<ReadFact>] = &[
    Row::new(
        Word::new(
            "nodes",
            Value::Choice(&FULFILLED_WORDS),
            "fulfilled",
            "The workflow has nodes, and each of them has a final phase.",
        ),
        |node, _, _, r| {
            r.one_of(node, "state of all nodes", &FULFILLED)?;
            Some(Fact::Nodes(NodesFact::Fulfilled))
        },
    ),
    Row::new(
        Word::new(
            "node",
            Value::Map(&NODE),
            "{ name: work, phase: Succeeded }",
            "A node of the workflow exists and has these fields.",
        ),
        |node, steps, context, r| {
            Some(Fact::Nodes(NodesFact::Node(one_node(node, steps, context, r)?)))
        },
    ),
    Row::new(
        Word::new(
            "node-tree",
            TEXTS,
            "[root, work]",
            "The workflow's nodes are exactly these. Groups of steps do not count.",
        ),
        |node, _, context, r| {
            // A tree can have several nodes of one name.
            let names = names("node-tree", 1, node, r)?;
            for (name, at) in &names {
                context.check_node(name, *at, r);
            }
            let mut names: Vec<String> = names.into_iter().map(|(name, _)| name).collect();
            names.sort();
            Some(Fact::Nodes(NodesFact::Tree(names)))
        },
    ),
    Row::new(
        Word::new(
            "attempts",
            Value::Map(&ATTEMPTS),
            "{ of: work, exactly: 2 }",
            "The number of attempts of a node with a retry strategy is within the count.",
        ),
        |node, _, context, r| attempts(node, context, r).map(Fact::Nodes),
    ),
    Row::new(
        Word::new(
            "starts",
            Value::List(2, &Value::Text),
            "[root, work]",
            "These nodes started in this order. Start times have whole seconds. The order of two \
             equal times is unknown.",
        ),
        |node, _, context, r| {
            let names = names("starts", 2, node, r)?;
            for (name, at) in &names {
                context.check_one_node(name, *at, r);
            }
            let names = names.into_iter().map(|(name, _)| name).collect();
            Some(Fact::Nodes(NodesFact::Starts(names)))
        },
    ),
    Row::new(
        Word::new(
            "output",
            Value::Map(&OUTPUT),
            "{ node: work, parameter: answer, value: 'yes' }",
            "A node has this output.",
        ),
        |node, _, context, r| Some(Fact::Nodes(NodesFact::Output(output(node, context, r)?))),
    ),
];

static ATTEMPTS: Map = Map {
    what: "a count of attempts",
    one_of: &BOUND_WORDS,
    beside: &[Word::new("of", Value::Text, "work", "Display name of the node.").required()],
};

static NODE: Map = Map {
    what: "a node",
    one_of: &[],
    beside: &[
        Word::new(
            "name",
            Value::Text,
            "work",
            "Display name of a step, a task or a container of a set. `name(0)` is an attempt. \
             `name.hooks.other` and `name.onExit` are hooks of a step. `root`, `onExit` and \
             `hooks.other` belong to the workflow. A path selects one of several nodes with the \
             same name: `other.work`. Without a path the fact is unknown, and `lint` refuses the \
             case.",
        )
        .required(),
        Word::new(
            "phase",
            Value::Phases(&NODE_PHASES),
            "Succeeded",
            "The node has one of these phases.",
        ),
        Word::new("message", Value::Text, "exit code 1", "Part of the node's message."),
        Word::new(
            "started-as-at",
            Value::Text,
            "submit",
            "The node's `startedAt` has not changed since the start of this step.",
        ),
    ],
};

/// The kinds of output; true for an artifact.
const OUTPUTS: &[Row<bool>] = &[
    Row::new(
        Word::new("parameter", Value::Text, "answer", "The output is the parameter of this name."),
        false,
    ),
    Row::new(
        Word::new("artifact", Value::Text, "result", "The output is the artifact of this name."),
        true,
    ),
];
static OUTPUT_WORDS: [Word; word::count(&[OUTPUTS])] = word::words(&[OUTPUTS]);

static OUTPUT: Map = Map {
    what: "an output",
    one_of: &OUTPUT_WORDS,
    beside: &[
        Word::new("node", Value::Text, "work", "Display name of the node.").required(),
        Word::new("value", Value::Text, "'yes'", "Value of the parameter. Default: any.")
            .with(&["parameter"]),
    ],
};

/// Reads the attempts of a node, and how many.
fn attempts(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<NodesFact> {
    let mut f = Fields::of(&ATTEMPTS, node, r)?;
    let of = f.required("of", r).and_then(|n| context.one_node(n, r));
    let count = bound(f, r)?;
    Some(NodesFact::Attempts { of: of?, count })
}

/// Reads a list of names of nodes, so many at least, each with its place.
fn names(what: &str, least: usize, node: &Node, r: &mut Reader) -> Option<Vec<(String, Position)>> {
    let names = r.texts(node)?;
    if names.len() < least {
        let message = format!("`{what}` needs at least {least} names of nodes");
        r.error(node.at, message, None);
        return None;
    }
    Some(names)
}

fn one_node(
    node: &Node,
    steps: &[String],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<NodeFact> {
    let mut f = Fields::of(&NODE, node, r)?;
    let name = f.required("name", r).and_then(|n| context.one_node(n, r));
    let phase = f.optional("phase").map(|n| phases(n, &NODE_PHASES, &FINAL_NODE_PHASES, r));
    let message = f.optional("message").map(|n| r.text(n));
    let started = f.optional("started-as-at").map(|n| step_name(n, steps, r));
    f.finish(r);
    Some(NodeFact {
        name: name?,
        phase: phase.map_or(Some(None), |p| p.map(Some))?,
        message: message.map_or(Some(None), |m| m.map(Some))?,
        started_as_at: started.map_or(Some(None), |s| s.map(Some))?,
    })
}

fn output(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<OutputFact> {
    let mut f = Fields::of(&OUTPUT, node, r)?;
    let of = f.required("node", r).and_then(|n| context.one_node(n, r));
    let value = f.optional("value").map(|n| (r.text(n), n.at));
    let Some((kind, name)) = f.one(&[OUTPUTS], r) else {
        f.nothing_found(r);
        return None;
    };
    f.finish(r);
    let is_artifact = kind.meaning;
    if let (true, Some((_, at))) = (is_artifact, &value) {
        r.error(*at, "`value` goes with `parameter`".to_owned(), None);
    }
    let name = r.text(name);
    let value = value.map_or(Some(None), |(v, _)| v.map(Some))?;
    Some(OutputFact { node: of?, name: name?, is_artifact, value })
}

impl fmt::Display for NodesFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fulfilled => f.write_str("every node has a final phase"),
            Self::Node(node) => node.fmt(f),
            Self::Tree(names) => write!(f, "the nodes are exactly {}", names.join(", ")),
            Self::Attempts { of, count } => write!(f, "{count} attempts of node {of} were made"),
            Self::Starts(names) => write!(f, "the nodes start in order: {}", names.join(", ")),
            Self::Output(output) => output.fmt(f),
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
