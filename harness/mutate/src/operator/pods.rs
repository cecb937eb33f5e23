//! Faults of pods and of artifact GC tasks.

use model::argo_api::{annotation, label};
use std::collections::BTreeSet;

use model::fact::{PodFact, TaskFact};
use model::history::{Change, Kind, Observation};
use model::{Claim, EventKind, Fact, History};
use serde_json::json;

use super::{Operator, awaits, forbids};
use crate::edit::{after_each, each, is_done, last_completion, lingering, seen, workflow};

pub(super) const OPERATORS: &[Operator] = &[
    Operator::fault("pod-runs-again", "each pod is run once more", of_pods, |history| {
        let pods: Vec<&Observation> = distinct_pods(history);
        let again: Vec<EventKind> = pods.into_iter().map(again).collect();
        let found = !again.is_empty();
        after_each(history, |event| (found && is_done(event)).then(|| again.clone()))
    }),
    Operator::fault(
        "left-out-runs",
        "each node that was left out runs in a pod",
        of_pods_of_a_node,
        left_out_runs,
    ),
    Operator::fault("pod-left", "no pod ever goes", of_pods_left, |history| {
        never_goes(history, Kind::Pod)
    }),
    Operator::fault("gc-task-left", "no artifact GC task ever goes", of_gc_tasks, |history| {
        never_goes(history, Kind::GcTask)
    }),
    Operator::blur("pods-unseen", "no pod is ever seen", of_some_pods, |history| {
        let edited = each(history, |event| match seen(&event.kind, Kind::Pod) {
            Some(_) => Vec::new(),
            None => vec![event.kind.clone()],
        });
        (edited != *history).then_some(edited)
    }),
    Operator::fault("gc-pod-appears", "a pod collects garbage", of_gc_pods, |history| {
        let completed = history.events[last_completion(history)?].n;
        after_each(history, |event| {
            (event.n > completed && is_done(event)).then(|| vec![gc_pod(history)])
        })
    }),
];

fn of_pods(claim: &Claim) -> bool {
    forbids(claim, |f| matches!(f, Fact::Pods(PodFact::Seen { .. })))
}

fn of_pods_of_a_node(claim: &Claim) -> bool {
    forbids(claim, |f| matches!(f, Fact::Pods(PodFact::Seen { of: Some(_), .. })))
}

fn of_some_pods(claim: &Claim) -> bool {
    forbids(claim, |f| matches!(f, Fact::Pods(PodFact::Seen { .. } | PodFact::Phase { .. })))
}

fn of_pods_left(claim: &Claim) -> bool {
    awaits(claim, |f| {
        matches!(f, Fact::Pods(PodFact::Left { count, .. } | PodFact::GcLeft(count))
            if count.admits(0))
    })
}

fn of_gc_tasks(claim: &Claim) -> bool {
    awaits(claim, |f| matches!(f, Fact::Tasks(TaskFact::GcLeft(count)) if count.admits(0)))
}

/// The history in which objects of this kind are never deleted.
fn never_goes(history: &History, kind: Kind) -> Option<History> {
    let edited = each(history, |event| match seen(&event.kind, kind) {
        Some(seen) if seen.change == Change::Deleted => Vec::new(),
        _ => vec![event.kind.clone()],
    });
    (edited != *history).then(|| lingering(&edited))
}

fn of_gc_pods(claim: &Claim) -> bool {
    forbids(claim, |f| matches!(f, Fact::Pods(PodFact::GcSeen(_))))
}

/// The first state of each pod: the events that add one.
fn distinct_pods(history: &History) -> Vec<&Observation> {
    let pods = history.events.iter().filter_map(|event| seen(&event.kind, Kind::Pod));
    pods.filter(|seen| seen.change == Change::Added).collect()
}

/// The same pod with another uid.
pub(crate) fn again(seen: &Observation) -> EventKind {
    let mut object = seen.object.clone();
    let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
    object["metadata"]["uid"] = json!(format!("again-{uid}"));
    EventKind::Observed(Observation { kind: Kind::Pod, change: Change::Added, object })
}

/// The history with a pod of each node that was left out, after the first such state.
fn left_out_runs(history: &History) -> Option<History> {
    let mut known = BTreeSet::new();
    after_each(history, |event| {
        let nodes = workflow(history, event)?.object["status"]["nodes"].as_object()?;
        let left_out =
            nodes.values().filter(|n| n["phase"] == "Skipped" || n["phase"] == "Omitted");
        let names = left_out.filter_map(|node| node["name"].as_str());
        let new: Vec<&str> = names.filter(|name| known.insert((*name).to_owned())).collect();
        (!new.is_empty()).then(|| new.into_iter().map(|name| pod_of(history, name)).collect())
    })
}

/// A pod of the node with this full name.
fn pod_of(history: &History, node: &str) -> EventKind {
    let header = &history.header;
    let object = json!({
        "metadata": {
            "name": format!("{}-left-out", header.workflow),
            "namespace": header.namespace,
            "uid": format!("left-out-{node}"),
            "labels": { (label::WORKFLOW): header.workflow },
            "annotations": { (annotation::NODE_NAME): node },
        },
        "status": { "phase": "Pending" },
    });
    EventKind::Observed(Observation { kind: Kind::Pod, change: Change::Added, object })
}

/// A pod that collects artifacts of the workflow.
pub(crate) fn gc_pod(history: &History) -> EventKind {
    let header = &history.header;
    let object = json!({
        "metadata": {
            "name": format!("{}-artgc", header.workflow),
            "namespace": header.namespace,
            "uid": "gc",
            "labels": {
                (label::WORKFLOW): header.workflow,
                (label::COMPONENT): "artifact-gc",
            },
        },
        "status": { "phase": "Pending" },
    });
    EventKind::Observed(Observation { kind: Kind::Pod, change: Change::Added, object })
}
