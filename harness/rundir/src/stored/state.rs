//! The states of a workflow that a history has whole: at its end, and before it was resumed.

use std::collections::BTreeSet;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use model::argo_api::label;
use model::case::workflow_name;
use model::fact::FINAL_PHASES;
use model::history::{Action, Change, EndReason, EventKind, Header, Kind, Observation};
use model::verdict::Verdict;
use model::{Case, StepKind};
use serde_json::Value;

use crate::history_file::HistoryFile;

/// Time before the end of its life for which a workflow has no claims: it may be deleted or not.
const UNDECIDED: SignedDuration = SignedDuration::from_hours(1);

/// A history lacks fields of a workflow.
#[derive(Debug)]
pub(super) struct Trimmed(String);

impl fmt::Display for Trimmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the history is trimmed: workflow {} lacks fields", self.0)
    }
}

impl std::error::Error for Trimmed {}

/// The states of a workflow in a history.
#[derive(Debug)]
pub(super) struct Recorded {
    header: Header,
    /// The last state with a final phase that is not being deleted.
    ended: Option<Value>,
    /// The phase of the last state.
    last_phase: Option<String>,
    /// The last state before the last `resume`, with the number of pods before it.
    resumed: Option<(Value, usize)>,
    /// The workflow was resumed, and the harness only waited after that.
    only_waits: bool,
    /// Uids of all pods of the workflow.
    pods: BTreeSet<String>,
    /// Whether the plan came to its end.
    whole: bool,
}

/// A state of a workflow, with the things that the next controller must do.
#[derive(Debug)]
pub(super) struct Stored {
    /// The object with its status.
    pub(super) object: Value,
    /// Namespace of the object.
    pub(super) namespace: String,
    pub(super) kind: State,
}

/// The kind of a stored state.
#[derive(Debug)]
pub(super) enum State {
    /// The workflow has ended, and stays.
    Ended,
    /// The workflow has ended, and its time to live is over.
    Expired,
    /// The workflow is suspended.
    Suspended {
        /// The phase in which it ends.
        phase: String,
        /// Number of pods that it needs after `resume`.
        pods: usize,
    },
}

/// A state, or the reason why it has no case; `None`: the history has no such state.
pub(super) type Found = Result<Stored, Option<String>>;

impl Recorded {
    /// Reads a history to its end.
    ///
    /// # Errors
    /// It is no history, or it is trimmed.
    pub(super) fn read(history: &HistoryFile) -> anyhow::Result<Self> {
        let mut events = history.events()?.only([Kind::Workflow, Kind::Pod]);
        let mut this = Self {
            header: events.header().clone(),
            ended: None,
            last_phase: None,
            resumed: None,
            only_waits: true,
            pods: BTreeSet::new(),
            whole: false,
        };
        let mut last = None;
        for event in events.by_ref() {
            match event?.kind {
                EventKind::StepBegun { action, .. } => this.begun(&action, last.as_ref()),
                EventKind::Observed(seen) => this.seen(seen, &mut last)?,
                EventKind::Ended(EndReason::Decided | EndReason::Observed { .. }) => {
                    this.whole = true;
                }
                EventKind::Ended(EndReason::Stopped | EndReason::HarnessError(_))
                | EventKind::StepEnded { .. }
                | EventKind::Bookmark { .. }
                | EventKind::Gap { .. }
                | EventKind::Listed { .. }
                | EventKind::Requested(_)
                | EventKind::Probed { .. }
                | EventKind::Unobserved(_)
                | EventKind::Controllers(_) => {}
            }
        }
        Ok(this)
    }

    fn begun(&mut self, action: &Action, last: Option<&Value>) {
        if *action == StepKind::Resume {
            self.resumed = last.map(|last| (last.clone(), self.pods.len()));
            self.only_waits = true;
        } else if !action.waits() {
            self.only_waits = false;
        }
    }

    fn seen(&mut self, seen: Observation, last: &mut Option<Value>) -> Result<(), Trimmed> {
        let meta = &seen.object["metadata"];
        match seen.kind {
            Kind::Pod => {
                let is_of = meta["labels"][label::WORKFLOW] == self.header.workflow.as_str()
                    && meta["labels"][label::COMPONENT].is_null();
                self.pods.extend(meta["uid"].as_str().filter(|_| is_of).map(str::to_owned));
            }
            Kind::Workflow if meta["name"] == self.header.workflow.as_str() => {
                if meta["creationTimestamp"].is_null() || seen.object["spec"].is_null() {
                    return Err(Trimmed(self.header.workflow.clone()));
                }
                if seen.change == Change::Deleted || !meta["deletionTimestamp"].is_null() {
                    return Ok(());
                }
                let phase = seen.object["status"]["phase"].as_str().map(str::to_owned);
                if phase.as_deref().is_some_and(|phase| FINAL_PHASES.contains(&phase)) {
                    self.ended = Some(seen.object.clone());
                }
                self.last_phase = phase;
                *last = Some(seen.object);
            }
            Kind::Workflow | Kind::TaskResult | Kind::GcTask => {}
        }
        Ok(())
    }

