//! The meaning of facts about nodes.

use serde_json::Value;

use super::{Meaning, SoFar, is_one_of};
use crate::fact::{FINAL_NODE_PHASES, NodeFact, NodesFact, OutputFact};
use crate::truth::Truth;
use crate::world::words::node_words;
use crate::world::{Empty, World};

impl Meaning for NodesFact {
    fn evaluate(&self, world: &World) -> Truth {
        match self {
            Self::Fulfilled => world.on_nodes(|| world.on_workflow(|_| world.nodes_fulfilled())),
            Self::Node(node) => world.node_holds(node),
            Self::Tree(names) => world.on_nodes(|| world.when_acted(|| world.tree() == *names)),
            Self::Attempts { of, count } => world.on_nodes(|| match world.ambiguous_attempts(of) {
                Some(_) => Truth::Unknown,
                None => world.when_acted(|| count.admits(world.attempts_of(of).len())),
            }),
            Self::Starts(names) => world.starts_in_order(names),
            Self::Output(output) => world.output_holds(output),
        }
    }

    fn so_far(&self, _: &World) -> Option<SoFar> {
        match self {
            Self::Fulfilled
            | Self::Node(_)
            | Self::Tree(_)
            | Self::Attempts { .. }
            | Self::Starts(_)
            | Self::Output(_) => None,
        }
    }

    fn matched_nothing(&self, world: &World) -> Option<Empty> {
        match self {
            Self::Node(node) if !node.asks_existence() => world.no_node(&node.name),
            Self::Output(output) => world.no_node(&output.node),
            Self::Attempts { of, .. } if world.attempts_of(of).is_empty() => world.no_node(of),
            Self::Starts(names) => names.iter().find_map(|name| world.no_node(name)),
            Self::Fulfilled | Self::Node(_) | Self::Tree(_) | Self::Attempts { .. } => None,
        }
    }

    fn absent_from_the_start(&self, _: &World) -> Option<Empty> {
        match self {
            Self::Fulfilled
            | Self::Node(_)
            | Self::Tree(_)
            | Self::Attempts { .. }
            | Self::Starts(_)
            | Self::Output(_) => None,
        }
    }

    fn needs_action(&self) -> bool {
        match self {
            Self::Fulfilled
            | Self::Node(_)
            | Self::Tree(_)
            | Self::Attempts { .. }
            | Self::Starts(_)
            | Self::Output(_) => false,
        }
    }

    fn unevaluable(&self, world: &World) -> Option<String> {
        match self {
            Self::Fulfilled | Self::Tree(_) => world.nodes_unread.clone(),
            Self::Node(node) => world.unclear(|| world.ambiguous(&node.name)),
            Self::Output(output) => world.unclear(|| world.ambiguous(&output.node)),
            Self::Attempts { of, .. } => world.unclear(|| world.ambiguous_attempts(of)),
            Self::Starts(names) => {
                world.unclear(|| names.iter().find_map(|name| world.ambiguous(name)))
            }
        }
    }

    fn describe(&self, world: &World) -> String {
        match self {
            Self::Fulfilled => world.describe_nodes(),
            Self::Node(node) => world.describe_node(&node.name),
            Self::Tree(_) => format!("the nodes are {}", world.tree_words()),
            Self::Attempts { of, .. } => world.describe_attempts(of),
            Self::Starts(names) => {
                let words: Vec<_> = names.iter().map(|name| world.describe_start(name)).collect();
                words.join(", ")
            }
            Self::Output(output) => world.describe_output(output),
        }
    }
}

impl World {
    /// The truth about the workflow's nodes; unknown where they cannot be read.
    fn on_nodes(&self, holds: impl FnOnce() -> Truth) -> Truth {
        if self.nodes_unread.is_none() { holds() } else { Truth::Unknown }
    }

    fn nodes_fulfilled(&self) -> bool {
        let mut nodes = self.nodes().peekable();
        nodes.peek().is_some()
            && nodes.all(|n| n["phase"].as_str().is_some_and(|p| FINAL_NODE_PHASES.contains(&p)))
    }

