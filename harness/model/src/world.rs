//! The state of the world at a moment of a history, and what each [`Fact`] means on it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::fact::{Count, FINAL_NODE_PHASES, Fact, NodeFact, Presence};
use crate::history::{Change, Event, Header, Kind, Seen, StepOutcome, What};
use crate::truth::Truth;

/// What is known at a moment: the fold of a history's events up to there.
#[derive(Clone, Debug)]
pub struct World {
    workflow_name: String,
    workflow: Option<Value>,
    workflow_gone: bool,
    pods: BTreeMap<String, Pod>,
    task_results: BTreeMap<String, Option<bool>>,
    watched: BTreeSet<Kind>,
    versions: BTreeMap<Kind, String>,
    objects: Option<Vec<String>>,
    starts_at_step: BTreeMap<String, BTreeMap<String, String>>,
    steps_ended: BTreeMap<String, StepOutcome>,
}

#[derive(Clone, Debug)]
struct Pod {
    name: Option<String>,
    node: Option<String>,
    phase: Option<String>,
    collects_garbage: bool,
    there: bool,
}

impl World {
    /// The world before the first event.
    pub fn new(header: &Header) -> Self {
        Self {
            workflow_name: header.workflow.clone(),
            workflow: None,
            workflow_gone: false,
            pods: BTreeMap::new(),
            task_results: BTreeMap::new(),
            watched: BTreeSet::new(),
            versions: BTreeMap::new(),
            objects: None,
            starts_at_step: BTreeMap::new(),
            steps_ended: BTreeMap::new(),
        }
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Event) {
        match &event.what {
            What::StepBegun { step, .. } => {
                let starts = self.node_starts();
                self.starts_at_step.insert(step.clone(), starts);
            }
            What::StepEnded { step, outcome } => {
                self.steps_ended.insert(step.clone(), outcome.clone());
            }
            What::Seen(seen) => self.see(seen),
            What::Watching { kind, .. } => {
                self.watched.insert(*kind);
            }
            What::Listed { keys, .. } => self.objects = Some(keys.clone()),
            What::Gap { .. } | What::Probed { .. } | What::Ended { .. } => {}
        }
    }

    /// How a step came to an end, if it did.
    pub fn step_outcome(&self, step: &str) -> Option<&StepOutcome> {
        self.steps_ended.get(step)
    }

    /// The workflow as last seen.
    pub fn workflow(&self) -> Option<&Value> {
        self.workflow.as_ref()
    }

    /// Names of the pods that are there now for the node of this display name.
    pub fn pods_of(&self, node: &str) -> Vec<&str> {
        let there = self.pods.values().filter(|pod| pod.there && pod.runs(node));
        there.filter_map(|pod| pod.name.as_deref()).collect()
    }

    /// `resourceVersion` of the last object of a kind that was seen.
    pub fn version(&self, kind: Kind) -> Option<&str> {
        self.versions.get(&kind).map(String::as_str)
    }

    fn see(&mut self, seen: &Seen) {
        let meta = &seen.object["metadata"];
        if let Some(version) = meta["resourceVersion"].as_str() {
            self.versions.insert(seen.kind, version.to_owned());
        }
        let gone = seen.change == Change::Deleted;
        match seen.kind {
            Kind::Workflow if meta["name"] == self.workflow_name.as_str() => {
                self.workflow = Some(seen.object.clone());
                self.workflow_gone = gone;
            }
            Kind::Pod => {
                let uid = meta["uid"].as_str().unwrap_or_default().to_owned();
                self.pods.insert(uid, Pod::read(&seen.object, !gone));
            }
            Kind::TaskResult => {
                let name = meta["name"].as_str().unwrap_or_default().to_owned();
                let label = &meta["labels"]["workflows.argoproj.io/report-outputs-completed"];
                let complete = label.as_str().map(|l| l == "true");
                if gone {
                    self.task_results.remove(&name);
                } else {
                    self.task_results.insert(name, complete);
                }
            }
            Kind::Workflow | Kind::GcTask => {}
        }
    }

