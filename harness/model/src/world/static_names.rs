//! Absence as evidence: names that the workflow's spec knows.
//!
//! A name that the static model has is no typo, even if a completed workflow has no such node.
//! Facts about such a node are false, and it has no pods.

use std::collections::BTreeSet;

use serde_json::Value;

use super::World;
use crate::fact::FINAL_PHASES;
use crate::workflow::parts;

impl World {
    /// The world in which these names, by the static model of the workflow, can have a node.
    #[must_use]
    pub fn with_names(mut self, names: &BTreeSet<String>) -> Self {
        self.static_names.clone_from(names);
        self
    }

    /// Whether the node can exist by the static model, and does not in a completed workflow.
    pub(super) fn is_left_out(&self, name: &str) -> bool {
        self.nodes_unread.is_none() && self.is_possible(name) && !self.has_node(name)
    }

    /// Whether the node can exist by the static model, and a completed workflow has no pod of it.
    /// Such a node does not exist, or has the phase `Skipped` or `Omitted`.
    pub(super) fn needs_no_pod(&self, name: &str) -> bool {
        let left_out =
            |node: &&Value| matches!(node["phase"].as_str(), Some("Skipped" | "Omitted"));
        self.nodes_unread.is_none()
            && self.is_possible(name)
            && self.nodes_of(name).iter().all(left_out)
            && self.pods_are_told()
    }

    /// Whether a pod of the workflow was seen, or none of its nodes ran in one. Nodes that ran in
    /// unseen pods contradict every absence of a pod.
    fn pods_are_told(&self) -> bool {
        let ran = |node: &Value| {
            node["type"] == "Pod" && matches!(node["phase"].as_str(), Some("Succeeded" | "Failed"))
        };
        self.pods.values().any(|pod| !pod.collects_garbage) || !self.nodes().any(ran)
    }

    /// Whether the workflow is completed, and its static model has a node of this name.
    fn is_possible(&self, name: &str) -> bool {
        let plain = without_items(name);
        let known = |name: &str| self.static_names.contains(name);
        let of_path = || parts(&plain).iter().all(|part| known(part));
        self.is_completed() && (known(&plain) || of_path())
    }

    fn is_completed(&self) -> bool {
        let phase = self.workflow.as_ref().and_then(|w| w["status"]["phase"].as_str());
        phase.is_some_and(|phase| FINAL_PHASES.contains(&phase))
    }
}

/// The name without attempts and items of loops, which stand in brackets.
fn without_items(name: &str) -> String {
    let mut depth = 0_usize;
    let outside = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    name.chars().filter(outside).collect()
}