    /// A node that is not there is unknown, unless its existence alone is asked for.
    fn node_holds(&self, fact: &NodeFact) -> Truth {
        let Some(node) = self.node(&fact.name) else {
            let is_none = fact.asks_existence() && !self.has_node(&fact.name);
            return self.on_nodes(|| match is_none {
                true => self.when_acted(|| false),
                false if self.is_left_out(&fact.name) => Truth::False,
                false => Truth::Unknown,
            });
        };
        if self.nodes_unread.is_some() {
            return Truth::Unknown;
        }
        let phase = fact.phase.as_ref().is_none_or(|p| is_one_of(&node["phase"], p));
        let message = fact
            .message
            .as_ref()
            .is_none_or(|m| node["message"].as_str().is_some_and(|said| said.contains(m.as_str())));
        let started = match &fact.started_as_at {
            None => Truth::True,
            Some(step) => self.started_as_at(node, step),
        };
        Truth::of(phase && message).and(started)
    }

    fn started_as_at(&self, node: &Value, step: &str) -> Truth {
        let then = self
            .starts_at_step
            .get(step)
            .and_then(|starts| starts.get(node["id"].as_str().unwrap_or_default()));
        match (then, node["startedAt"].as_str()) {
            (Some(then), Some(now)) => Truth::of(then == now),
            _ => Truth::Unknown,
        }
    }

    /// Start times have whole seconds: two that are the same say nothing of their order.
    fn starts_in_order(&self, names: &[String]) -> Truth {
        let start = |name: &String| self.node(name)?["startedAt"].as_str();
        let pairs = names.windows(2).map(|pair| match (start(&pair[0]), start(&pair[1])) {
            (Some(first), Some(then)) if first != then => Truth::of(first < then),
            _ => Truth::Unknown,
        });
        let left_out = names.iter().any(|name| self.is_left_out(name));
        if left_out { Truth::False } else { pairs.fold(Truth::True, Truth::and) }
    }

    fn output_holds(&self, fact: &OutputFact) -> Truth {
        let Some(node) = self.node(&fact.node) else {
            return if self.is_left_out(&fact.node) { Truth::False } else { Truth::Unknown };
        };
        let found = find_output(node, fact);
        Truth::of(found.is_some_and(|output| {
            fact.value.as_ref().is_none_or(|value| output["value"] == value.as_str())
        }))
    }

    /// The reason why the nodes cannot be read, else the one of their names.
    fn unclear(&self, name: impl FnOnce() -> Option<String>) -> Option<String> {
        self.nodes_unread.clone().or_else(name)
    }

    /// `None` too where it cannot be known.
    fn no_node(&self, name: &str) -> Option<Empty> {
        let there = self.nodes_unread.is_some() || self.has_node(name) || self.is_left_out(name);
        (!there).then(|| {
            Empty::NoNode(format!("node {name} never existed; there are: {}", self.tree_words()))
        })
    }

    fn describe_node(&self, name: &str) -> String {
        match self.node(name) {
            Some(node) => {
                let started = node["startedAt"].as_str().unwrap_or("never");
                format!("node {}, started {started}", node_words(node))
            }
            None => self
                .ambiguous(name)
                .unwrap_or_else(|| format!("no node {name}; there are: {}", self.describe_nodes())),
        }
    }

    fn describe_attempts(&self, name: &str) -> String {
        let attempts = self.attempts_of(name);
        let words: Vec<_> = attempts.into_iter().map(node_words).collect();
        format!("{} attempts of node {name}: {}", words.len(), words.join(", "))
    }

    fn describe_start(&self, name: &str) -> String {
        let started = self.node(name).and_then(|n| n["startedAt"].as_str());
        format!("node {name} started {}", started.unwrap_or("never"))
    }

    fn describe_output(&self, fact: &OutputFact) -> String {
        let Some(node) = self.node(&fact.node) else { return self.describe_node(&fact.node) };
        let what = if fact.is_artifact { "artifact" } else { "parameter" };
        let (name, of) = (&fact.name, &fact.node);
        match find_output(node, fact) {
            None => format!("node {of} has no output {what} {name}"),
            Some(output) => match output["value"].as_str() {
                Some(value) => format!("output {what} {name} of node {of} is {value:?}"),
                None => format!("node {of} has the output {what} {name}"),
            },
        }
    }
}

fn find_output<'n>(node: &'n Value, fact: &OutputFact) -> Option<&'n Value> {
    let outputs = &node["outputs"];
    let list = if fact.is_artifact { &outputs["artifacts"] } else { &outputs["parameters"] };
    list.as_array().into_iter().flatten().find(|output| output["name"] == fact.name.as_str())
}