    fn status(&self) -> Option<&Value> {
        self.workflow.as_ref().map(|w| &w["status"])
    }

    fn nodes(&self) -> impl Iterator<Item = &Value> {
        self.status().and_then(|s| s["nodes"].as_object()).into_iter().flat_map(|n| n.values())
    }

    fn node(&self, name: &str) -> Option<&Value> {
        let display = match (crate::workflow::without_attempt(name), name) {
            ("root", _) => name.replacen("root", &self.workflow_name, 1),
            ("onExit", _) => format!("{}.{name}", self.workflow_name),
            (_, other) => other.to_owned(),
        };
        self.nodes().find(|n| n["displayName"] == display.as_str())
    }

    fn node_starts(&self) -> BTreeMap<String, String> {
        let pair = |n: &Value| Some((n["id"].as_str()?.into(), n["startedAt"].as_str()?.into()));
        self.nodes().filter_map(pair).collect()
    }

    /// Whether the fact holds now.
    pub fn holds(&self, fact: &Fact) -> Truth {
        match fact {
            Fact::Phase(phases) => self.on_workflow(|w| is_one_of(&w["status"]["phase"], phases)),
            Fact::NodesFulfilled => self.on_workflow(|_| self.nodes_fulfilled()),
            Fact::Node(node) => self.node_holds(node),
            Fact::Finalizer(name, there) => {
                self.on_workflow(|w| (!self.workflow_gone && has_finalizer(w, name)) == *there)
            }
            Fact::Condition(kind, there) => self.on_workflow(|w| has_condition(w, kind) == *there),
            Fact::Objects(count) => match &self.objects {
                Some(keys) => Truth::of(count.admits(keys.len())),
                None => Truth::Unknown,
            },
            Fact::Workflow(presence) => self.on_workflow(|w| {
                let deleting = w["metadata"]["deletionTimestamp"].is_string();
                match presence {
                    Presence::Gone => self.workflow_gone,
                    Presence::Present => !self.workflow_gone,
                    Presence::Deleting => deleting && !self.workflow_gone,
                }
            }),
            Fact::PodsSeen { of, count } => self.count_pods(*count, |pod| {
                !pod.collects_garbage && of.as_ref().is_none_or(|node| pod.runs(node))
            }),
            Fact::GcPodsSeen(count) => self.count_pods(*count, |pod| pod.collects_garbage),
            Fact::Pod { node, phase } => self.when_watched(Kind::Pod, || {
                self.pods.values().any(|pod| pod.there && pod.runs(node) && pod.phase_is(phase))
            }),
            Fact::TaskResult(complete) => self.when_watched(Kind::TaskResult, || {
                self.task_results.values().any(|c| *c == Some(*complete))
            }),
            Fact::All(facts) => facts.iter().map(|f| self.holds(f)).fold(Truth::True, Truth::and),
            Fact::Any(facts) => facts.iter().map(|f| self.holds(f)).fold(Truth::False, Truth::or),
        }
    }

    fn on_workflow(&self, test: impl FnOnce(&Value) -> bool) -> Truth {
        self.workflow.as_ref().map_or(Truth::Unknown, |w| Truth::of(test(w)))
    }

    fn when_watched(&self, kind: Kind, test: impl FnOnce() -> bool) -> Truth {
        if self.watched.contains(&kind) { Truth::of(test()) } else { Truth::Unknown }
    }

    fn count_pods(&self, count: Count, which: impl Fn(&Pod) -> bool) -> Truth {
        self.when_watched(Kind::Pod, || {
            count.admits(self.pods.values().filter(|pod| which(pod)).count())
        })
    }

    fn nodes_fulfilled(&self) -> bool {
        let mut nodes = self.nodes().peekable();
        nodes.peek().is_some()
            && nodes.all(|n| n["phase"].as_str().is_some_and(|p| FINAL_NODE_PHASES.contains(&p)))
    }

