//! The state of the world at a moment of a history, and what each [`Fact`] means on it.

mod absence;
mod cel;
mod empty;
mod matched;
mod meaning;
mod missed;
mod names;
mod nodes;
mod pod;
mod requests;
mod static_names;
mod unevaluable;
mod words;

use crate::argo_api::label;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::expression::Expression;
use crate::fact::Fact;
use crate::history::{Change, Event, EventKind, Header, Kind, Observation, StepOutcome};
use cel::Said;
pub use empty::Empty;
use missed::Missed;
pub use nodes::with_nodes;
use pod::Pod;
use requests::Made;

/// The knowledge at a moment: the fold of a history's events up to there.
///
/// Objects of another namespace than the header's are not of this world. Another workflow of that
/// namespace, and what belongs to it, is there for expressions, and for no other fact.
#[derive(Clone, Debug)]
pub struct World {
    workflow_name: String,
    /// Uid of the case's workflow, once it was seen. Another workflow can have its name.
    workflow_uid: Option<String>,
    namespace: String,
    workflow: Option<Value>,
    workflow_gone: bool,
    /// The reason why the nodes of the workflow, as last seen, cannot be read.
    nodes_unread: Option<String>,
    /// The controller has written something on the workflow.
    acted: bool,
    /// Finalizers that the workflow ever had.
    finalizers: BTreeSet<String>,
    /// Pods by uid. Pods that are gone stay, because they are counted.
    pods: BTreeMap<String, Pod>,
    /// Phases of other workflows, by name; `None` of those that are gone.
    others: BTreeMap<String, Option<String>>,
    /// Task results that are there, by name: complete or not, by the label.
    task_results: BTreeMap<String, Option<bool>>,
    /// By name, those that are there.
    gc_tasks: BTreeSet<String>,
    /// Whole objects by kind and name, those that are there, if they are kept.
    whole: BTreeMap<(Kind, String), Value>,
    /// Else what each expression says of each of them, by kind and name.
    said: BTreeMap<(Kind, String), Vec<Said>>,
    keeps: Keeps,
    watched: BTreeSet<Kind>,
    versions: BTreeMap<Kind, String>,
    listing: Option<Listing>,
    requests_recorded: bool,
    /// In the order in which they ended.
    requests: Vec<Made>,
    ever: Ever,
    starts_at_step: BTreeMap<String, BTreeMap<String, String>>,
    steps_ended: BTreeMap<String, StepOutcome>,
    missed: Missed,
    /// Names that can have a node by the static model of the workflow.
    static_names: BTreeSet<String>,
}

/// The things that were ever there.
#[derive(Clone, Debug, Default)]
struct Ever {
    /// Keys below the case's prefix.
    keys: BTreeSet<String>,
    /// Kinds of which an object besides the case's own workflow was seen.
    kinds: BTreeSet<Kind>,
    task_results: bool,
    gc_tasks: bool,
}

/// The part of each object besides the workflow that is kept.
#[derive(Clone, Debug)]
enum Keeps {
    Everything,
    /// The results of these expressions.
    Only(Vec<Expression>),
}

/// The last listing of the store.
#[derive(Clone, Debug)]
struct Listing {
    keys: Vec<String>,
    etags: Vec<String>,
}

impl World {
    /// The world before the first event. It keeps every object that is there, so that any fact can
    /// be asked of it.
    pub fn new(header: &Header) -> Self {
        Self {
            workflow_name: header.workflow.clone(),
            workflow_uid: None,
            namespace: header.namespace.clone(),
            workflow: None,
            workflow_gone: false,
            nodes_unread: None,
            acted: false,
            finalizers: BTreeSet::new(),
            pods: BTreeMap::new(),
            others: BTreeMap::new(),
            task_results: BTreeMap::new(),
            gc_tasks: BTreeSet::new(),
            whole: BTreeMap::new(),
            said: BTreeMap::new(),
            keeps: Keeps::Everything,
            watched: BTreeSet::new(),
            versions: BTreeMap::new(),
            listing: None,
            requests_recorded: header.requests,
            requests: Vec::new(),
            ever: Ever::default(),
            starts_at_step: BTreeMap::new(),
            steps_ended: BTreeMap::new(),
            missed: Missed::default(),
            static_names: BTreeSet::new(),
        }
    }

