//! The state of the world in words.

use serde_json::Value;

use super::World;
use super::pod::Pod;

impl World {
    pub(super) fn describe_phase(&self) -> String {
        let Some(workflow) = &self.workflow else {
            return "the workflow was never seen".to_owned();
        };
        let phase = workflow["status"]["phase"].as_str().unwrap_or("not set");
        match workflow["status"]["message"].as_str() {
            Some(message) => format!("phase {phase} ({message}); {}", self.describe_nodes()),
            None => format!("phase {phase}; {}", self.describe_nodes()),
        }
    }

    pub(super) fn describe_others(&self) -> String {
        let words = self.others.iter().map(|(name, phase)| {
            let phase = phase.as_deref().unwrap_or("gone");
            format!("workflow {name}: {phase}")
        });
        let words: Vec<_> = words.collect();
        if words.is_empty() { "no other workflow".to_owned() } else { words.join(", ") }
    }

    pub(super) fn describe_nodes(&self) -> String {
        if let Some(reason) = &self.nodes_unread {
            return reason.clone();
        }
        let words: Vec<_> = self.nodes().map(node_words).collect();
        if words.is_empty() { "no nodes".to_owned() } else { words.join(", ") }
    }

    /// The names of the nodes, as a case calls them, sorted; without groups of steps.
    pub(super) fn tree(&self) -> Vec<String> {
        let displayed = self.nodes().filter_map(|n| n["displayName"].as_str());
        let mut names: Vec<String> =
            displayed.filter(|n| !n.starts_with('[')).map(|n| self.case_name(n)).collect();
        names.sort();
        names
    }

    /// The name that a case has for the node of this display name.
    fn case_name(&self, display: &str) -> String {
        match display.strip_prefix(&self.workflow_name) {
            Some(rest) if rest.is_empty() || rest.starts_with('(') => format!("root{rest}"),
            Some(rest) if rest.starts_with(".onExit") || rest.starts_with(".hooks.") => {
                rest[1..].to_owned()
            }
            _ => display.to_owned(),
        }
    }

    /// The names of the nodes, in words.
    pub(super) fn tree_words(&self) -> String {
        if let Some(reason) = &self.nodes_unread {
            return format!("not known: {reason}");
        }
        let names = self.tree();
        if names.is_empty() { "no nodes".to_owned() } else { names.join(", ") }
    }

    pub(super) fn describe_workflow(&self) -> String {
        let Some(workflow) = &self.workflow else {
            return "the workflow was never seen".to_owned();
        };
        if self.workflow_gone {
            return "the workflow object is gone".to_owned();
        }
        let deleting = workflow["metadata"]["deletionTimestamp"].is_string();
        let names = |list: &Value| -> Vec<String> {
            let words = list.as_array().into_iter().flatten();
            words.filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        let conditions = workflow["status"]["conditions"].as_array().into_iter().flatten();
        let conditions: Vec<_> = conditions
            .filter(|c| c["status"] == "True")
            .filter_map(|c| c["type"].as_str())
            .collect();
        format!(
            "the workflow object is {}, phase {}, finalizers [{}], conditions [{}]",
            if deleting { "being deleted" } else { "there" },
            workflow["status"]["phase"].as_str().unwrap_or("not set"),
            names(&workflow["metadata"]["finalizers"]).join(", "),
            conditions.join(", "),
        )
    }

    pub(super) fn describe_objects(&self) -> String {
        match &self.listing {
            None => "the store was never asked".to_owned(),
            Some(listing) if listing.keys.is_empty() => "no objects".to_owned(),
            Some(listing) => {
                let keys = &listing.keys;
                format!("{} objects: {}", keys.len(), keys.join(", "))
            }
        }
    }

    pub(super) fn describe_pods(&self, which: impl Fn(&Pod) -> bool) -> String {
        let words: Vec<_> = self.pods.values().filter(|pod| which(pod)).map(Pod::words).collect();
        match (words.is_empty(), self.pods.is_empty()) {
            (false, _) => words.join(", "),
            (true, true) => "no pods were seen".to_owned(),
            (true, false) => "no pods are left".to_owned(),
        }
    }

    pub(super) fn describe_gc_tasks(&self) -> String {
        let names: Vec<&str> = self.gc_tasks.iter().map(String::as_str).collect();
        format!("artifact GC tasks: [{}]", names.join(", "))
    }

    pub(super) fn describe_task_results(&self) -> String {
        let word = |complete: &Option<bool>| match complete {
            Some(true) => "complete",
            Some(false) => "incomplete",
            None => "without label",
        };
        let words: Vec<_> =
            self.task_results.iter().map(|(name, c)| format!("{name} {}", word(c))).collect();
        if words.is_empty() { "no task results".to_owned() } else { words.join(", ") }
    }
}

/// A node with its phase and message.
pub(super) fn node_words(node: &Value) -> String {
    let name = node["displayName"].as_str().unwrap_or("?");
    let phase = node["phase"].as_str().unwrap_or("no phase");
    match node["message"].as_str() {
        Some(message) => format!("{name} {phase} ({message})"),
        None => format!("{name} {phase}"),
    }
}
