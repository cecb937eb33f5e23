//! The record of a plan in its history: steps, workflow, times, images.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use model::EventKind;
use model::history::{Action, Change, Header, Kind, Observation, StepOutcome};
use serde_json::Value;

use crate::history_file::HistoryFile;

/// Largest difference between the clocks of the harness and of the API server.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// The content of a history, read once.
#[derive(Debug)]
pub struct RecordedPlan {
    /// The header of the history.
    pub header: Header,
    /// When it began.
    pub started: Timestamp,
    /// The steps that were begun: name and action, in order.
    pub begun: Vec<(String, Action)>,
    /// Steps that were done.
    pub done: BTreeSet<String>,
    /// States of the case's first workflow. The first state, and each state whose spec differs from
    /// the one before.
    pub workflows: Vec<Value>,
    /// Images of argoexec that the case's pods have, each with the digests that the nodes told.
    pub executors: BTreeMap<String, BTreeSet<String>>,
    /// The first creation time that does not fit the history, in words.
    pub times: Option<String>,
    /// Whether it was recorded to its end.
    pub ended: bool,
    /// Whether its last line is cut short.
    pub torn: bool,
}

impl RecordedPlan {
    /// Reads a history to its end.
    ///
    /// # Errors
    /// If it is none, or does not say when it began.
    pub fn read(history: &HistoryFile) -> anyhow::Result<Self> {
        let mut events = history.events()?.only([Kind::Workflow, Kind::Pod]);
        let header = events.header().clone();
        let started = header.started.parse().map_err(|error| {
            anyhow::anyhow!("the header of the history has an invalid start: {error}")
        })?;
        let mut shown = Self {
            header,
            started,
            begun: Vec::new(),
            done: BTreeSet::new(),
            workflows: Vec::new(),
            executors: BTreeMap::new(),
            times: None,
            ended: false,
            torn: false,
        };
        for event in events.by_ref() {
            let event = event?;
            anyhow::ensure!(!shown.ended, "event {} follows the end of the history", event.n);
            match event.kind {
                EventKind::StepBegun { step, action } => shown.begun.push((step, action)),
                EventKind::StepEnded { step, outcome: StepOutcome::Done(_) } => {
                    shown.done.insert(step);
                }
                EventKind::Observed(seen) => shown.seen(&seen, event.at),
                EventKind::Ended(_) => shown.ended = true,
                EventKind::StepEnded { .. }
                | EventKind::Bookmark { .. }
                | EventKind::Gap { .. }
                | EventKind::Listed { .. }
                | EventKind::Requested(_)
                | EventKind::Probed { .. }
                | EventKind::Unobserved(_)
                | EventKind::Controllers(_) => {}
            }
        }
        shown.torn = events.torn();
        Ok(shown)
    }

    fn seen(&mut self, seen: &Observation, at: u64) {
        match seen.kind {
            Kind::Workflow => self.workflow(seen, at),
            Kind::Pod => {
                self.created(seen, at);
                self.pod(&seen.object);
            }
            Kind::TaskResult | Kind::GcTask => {}
        }
    }

    fn workflow(&mut self, seen: &Observation, at: u64) {
        self.created(seen, at);
        let object = &seen.object;
        if object["metadata"]["name"] != self.header.workflow.as_str() {
            return;
        }
        let uid = |object: &Value| object["metadata"]["uid"].clone();
        let is_new = match (self.workflows.first(), self.workflows.last()) {
            (Some(first), Some(last)) => {
                uid(first) == uid(object) && last["spec"] != object["spec"]
            }
            _ => seen.change != Change::Deleted,
        };
        if is_new {
            let mut kept = object.clone();
            if let Some(fields) = kept.as_object_mut() {
                fields.remove("status");
            }
            self.workflows.push(kept);
        }
    }

    /// Checks that an object is made after the history began and before it is seen.
    fn created(&mut self, seen: &Observation, at: u64) {
        if self.times.is_some() {
            return;
        }
        let name = &seen.object["metadata"]["name"];
        let told = &seen.object["metadata"]["creationTimestamp"];
        let told = told.as_str().and_then(|text| text.parse::<Timestamp>().ok());
        let at = SignedDuration::from_millis(i64::try_from(at).unwrap_or(i64::MAX));
        let (from, to) = (self.started.checked_sub(SKEW), self.started.checked_add(at + SKEW));
        self.times = match (told, from, to) {
            (None, _, _) => {
                Some(format!("{name} has no creation time, because the history is trimmed"))
            }
            (Some(told), Ok(from), Ok(to)) if from <= told && told <= to => None,
            (Some(told), _, _) => Some(format!(
                "{name} was created at {told}, and the history began at {}",
                self.started
            )),
        };
    }

    fn pod(&mut self, pod: &Value) {
        for (containers, statuses) in
            [("initContainers", "initContainerStatuses"), ("containers", "containerStatuses")]
        {
            for container in pod["spec"][containers].as_array().into_iter().flatten() {
                let Some(image) = container["image"].as_str().filter(|image| is_argoexec(image))
                else {
                    continue;
                };
                let digests = self.executors.entry(image.to_owned()).or_default();
                let statuses = pod["status"][statuses].as_array().into_iter().flatten();
                let of = statuses.filter(|status| status["name"] == container["name"]);
                let ids = of.filter_map(|status| status["imageID"].as_str());
                digests.extend(ids.filter_map(digest).map(str::to_owned));
            }
        }
    }
}

/// The digest in what a node says of an image.
fn digest(id: &str) -> Option<&str> {
    id.rsplit('@').next().filter(|digest| digest.starts_with("sha256:"))
}

/// Name of the repository of an image, without registry, tag and digest.
fn is_argoexec(image: &str) -> bool {
    let name = image.split('@').next().unwrap_or(image);
    let last = name.rsplit('/').next().unwrap_or(name);
    last.split(':').next() == Some("argoexec")
}

/// The release that the tag of an image says, if it says one.
pub fn release(image: &str) -> Option<semver::Version> {
    let name = image.split('@').next().unwrap_or(image);
    let (_, tag) = name.rsplit('/').next().unwrap_or(name).split_once(':')?;
    tag.strip_prefix('v').unwrap_or(tag).parse().ok()
}