    /// As [`Self::new`], for these facts only. The size of the world does not grow with the size of
    /// the objects that none of them reads.
    pub fn for_facts<'f>(header: &Header, facts: impl IntoIterator<Item = &'f Fact>) -> Self {
        let mut expressions: Vec<Expression> = Vec::new();
        for leaf in facts.into_iter().flat_map(Fact::leaves) {
            if let Fact::Cel(expression) = leaf
                && !expressions.contains(expression)
            {
                expressions.push(expression.clone());
            }
        }
        Self { keeps: Keeps::Only(expressions), ..Self::new(header) }
    }

    /// Takes the next event.
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            EventKind::StepBegun { step, .. } => {
                let starts = self.node_starts();
                self.starts_at_step.insert(step.clone(), starts);
            }
            EventKind::StepEnded { step, outcome } => {
                self.steps_ended.insert(step.clone(), outcome.clone());
            }
            EventKind::Observed(seen) => self.see(seen),
            EventKind::Bookmark { kind, .. } => {
                self.watched.insert(*kind);
                self.relisted(*kind);
            }
            EventKind::Gap { kind, .. } => self.miss(*kind),
            EventKind::Listed { keys, etags, .. } => {
                for key in keys {
                    if !self.ever.keys.contains(key) {
                        self.ever.keys.insert(key.clone());
                    }
                }
                self.listing = Some(Listing { keys: keys.clone(), etags: etags.clone() });
            }
            EventKind::Requested(request) => {
                self.requests.push(Made { ended: event.at, request: request.clone() });
            }
            EventKind::Probed { .. }
            | EventKind::Unobserved(_)
            | EventKind::Controllers(_)
            | EventKind::Ended(_) => {}
        }
    }

    /// The outcome of a step; `None` if it has not ended.
    pub fn step_outcome(&self, step: &str) -> Option<&StepOutcome> {
        self.steps_ended.get(step)
    }

    /// The workflow as last seen.
    pub fn workflow(&self) -> Option<&Value> {
        self.workflow.as_ref()
    }

    /// The reason why the nodes of the workflow, as last seen, cannot be read. They are offloaded,
    /// or cannot be inflated.
    pub fn nodes_unread(&self) -> Option<&str> {
        self.nodes_unread.as_deref()
    }

    /// Whether the workflow's deletion was seen.
    pub fn is_gone(&self) -> bool {
        self.workflow_gone
    }

    /// Names of the pods that are there now for the node of this display name.
    pub fn pods_of(&self, node: &str) -> Vec<&str> {
        let asked = self.asked(node);
        let there = self.pods.values().filter(|pod| pod.there && pod.runs(&asked));
        there.filter_map(|pod| pod.name.as_deref()).collect()
    }

    /// `resourceVersion` of the last object of a kind that was seen.
    pub fn version(&self, kind: Kind) -> Option<&str> {
        self.versions.get(&kind).map(String::as_str)
    }

    fn see(&mut self, seen: &Observation) {
        let meta = &seen.object["metadata"];
        let elsewhere = |n: &str| n != self.namespace && !self.namespace.is_empty();
        if meta["namespace"].as_str().is_some_and(elsewhere) {
            return;
        }
        if let Some(version) = meta["resourceVersion"].as_str() {
            self.versions.insert(seen.kind, version.to_owned());
        }
        self.show(seen);
        let name = meta["name"].as_str().unwrap_or_default();
        let there = seen.change != Change::Deleted;
        let owner = meta["labels"][label::WORKFLOW].as_str();
        match seen.kind {
            Kind::Workflow if self.is_own(meta) => {
                return self.see_workflow(&seen.object, there);
            }
            Kind::Workflow => {
                let phase = seen.object["status"]["phase"].as_str().unwrap_or("not set");
                self.others.insert(name.to_owned(), there.then(|| phase.to_owned()));
            }
            _ if owner.is_some_and(|owner| owner != self.workflow_name) => {}
            // A Job's, say, or one that something else runs beside Argo.
            Kind::Pod if owner.is_none() => {}
            Kind::Pod => {
                let uid = meta["uid"].as_str().unwrap_or_default().to_owned();
                self.pods.insert(uid, Pod::read(&seen.object, there));
            }
            Kind::TaskResult => {
                let label = &meta["labels"][label::REPORT_OUTPUTS_COMPLETED];
                self.ever.task_results = true;
                self.task_results.remove(name);
                if there {
                    let complete = label.as_str().map(|l| l == "true");
                    self.task_results.insert(name.to_owned(), complete);
                }
            }
            Kind::GcTask => {
                self.ever.gc_tasks = true;
                self.gc_tasks.remove(name);
                if there {
                    self.gc_tasks.insert(name.to_owned());
                }
            }
        }
        self.keep(seen, name, there);
    }

    /// Whether this is the metadata of the case's workflow: the first one of its name.
    fn is_own(&self, meta: &Value) -> bool {
        let other = |uid: &str| self.workflow_uid.as_deref().is_some_and(|own| own != uid);
        meta["name"] == self.workflow_name.as_str() && !meta["uid"].as_str().is_some_and(other)
    }

    fn see_workflow(&mut self, object: &Value, there: bool) {
        if let Some(uid) = object["metadata"]["uid"].as_str() {
            self.workflow_uid.get_or_insert_with(|| uid.to_owned());
        }
        let finalizers = object["metadata"]["finalizers"].as_array();
        for name in finalizers.into_iter().flatten().filter_map(Value::as_str) {
            if !self.finalizers.contains(name) {
                self.finalizers.insert(name.to_owned());
            }
        }
        self.acted |= object["status"]["phase"].as_str().is_some_and(|phase| !phase.is_empty());
        let (workflow, unread) = match with_nodes(object) {
            Ok(workflow) => (workflow.into_owned(), None),
            Err(reason) => (object.clone(), Some(reason)),
        };
        self.nodes_unread = unread;
        self.workflow = Some(workflow);
        self.workflow_gone = !there;
    }

    fn status(&self) -> Option<&Value> {
        self.workflow.as_ref().map(|w| &w["status"])
    }

    fn nodes(&self) -> impl Iterator<Item = &Value> {
        self.status().and_then(|s| s["nodes"].as_object()).into_iter().flat_map(|n| n.values())
    }

    fn node_starts(&self) -> BTreeMap<String, String> {
        let pair = |n: &Value| Some((n["id"].as_str()?.into(), n["startedAt"].as_str()?.into()));
        self.nodes().filter_map(pair).collect()
    }
}
