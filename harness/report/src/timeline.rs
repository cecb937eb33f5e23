//! The timeline of a case: rows side by side in time, made from a history event by event.

use model::argo_api::{annotation, label};
use std::collections::{BTreeMap, BTreeSet};

use model::history::{Change, Kind, Observation, Request, StepOutcome};
use model::world::with_nodes;
use model::{Event, EventKind};
use serde_json::Value;

/// The timeline of one case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Milliseconds from the beginning of the history to the last event.
    pub end: u64,
    /// Rows in the order of their first event. Rows of requests to the object store come last.
    pub rows: Vec<Row>,
    /// Names of the steps that wait.
    pub waits: BTreeSet<String>,
    /// Requests to the object store, each with the milliseconds at its end.
    requests: Vec<(u64, Request)>,
    /// Pods by address, under the names of their rows.
    addresses: BTreeMap<String, String>,
}

/// One thing over time: a step, a node, a pod or another part of the case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The kind of thing.
    pub group: Group,
    /// The name for people.
    pub name: String,
    /// The states in order of time. The thing is absent between two spans.
    pub spans: Vec<Span>,
    key: String,
    open: Option<(u64, String)>,
}

/// A state of a thing and its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Milliseconds from the beginning of the history.
    pub from: u64,
    /// Milliseconds from the beginning of the history; equal to `from` for a moment.
    pub to: u64,
    /// The state in words.
    pub word: String,
}

/// Kinds of thing, in the order of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The steps of the plan.
    Steps,
    /// The workflow: phase, deletion, finalizers and conditions.
    Workflow,
    /// The workflow's nodes.
    Nodes,
    /// The workflow's pods.
    Pods,
    /// The task results of pods: complete, incomplete, or there.
    TaskResults,
    /// Tasks of artifact garbage collection.
    GarbageCollection,
    /// The object store: the number of listed objects, and requests by operation.
    Store,
    /// The environment: parts that were unhealthy, and gaps in watches.
    Environment,
}

impl Group {
    /// All groups, in the order of a report.
    pub const ALL: [Self; 8] = [
        Self::Steps,
        Self::Workflow,
        Self::Nodes,
        Self::Pods,
        Self::TaskResults,
        Self::GarbageCollection,
        Self::Store,
        Self::Environment,
    ];

    /// The heading of the group.
    pub fn name(self) -> &'static str {
        match self {
            Self::Steps => "Steps",
            Self::Workflow => "Workflow",
            Self::Nodes => "Nodes",
            Self::Pods => "Pods",
            Self::TaskResults => "Task results",
            Self::GarbageCollection => "Artifact garbage collection",
            Self::Store => "Object store",
            Self::Environment => "Trouble of the environment",
        }
    }
}

