//! Alterations of one pod, one task result, one object of the object store, or one request.

use model::argo_api::label::REPORT_OUTPUTS_COMPLETED;
use std::collections::BTreeSet;

use model::expression::Subject;
use model::fact::{PodFact, TaskFact};
use model::history::{Kind, Request};
use model::{Event, EventKind, Fact, History};
use serde_json::{Value, json};

use super::Family;
use crate::edit::{after_each, each, is_done, lingering, seen};
use crate::operator::{again, gc_pod};

pub(super) const FAMILIES: &[Family] = &[
    Family {
        name: "one-pod-otherwise",
        meant_for: |fact| matches!(fact, Fact::Pods(PodFact::Phase { .. })) || is_expression(fact),
        mutants: |history| each_object(history, Kind::Pod, pod_otherwise),
    },
    Family {
        name: "one-pod-goes-on",
        meant_for: is_expression,
        mutants: |history| {
            let names = names(history, Kind::Pod);
            names.iter().filter_map(|name| goes_on(history, Kind::Pod, name)).collect()
        },
    },
    Family {
        name: "one-other-workflow-goes-on",
        meant_for: is_of_another,
        mutants: |history| {
            let names = names(history, Kind::Workflow);
            let others = names.iter().filter(|name| **name != history.header.workflow);
            others.filter_map(|name| goes_on(history, Kind::Workflow, name)).collect()
        },
    },
    Family {
        name: "one-pod-unseen",
        meant_for: |fact| of_pods(fact) || matches!(fact, Fact::Pods(PodFact::Phase { .. })),
        mutants: |history| {
            let names = names(history, Kind::Pod);
            names.iter().map(|name| unseen(history, Kind::Pod, name)).collect()
        },
    },
    Family {
        name: "one-pod-again",
        meant_for: of_pods,
        mutants: |history| {
            let names = names(history, Kind::Pod);
            names.iter().filter_map(|name| seen_again(history, name)).collect()
        },
    },
    Family {
        name: "gc-pod-from-the-start",
        meant_for: |fact| matches!(fact, Fact::Pods(PodFact::GcSeen(_) | PodFact::GcLeft(_))),
        mutants: |history| {
            let edited = after_each(history, |event| is_done(event).then(|| vec![gc_pod(history)]));
            edited.into_iter().collect()
        },
    },
    Family {
        name: "one-task-result-otherwise",
        meant_for: |fact| matches!(fact, Fact::Tasks(TaskFact::Complete(_))),
        mutants: |history| each_object(history, Kind::TaskResult, result_otherwise),
    },
    Family {
        name: "task-results-otherwise",
        meant_for: |fact| matches!(fact, Fact::Tasks(TaskFact::Complete(_))),
        mutants: |history| {
            let edited = each(history, |event| {
                let mut what = event.kind.clone();
                if seen(&event.kind, Kind::TaskResult).is_some()
                    && let EventKind::Observed(seen) = &mut what
                {
                    result_otherwise(&mut seen.object);
                }
                vec![what]
            });
            if edited == *history { Vec::new() } else { vec![lingering(&edited)] }
        },
    },
    Family {
        name: "one-object-missing",
        meant_for: of_objects,
        mutants: |history| {
            let keys = keys(history);
            keys.iter()
                .map(|key| listed(history, |keys| keys.retain(|other| other != key)))
                .collect()
        },
    },
    Family {
        name: "one-object-more",
        meant_for: of_objects,
        mutants: |history| vec![listed(history, |keys| keys.push("one-more".to_owned()))],
    },
    Family {
        name: "one-request-missing",
        meant_for: Fact::is_of_requests,
        mutants: |history| {
            let requests = requests(history);
            requests.into_iter().map(|request| without(history, request)).collect()
        },
    },
];

/// Whether the fact is an expression about a pod.
fn is_expression(fact: &Fact) -> bool {
    matches!(fact, Fact::Cel(expression) if expression.subject() == Subject::Pod)
}

/// Whether the fact is an expression about another workflow.
fn is_of_another(fact: &Fact) -> bool {
    matches!(fact, Fact::Cel(expression) if expression.subject() == Subject::OtherWorkflow)
}

fn of_pods(fact: &Fact) -> bool {
    let Fact::Pods(fact) = fact else { return false };
    match fact {
        PodFact::Seen { .. } | PodFact::Left { .. } | PodFact::GcSeen(_) | PodFact::GcLeft(_) => {
            true
        }
        PodFact::Phase { .. } => false,
    }
}

fn of_objects(fact: &Fact) -> bool {
    fact.is_of_store()
}

fn name(event: &Event, kind: Kind) -> Option<&str> {
    seen(&event.kind, kind)?.object["metadata"]["name"].as_str()
}

