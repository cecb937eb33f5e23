//! The progress of the canary workflow: when it is over, and by which limit.

use drive::watch::troubles;
use model::CaseTrouble;
use model::world::with_nodes;
use serde_json::Value;
use tokio::time::Instant;

use super::workflow::ARTIFACT;
use crate::budgets::{CANARY_ENDED, CANARY_TAKEN_UP, CANARY_TROUBLE};
use crate::check::answer::Refusal;

/// The end of the canary workflow, or of the wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The workflow succeeded. Its node shows this key of the artifact.
    Succeeded { artifact: Option<String> },
    /// The environment stopped the workflow.
    Trouble(CaseTrouble, String),
    /// The workflow failed with these messages.
    Failed(String),
    /// The controller set no phase in time.
    NotTakenUp,
    /// The workflow did not end in time. Its state, as a clause.
    Slow(String),
}

/// The state of the workflow, as last seen.
#[derive(Debug)]
pub(super) struct Progress {
    submitted: Instant,
    taken_up: bool,
    /// The trouble, and the time at which it began.
    trouble: Option<(CaseTrouble, String, Instant)>,
    ended: Option<End>,
    state: String,
}

impl Progress {
    /// The state at the submission.
    pub(super) fn new(submitted: Instant) -> Self {
        let state = "nothing was seen of it".to_owned();
        Self { submitted, taken_up: false, trouble: None, ended: None, state }
    }

    /// Takes the workflow and its pods at a moment.
    pub(super) fn see(&mut self, workflow: &Value, pods: &[Value], now: Instant) {
        let phase = workflow["status"]["phase"].as_str().filter(|phase| !phase.is_empty());
        self.taken_up |= phase.is_some();
        let shown = troubles::shown(workflow, pods);
        let since = self.trouble.take().map_or(now, |(_, _, since)| since);
        self.trouble = shown.map(|(trouble, words)| (trouble, words, since));
        let of_pods: Vec<&str> =
            pods.iter().filter_map(|pod| pod["status"]["phase"].as_str()).collect();
        self.state = format!(
            "the workflow is {}, its pods are [{}]",
            phase.unwrap_or("not taken up"),
            of_pods.join(", ")
        );
        self.ended = match phase {
            Some("Succeeded") => Some(End::Succeeded { artifact: key(workflow) }),
            Some("Failed" | "Error") => Some(match &self.trouble {
                Some((trouble, words, _)) => End::Trouble(*trouble, words.clone()),
                None => End::Failed(messages(workflow)),
            }),
            _ => None,
        };
    }

    /// Takes a missing answer.
    pub(super) fn refused(&mut self, refusal: &Refusal) {
        self.state = format!("the last look at it failed: {}", refusal.words);
    }

    /// The end, if there is one at a moment.
    pub(super) fn end(&self, now: Instant) -> Option<End> {
        if let Some(end) = &self.ended {
            return Some(end.clone());
        }
        let waited = now.duration_since(self.submitted);
        if let Some((trouble, words, since)) = &self.trouble
            && (now.duration_since(*since) > CANARY_TROUBLE.time || waited > CANARY_ENDED.time)
        {
            return Some(End::Trouble(*trouble, words.clone()));
        }
        if !self.taken_up && waited > CANARY_TAKEN_UP.time {
            return Some(End::NotTakenUp);
        }
        (waited > CANARY_ENDED.time).then(|| End::Slow(self.state.clone()))
    }
}

/// The key of the artifact that a node of the workflow shows.
fn key(workflow: &Value) -> Option<String> {
    let workflow = with_nodes(workflow).ok()?;
    let nodes = workflow["status"]["nodes"].as_object()?;
    let artifacts = nodes.values().filter_map(|node| node["outputs"]["artifacts"].as_array());
    let mut named = artifacts.flatten().filter(|artifact| artifact["name"] == ARTIFACT);
    named.find_map(|artifact| artifact["s3"]["key"].as_str().map(str::to_owned))
}

/// The messages of the workflow and of its nodes, each once.
fn messages(workflow: &Value) -> String {
    let read = with_nodes(workflow);
    let workflow = read.as_deref().unwrap_or(workflow);
    let nodes = workflow["status"]["nodes"].as_object().into_iter().flat_map(|all| all.values());
    let all = std::iter::once(&workflow["status"]).chain(nodes);
    let mut said: Vec<&str> = Vec::new();
    for message in all.filter_map(|it| it["message"].as_str()) {
        if !said.contains(&message) {
            said.push(message);
        }
    }
    if said.is_empty() { "no message tells why".to_owned() } else { said.join("; ") }
}

#[cfg(test)]
mod tests;