    /// The state at the end of the workflow.
    pub(super) fn ended(&self, case: &Case, now: Timestamp) -> Found {
        let object = self.ended.clone().ok_or_else(|| {
            let phase = self.last_phase.as_deref().unwrap_or("none");
            Some(format!("its workflow has not ended; its last phase is {phase}"))
        })?;
        self.fit(case, &object)?;
        let kind = match end_of_life(&object) {
            Some(end) if end <= now => State::Expired,
            Some(end) if end.duration_since(now) < UNDECIDED => {
                return Err(Some(format!("its time to live is over at {end}")));
            }
            Some(_) | None => State::Ended,
        };
        Ok(Stored { object, namespace: self.header.namespace.clone(), kind })
    }

    /// The state in which the workflow was suspended, if the history shows how it goes on.
    pub(super) fn suspended(&self, case: &Case, verdict: Verdict) -> Found {
        let Some((object, before)) = self.resumed.clone() else { return Err(None) };
        let no = |reason: &str| Err(Some(format!("suspended: {reason}")));
        if !is_held(&object) {
            return no("a pod is not over, or no node waits for `resume`");
        }
        if !self.whole || !self.only_waits || verdict != Verdict::Pass {
            return no("its history does not show its end after `resume` alone");
        }
        if case.claims.uses_store {
            return no("its artifacts are not in the new object store");
        }
        let phase = self.last_phase.clone().unwrap_or_default();
        if !FINAL_PHASES.contains(&phase.as_str()) {
            return no("its workflow has not ended");
        }
        self.fit(case, &object)?;
        let pods = self.pods.len().saturating_sub(before);
        let kind = State::Suspended { phase, pods };
        Ok(Stored { object, namespace: self.header.namespace.clone(), kind })
    }

    /// Refuses a workflow whose status is not all in its object, or that gets another name.
    fn fit(&self, case: &Case, object: &Value) -> Result<(), Option<String>> {
        let status = &object["status"];
        if !status["compressedNodes"].is_null() || !status["offloadNodeStatusVersion"].is_null() {
            return Err(Some("its nodes are compressed or offloaded".to_owned()));
        }
        if self.header.workflow != workflow_name(&case.id) {
            return Err(Some(format!("its workflow has the name {}", self.header.workflow)));
        }
        Ok(())
    }
}

/// The end of the life of a workflow that has ended; `None`: it has no time to live.
fn end_of_life(object: &Value) -> Option<Timestamp> {
    let stored = &object["status"]["storedWorkflowTemplateSpec"]["ttlStrategy"];
    let own = &object["spec"]["ttlStrategy"];
    let ttl = if own.is_object() { own } else { stored };
    let by_phase = match object["status"]["phase"].as_str() {
        Some("Succeeded") => "secondsAfterSuccess",
        _ => "secondsAfterFailure",
    };
    let seconds = ttl[by_phase].as_i64().or_else(|| ttl["secondsAfterCompletion"].as_i64())?;
    let finished: Timestamp = object["status"]["finishedAt"].as_str()?.parse().ok()?;
    finished.checked_add(SignedDuration::from_secs(seconds)).ok()
}

/// Whether a running workflow waits for `resume`, and for nothing else.
fn is_held(object: &Value) -> bool {
    let status = &object["status"];
    let nodes: Vec<&Value> =
        status["nodes"].as_object().into_iter().flat_map(serde_json::Map::values).collect();
    let is_active =
        |node: &&&Value| matches!(node["phase"].as_str(), Some("Pending" | "Running") | None);
    let waits = |node: &&Value| {
        let template = template(object, node);
        node["type"] == "Suspend"
            && template.is_some_and(|template| template["suspend"]["duration"].is_null())
    };
    let active: Vec<&Value> = nodes.iter().filter(is_active).copied().collect();
    let of_groups = ["Steps", "StepGroup", "DAG", "TaskGroup", "Retry"];
    let is_group = |node: &&Value| node["type"].as_str().is_some_and(|of| of_groups.contains(&of));
    status["phase"] == "Running"
        && object["spec"]["shutdown"].is_null()
        && active.iter().all(|node| is_group(node) || waits(node))
        && active.iter().any(waits)
}

/// The template of a node, by its name in the workflow itself.
fn template<'o>(object: &'o Value, node: &Value) -> Option<&'o Value> {
    let templates = object["spec"]["templates"].as_array()?;
    templates.iter().find(|template| template["name"] == node["templateName"])
}