    fn node_holds(&self, fact: &NodeFact) -> Truth {
        let Some(node) = self.node(&fact.name) else {
            return Truth::Unknown;
        };
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

    /// The state that a fact speaks of, in words: what the system looks like now.
    pub fn describe(&self, fact: &Fact) -> String {
        match fact {
            Fact::Phase(_) => self.describe_phase(),
            Fact::NodesFulfilled => self.describe_nodes(),
            Fact::Node(node) => self.describe_node(&node.name),
            Fact::Finalizer(..) | Fact::Condition(..) | Fact::Workflow(_) => {
                self.describe_workflow()
            }
            Fact::Objects(_) => match &self.objects {
                None => "the store was never asked".to_owned(),
                Some(keys) if keys.is_empty() => "no objects".to_owned(),
                Some(keys) => format!("{} objects: {}", keys.len(), keys.join(", ")),
            },
            Fact::PodsSeen { .. } | Fact::GcPodsSeen(_) | Fact::Pod { .. } => self.describe_pods(),
            Fact::TaskResult(_) => self.describe_task_results(),
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

    fn describe_nodes(&self) -> String {
        let words: Vec<_> = self.nodes().map(node_words).collect();
        if words.is_empty() { "no nodes".to_owned() } else { words.join(", ") }
    }

    fn describe_node(&self, name: &str) -> String {
        match self.node(name) {
            Some(node) => {
                let started = node["startedAt"].as_str().unwrap_or("never");
                format!("node {}, started {started}", node_words(node))
            }
            None => format!("no node {name}; there are: {}", self.describe_nodes()),
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

    fn describe_pods(&self) -> String {
        let words: Vec<_> = self.pods.values().map(Pod::words).collect();
        if words.is_empty() { "no pods were seen".to_owned() } else { words.join(", ") }
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

impl Pod {
    fn read(object: &Value, there: bool) -> Self {
        let meta = &object["metadata"];
        let component = &meta["labels"]["workflows.argoproj.io/component"];
        let node = meta["annotations"]["workflows.argoproj.io/node-name"].as_str();
        Self {
            name: meta["name"].as_str().map(str::to_owned),
            node: node.map(str::to_owned),
            phase: object["status"]["phase"].as_str().map(str::to_owned),
            collects_garbage: component == "artifact-gc",
            there,
        }
    }

    /// Whether the pod runs the node of this display name. A node's full name ends in it.
    fn runs(&self, display: &str) -> bool {
        let Some(full) = &self.node else { return false };
        if let Some(attempt) = display.strip_prefix("root") {
            return !full.contains(['.', '[']) && full.ends_with(attempt);
        }
        full.rsplit('.').next() == Some(display)
    }

    fn phase_is(&self, phase: &str) -> bool {
        self.phase.as_deref() == Some(phase)
    }

    fn words(&self) -> String {
        let what = self.node.as_deref().unwrap_or("(artifact GC)");
        let phase = self.phase.as_deref().unwrap_or("no phase");
        format!("pod of {what}: {phase}{}", if self.there { "" } else { ", deleted" })
    }
}

fn is_one_of(phase: &Value, phases: &[String]) -> bool {
    phase.as_str().is_some_and(|p| phases.iter().any(|q| q == p))
}

fn has_finalizer(workflow: &Value, name: &str) -> bool {
    let list = workflow["metadata"]["finalizers"].as_array();
    list.into_iter().flatten().any(|f| f == name)
}

fn has_condition(workflow: &Value, kind: &str) -> bool {
    let list = workflow["status"]["conditions"].as_array();
    list.into_iter().flatten().any(|c| c["type"] == kind && c["status"] == "True")
}

fn node_words(node: &Value) -> String {
    let name = node["displayName"].as_str().unwrap_or("?");
    let phase = node["phase"].as_str().unwrap_or("no phase");
    match node["message"].as_str() {
        Some(message) => format!("{name} {phase} ({message})"),
        None => format!("{name} {phase}"),
    }
}
