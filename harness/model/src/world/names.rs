//! The nodes that a name stands for.
//!
//! A case speaks of a node by its display name. A path of names selects one of several nodes with
//! the same name: `other.work` is the node `work` below `other`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::World;
use crate::workflow::{attempt_of, parts};

/// A node's name as a case has it.
#[derive(Debug)]
pub(super) struct Asked {
    name: String,
    /// The parts of the full name, or its last ones.
    parts: Vec<String>,
    /// Whether they are all of the full name.
    whole: bool,
}

impl Asked {
    /// The name in a workflow of this name. `root`, `onExit` and `hooks.NAME` are the workflow's
    /// own and no step's.
    fn new(name: &str, workflow: &str) -> Self {
        let mut given: Vec<String> = parts(name).into_iter().map(str::to_owned).collect();
        let own = parts(workflow).into_iter().map(str::to_owned);
        let first = given[0].clone();
        let whole = match attempt_of(&first).unwrap_or(&first) {
            "root" => {
                let attempt = first["root".len()..].to_owned();
                let mut own: Vec<String> = own.collect();
                own.last_mut().into_iter().for_each(|last| last.push_str(&attempt));
                given.splice(..1, own);
                true
            }
            "onExit" | "hooks" => {
                given.splice(..0, own);
                true
            }
            _ => false,
        };
        Self { name: name.to_owned(), parts: given, whole }
    }

    /// Whether a node of this full name is meant.
    pub(super) fn is_full(&self, full: &str) -> bool {
        // A group of steps, `wf[0]`, is no node that a case speaks of.
        if !self.parts.last().is_some_and(|last| full.ends_with(last.as_str())) {
            return false;
        }
        let full = parts(full);
        let Some(before) = full.len().checked_sub(self.parts.len()) else { return false };
        let same = full[before..].iter().zip(&self.parts).all(|(part, asked)| part == asked);
        // `work.hooks.done` is not `done`.
        let of_hook = before > 0 && full[before - 1] == "hooks";
        same && if self.whole { before == 0 } else { before > 0 && !of_hook }
    }

    fn is_path(&self) -> bool {
        !self.whole && self.parts.len() > 1
    }
}

/// Whether the name can be nothing but a display name: it is no path, and none of the workflow's
/// own.
fn is_display(name: &str) -> bool {
    !name.contains('.') && !["root", "onExit", "hooks"].iter().any(|own| name.starts_with(own))
}

/// The name that Kubernetes and pods know the node by.
fn full_name(node: &Value) -> &str {
    node["name"].as_str().or_else(|| node["displayName"].as_str()).unwrap_or_default()
}

impl World {
    pub(super) fn asked(&self, name: &str) -> Asked {
        Asked::new(name, &self.workflow_name)
    }

    /// The nodes of this name, each once. `cut` takes from a node's names what does not count;
    /// `None` for a node that does not count at all.
    fn named<'w>(
        &'w self,
        asked: &Asked,
        cut: impl Fn(&'w str) -> Option<&'w str>,
    ) -> Vec<&'w Value> {
        let display = |node: &'w Value| node["displayName"].as_str().and_then(&cut);
        let full = |node: &'w Value| cut(full_name(node));
        if asked.whole {
            let is_full = |node: &&'w Value| full(node).is_some_and(|full| asked.is_full(full));
            return self.nodes().filter(is_full).collect();
        }
        let shown: Vec<_> =
            self.nodes().filter(|node| display(node) == Some(asked.name.as_str())).collect();
        if !shown.is_empty() || !asked.is_path() {
            return shown;
        }
        let below = |node: &&'w Value| full(node).is_some_and(|full| asked.is_full(full));
        self.nodes().filter(below).collect()
    }

    /// The node of this name; `None` if there is none, or more than one.
    pub(super) fn node(&self, name: &str) -> Option<&Value> {
        if is_display(name) {
            let mut shown = self.nodes().filter(|node| node["displayName"] == name);
            return shown.next().filter(|_| shown.next().is_none());
        }
        match self.named(&self.asked(name), Some).as_slice() {
            [node] => Some(node),
            _ => None,
        }
    }

    /// Whether some node has this name.
    pub(super) fn has_node(&self, name: &str) -> bool {
        if is_display(name) {
            return self.nodes().any(|node| node["displayName"] == name);
        }
        !self.named(&self.asked(name), Some).is_empty()
    }

    /// The nodes of this name.
    pub(super) fn nodes_of(&self, name: &str) -> Vec<&Value> {
        self.named(&self.asked(name), Some)
    }

    /// The attempts of the node of this name.
    pub(super) fn attempts_of(&self, name: &str) -> Vec<&Value> {
        self.named(&self.asked(name), attempt_of)
    }

    /// The reason why a name does not stand for one node, if several nodes have it.
    pub(super) fn ambiguous(&self, name: &str) -> Option<String> {
        if is_display(name) && self.node(name).is_some() {
            return None;
        }
        let nodes = self.named(&self.asked(name), Some);
        several(name, nodes.into_iter().map(full_name))
    }

    /// The reason why the attempts of this name are not those of one node, if they are of several.
    pub(super) fn ambiguous_attempts(&self, name: &str) -> Option<String> {
        let attempts = self.attempts_of(name).into_iter().filter_map(|n| attempt_of(full_name(n)));
        self.ambiguous(name).or_else(|| several(name, attempts))
    }

    /// The reason why the pods of this name are not those of one node, if they are of several.
    pub(super) fn ambiguous_pods(&self, name: &str) -> Option<String> {
        let asked = self.asked(name);
        let pods = self.pods.values().filter(|pod| pod.runs(&asked));
        let of_pods = several(name, pods.filter_map(|pod| pod.node.as_deref()));
        of_pods.or_else(|| self.ambiguous(name))
    }
}

fn several<'n>(name: &str, full: impl Iterator<Item = &'n str>) -> Option<String> {
    let full: BTreeSet<&str> = full.collect();
    let words: Vec<&str> = full.into_iter().collect();
    (words.len() > 1).then(|| format!("several nodes are called {name}: {}", words.join(", ")))
}