/// The names of the objects of a kind.
fn names(history: &History, kind: Kind) -> BTreeSet<String> {
    history.events.iter().filter_map(|event| name(event, kind)).map(str::to_owned).collect()
}

/// A mutant for each object of a kind, with every state of that object altered.
fn each_object(history: &History, kind: Kind, change: fn(&mut Value) -> bool) -> Vec<History> {
    let alter = |of: &String| {
        let mut found = false;
        let edited = each(history, |event| {
            let mut what = event.kind.clone();
            if name(event, kind) == Some(of)
                && let EventKind::Observed(seen) = &mut what
            {
                found |= change(&mut seen.object);
            }
            vec![what]
        });
        found.then(|| lingering(&edited))
    };
    names(history, kind).iter().filter_map(alter).collect()
}

/// Changes the phase to another one and the exit codes of containers. Returns whether there was a
/// phase to change.
fn pod_otherwise(pod: &mut Value) -> bool {
    let status = &mut pod["status"];
    for container in status["containerStatuses"].as_array_mut().into_iter().flatten() {
        if let Some(code) = container["state"]["terminated"].get_mut("exitCode") {
            *code = if *code == 0 { json!(1) } else { json!(0) };
        }
    }
    let other = match status["phase"].as_str() {
        Some("Running") => "Pending",
        Some("Pending") => "Running",
        Some("Succeeded") => "Failed",
        Some("Failed") => "Succeeded",
        _ => return false,
    };
    status["phase"] = json!(other);
    true
}

/// The history in which an object that runs stays as it is; `None` if it never runs.
fn goes_on(history: &History, kind: Kind, of: &str) -> Option<History> {
    let mut runs = false;
    let edited = each(history, |event| {
        if name(event, kind) != Some(of) {
            return vec![event.kind.clone()];
        }
        if runs {
            return Vec::new();
        }
        runs = seen(&event.kind, kind).is_some_and(|it| it.object["status"]["phase"] == "Running");
        vec![event.kind.clone()]
    });
    runs.then(|| lingering(&edited))
}

fn result_otherwise(result: &mut Value) -> bool {
    let Some(labels) = result["metadata"]["labels"].as_object_mut() else { return false };
    let Some(label) = labels.get_mut(REPORT_OUTPUTS_COMPLETED) else { return false };
    *label = if *label == "true" { json!("false") } else { json!("true") };
    true
}

fn unseen(history: &History, kind: Kind, of: &str) -> History {
    let edited = each(history, |event| {
        if name(event, kind) == Some(of) { Vec::new() } else { vec![event.kind.clone()] }
    });
    lingering(&edited)
}

/// The history with the pod once more after each step, with another uid.
fn seen_again(history: &History, of: &str) -> Option<History> {
    let mut first = history.events.iter().filter(|event| name(event, Kind::Pod) == Some(of));
    let pod = seen(&first.next()?.kind, Kind::Pod)?;
    after_each(history, |event| is_done(event).then(|| vec![again(pod)]))
}

/// Every key that was listed.
fn keys(history: &History) -> BTreeSet<String> {
    let listings = history.events.iter().filter_map(|event| {
        let EventKind::Listed { keys, .. } = &event.kind else { return None };
        Some(keys)
    });
    listings.flatten().cloned().collect()
}

/// The history with each listing altered.
fn listed(history: &History, change: impl Fn(&mut Vec<String>)) -> History {
    let edited = each(history, |event| {
        let EventKind::Listed { asked_at: asked, keys, .. } = &event.kind else {
            return vec![event.kind.clone()];
        };
        let mut keys = keys.clone();
        change(&mut keys);
        vec![EventKind::Listed { asked_at: *asked, keys, etags: Vec::new() }]
    });
    lingering(&edited)
}

/// One request of each operation, key and outcome.
fn requests(history: &History) -> Vec<&Request> {
    let mut found: Vec<&Request> = Vec::new();
    for event in &history.events {
        if let EventKind::Requested(request) = &event.kind
            && !found.iter().any(|other| is_like(other, request))
        {
            found.push(request);
        }
    }
    found
}

fn is_like(one: &Request, other: &Request) -> bool {
    one.operation == other.operation && one.key == other.key && one.is_done() == other.is_done()
}

/// The history without requests of the same operation, key and outcome.
fn without(history: &History, gone: &Request) -> History {
    let edited = each(history, |event| {
        let is_gone =
            matches!(&event.kind, EventKind::Requested(request) if is_like(request, gone));
        if is_gone { Vec::new() } else { vec![event.kind.clone()] }
    });
    lingering(&edited)
}
