//! The state that a fact speaks of, in words.

use serde_json::Value;

use super::World;
use super::holds::find_output;
use super::pod::Pod;
use crate::expression::Subject;
use crate::fact::{Fact, OutputFact};

impl World {
    /// The state that a fact speaks of, in words: what the system looks like now.
    pub fn describe(&self, fact: &Fact) -> String {
        match fact {
            Fact::Phase(_) => self.describe_phase(),
            Fact::NodesFulfilled => self.describe_nodes(),
            Fact::Node(node) => self.describe_node(&node.name),
            Fact::NodeTree(_) => format!("the nodes are {}", self.tree_words()),
            Fact::Attempts { of, .. } => self.describe_attempts(of),
            Fact::Starts(names) => {
                let words: Vec<_> = names.iter().map(|name| self.describe_start(name)).collect();
                words.join(", ")
            }
            Fact::Output(output) => self.describe_output(output),
            Fact::Finalizer(..) | Fact::Condition(..) | Fact::Workflow(_) => {
                self.describe_workflow()
            }
            Fact::Objects(_) | Fact::Object(_) => self.describe_objects(),
            Fact::Requests(fact) => self.describe_requests(Some(fact.on)),
            Fact::RequestsAstray(_) => self.describe_astray(),
            Fact::ReadAfterDeletion(_) => self.describe_requests(None),
            Fact::PodsSeen { .. } | Fact::GcPodsSeen(_) | Fact::Pod { .. } => {
                self.describe_pods(|_| true)
            }
            Fact::PodsLeft { .. } | Fact::GcPodsLeft(_) => self.describe_pods(|pod| pod.there),
            Fact::GcTasksLeft(_) => {
                let names: Vec<&str> = self.gc_tasks.iter().map(String::as_str).collect();
                format!("artifact GC tasks: [{}]", names.join(", "))
            }
            Fact::TaskResult(_) => self.describe_task_results(),
            Fact::Cel(expression) => match expression.subject() {
                Subject::Workflow => self.describe_phase(),
                Subject::OtherWorkflow => self.describe_others(),
                Subject::Objects => self.describe_objects(),
                Subject::Pod => self.describe_pods(|pod| pod.there),
                Subject::TaskResult => self.describe_task_results(),
                Subject::GcTask => {
                    self.describe(&Fact::GcTasksLeft(crate::fact::Count::Exactly(0)))
                }
            },
            Fact::All(facts) | Fact::Any(facts) => {
                let parts: Vec<_> = facts.iter().map(|f| self.describe(f)).collect();
                parts.join("; ")
            }
        }
    }

    fn describe_phase(&self) -> String {
        let Some(workflow) = &self.workflow else {
            return "the workflow was never seen".to_owned();
        };
        let phase = workflow["status"]["phase"].as_str().unwrap_or("not set");
        match workflow["status"]["message"].as_str() {
            Some(message) => format!("phase {phase} ({message}); {}", self.describe_nodes()),
            None => format!("phase {phase}; {}", self.describe_nodes()),
        }
    }

    fn describe_others(&self) -> String {
        let words = self.others.iter().map(|(name, phase)| {
            let phase = phase.as_deref().unwrap_or("gone");
            format!("workflow {name}: {phase}")
        });
        let words: Vec<_> = words.collect();
        if words.is_empty() { "no other workflow".to_owned() } else { words.join(", ") }
    }

    fn describe_nodes(&self) -> String {
        let words: Vec<_> = self.nodes().map(node_words).collect();
        if words.is_empty() { "no nodes".to_owned() } else { words.join(", ") }
    }

    /// The names of the nodes, as a case calls them.
    pub(super) fn tree_words(&self) -> String {
        let names = self.tree();
        if names.is_empty() { "no nodes".to_owned() } else { names.join(", ") }
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

    fn describe_workflow(&self) -> String {
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

    fn describe_objects(&self) -> String {
        match &self.listing {
            None => "the store was never asked".to_owned(),
            Some(listing) if listing.keys.is_empty() => "no objects".to_owned(),
            Some(listing) => {
                let keys = &listing.keys;
                format!("{} objects: {}", keys.len(), keys.join(", "))
            }
        }
    }

    fn describe_pods(&self, which: impl Fn(&Pod) -> bool) -> String {
        let words: Vec<_> = self.pods.values().filter(|pod| which(pod)).map(Pod::words).collect();
        match (words.is_empty(), self.pods.is_empty()) {
            (false, _) => words.join(", "),
            (true, true) => "no pods were seen".to_owned(),
            (true, false) => "no pods are left".to_owned(),
        }
    }

    fn describe_task_results(&self) -> String {
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

fn node_words(node: &Value) -> String {
    let name = node["displayName"].as_str().unwrap_or("?");
    let phase = node["phase"].as_str().unwrap_or("no phase");
    match node["message"].as_str() {
        Some(message) => format!("{name} {phase} ({message})"),
        None => format!("{name} {phase}"),
    }
}