impl Timeline {
    /// The timeline of a whole history.
    pub fn of<'e>(events: impl IntoIterator<Item = &'e Event>) -> Self {
        let mut timeline = Self::default();
        for event in events {
            timeline.push(event);
        }
        timeline.finish();
        timeline
    }

    /// Adds the next event of the history.
    pub fn push(&mut self, event: &Event) {
        let at = event.at;
        self.end = self.end.max(at);
        match &event.kind {
            EventKind::StepBegun { step, action } => {
                if action.waits() {
                    self.waits.insert(step.clone());
                }
                self.row(Group::Steps, step, step).open = Some((at, action.to_string()));
            }
            EventKind::StepEnded { step, outcome } => {
                let row = self.row(Group::Steps, step, step);
                let (from, action) = row.open.take().unwrap_or((at, String::new()));
                row.spans.push(Span { from, to: at, word: ended(&action, outcome) });
            }
            EventKind::Observed(seen) => self.see(at, seen),
            EventKind::Listed { keys, .. } => {
                let word = match keys.len() {
                    0 => None,
                    1 => Some("1 object".to_owned()),
                    n => Some(format!("{n} objects")),
                };
                self.row(Group::Store, "objects", "objects").turn(at, word);
            }
            EventKind::Requested(request) => self.requests.push((at, request.clone())),
            EventKind::Probed { part, error: trouble } => {
                if trouble.is_some() || self.has(Group::Environment, part.name()) {
                    self.row(Group::Environment, part.name(), part.name())
                        .turn(at, trouble.clone());
                }
            }
            EventKind::Gap { kind, reason } => {
                let name = format!("gap in the watch of {kind:?}");
                let span = Span { from: at, to: at, word: reason.clone() };
                self.row(Group::Environment, &name, &name).spans.push(span);
            }
            EventKind::Controllers(seen) => {
                let row = self.row(Group::Environment, "controllers", "controllers");
                row.turn(at, Some(seen.to_string()));
            }
            EventKind::Bookmark { .. } | EventKind::Unobserved(_) | EventKind::Ended(_) => {}
        }
    }

    /// Ends the timeline after the last event. Each open span ends there. A row without a span is
    /// removed.
    pub fn finish(&mut self) {
        for (at, request) in std::mem::take(&mut self.requests) {
            self.see_request(at, &request);
        }
        let end = self.end;
        for row in &mut self.rows {
            row.turn(end, None);
        }
        self.rows.retain(|row| !row.spans.is_empty());
    }

    fn see(&mut self, at: u64, Observation { kind, change, object }: &Observation) {
        let gone = *change == Change::Deleted;
        let name = text(&object["metadata"]["name"]);
        let there = |word: String| (!gone).then_some(word);
        match kind {
            Kind::Workflow => self.see_workflow(at, object, gone),
            Kind::Pod => {
                let node = text(&object["metadata"]["annotations"][annotation::NODE_NAME]);
                let label = if node.is_empty() { name } else { node };
                let mut word = text(&object["status"]["phase"]).to_owned();
                if object["metadata"]["deletionTimestamp"].is_string() {
                    word += ", being deleted";
                }
                if let Some(address) = object["status"]["podIP"].as_str() {
                    self.addresses.insert(address.to_owned(), label.to_owned());
                }
                let uid = text(&object["metadata"]["uid"]);
                self.row(Group::Pods, uid, label).turn(at, there(word));
            }
            Kind::TaskResult => {
                let labels = &object["metadata"]["labels"];
                let word = match text(&labels[label::REPORT_OUTPUTS_COMPLETED]) {
                    "true" => "complete",
                    "false" => "incomplete",
                    _ => "there",
                };
                self.row(Group::TaskResults, name, name).turn(at, there(word.to_owned()));
            }
            Kind::GcTask => {
                let row = self.row(Group::GarbageCollection, name, name);
                row.turn(at, there("there".to_owned()));
            }
        }
    }

    /// Adds a span to the row of the request's operation, in words with the key and the pod.
    fn see_request(&mut self, at: u64, request: &Request) {
        let name = request.operation.name();
        let pod = self.addresses.get(&request.from).unwrap_or(&request.from);
        let word = format!("{}: {} ({pod})", request.key, request.ending());
        let row = self.row(Group::Store, name, name);
        row.spans.push(Span { from: request.asked_at.min(at), to: at, word });
    }

    fn see_workflow(&mut self, at: u64, workflow: &Value, gone: bool) {
        let there = |word: &str| (!gone).then(|| word.to_owned());
        let (meta, status) = (&workflow["metadata"], &workflow["status"]);
        let phase = match text(&status["phase"]) {
            "" => "not yet acted on",
            phase => phase,
        };
        self.row(Group::Workflow, "phase", "phase").turn(at, there(phase));
        let deleting = meta["deletionTimestamp"].is_string() && !gone;
        if deleting || self.has(Group::Workflow, "deletion") {
            let word = deleting.then(|| "asked for".to_owned());
            self.row(Group::Workflow, "deletion", "deletion").turn(at, word);
        }
        let finalizers = meta["finalizers"].as_array().into_iter().flatten().map(text);
        let conditions = status["conditions"].as_array().into_iter().flatten();
        let met = conditions.filter(|c| c["status"] == "True").map(|c| text(&c["type"]));
        let marks: Vec<String> = finalizers
            .map(|name| format!("finalizer {name}"))
            .chain(met.map(|name| format!("condition {name}")))
            .collect();
        let known = self.rows.iter().filter(|row| row.group == Group::Workflow);
        let lost = known.filter(|row| row.key.contains(' ') && !marks.contains(&row.key));
        let lost: Vec<String> = lost.map(|row| row.key.clone()).collect();
        for mark in lost {
            self.row(Group::Workflow, &mark, &mark).turn(at, None);
        }
        for mark in marks {
            self.row(Group::Workflow, &mark, &mark).turn(at, there("there"));
        }
        // Nodes that cannot be read are shown as they were last read.
        match with_nodes(workflow) {
            Ok(workflow) => self.see_nodes(at, &workflow["status"]["nodes"], gone),
            Err(_) if gone => self.see_nodes(at, &Value::Null, gone),
            Err(_) => {}
        }
    }

    fn see_nodes(&mut self, at: u64, nodes: &Value, gone: bool) {
        let mut nodes: Vec<(&String, &Value)> = nodes.as_object().into_iter().flatten().collect();
        nodes.sort_by_key(|(id, node)| (text(&node["startedAt"]), id.as_str()));
        for row in self.rows.iter_mut().filter(|row| row.group == Group::Nodes) {
            if gone || !nodes.iter().any(|(id, _)| **id == row.key) {
                row.turn(at, None);
            }
        }
        for (id, node) in nodes.into_iter().filter(|_| !gone) {
            let name = format!("{} ({})", text(&node["displayName"]), text(&node["type"]));
            let word = text(&node["phase"]).to_owned();
            self.row(Group::Nodes, id, &name).turn(at, Some(word));
        }
    }

    fn has(&self, group: Group, key: &str) -> bool {
        self.rows.iter().any(|row| row.group == group && row.key == key)
    }

    fn row(&mut self, group: Group, key: &str, name: &str) -> &mut Row {
        let found = self.rows.iter().position(|row| row.group == group && row.key == key);
        let index = found.unwrap_or_else(|| {
            let (key, name) = (key.to_owned(), name.to_owned());
            self.rows.push(Row { group, name, spans: Vec::new(), key, open: None });
            self.rows.len() - 1
        });
        &mut self.rows[index]
    }
}

impl Row {
    /// Ends the open state and begins a new one. With `None` no state begins. The same word changes
    /// nothing.
    fn turn(&mut self, at: u64, word: Option<String>) {
        if let (Some((_, now)), Some(word)) = (&self.open, &word)
            && now == word
        {
            return;
        }
        if let Some((from, word)) = self.open.take() {
            self.spans.push(Span { from, to: at, word });
        }
        self.open = word.map(|word| (at, word));
    }
}

fn ended(action: &str, outcome: &StepOutcome) -> String {
    match outcome {
        StepOutcome::Done(_) => action.to_owned(),
        StepOutcome::Unmet(_) => format!("{action}: not met"),
        StepOutcome::Refused(_) => format!("{action}: refused"),
        StepOutcome::Unknown(_) => format!("{action}: unknown whether it was done"),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
