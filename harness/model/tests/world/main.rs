//! Facts that cannot be evaluated, nodes that a name stands for, and absences.

mod absences;
mod expressions;
mod names;
mod pods;

use model::history::{Change, EventKind, Header, Kind, Observation, Versions};
use model::{Event, World};
use serde_json::{Value, json};

fn header() -> Header {
    let text = || "x".to_owned();
    Header {
        format: (model::history::MAJOR, model::history::MINOR),
        run: text(),
        case: text(),
        argo: Versions::all("x"),
        namespace: "ns".to_owned(),
        workflow: "wf".to_owned(),
        started: text(),
        steps: vec![],
        controller: None,
        requests: false,
        challenge: None,
    }
}

fn seen(kind: Kind, change: Change, object: Value) -> EventKind {
    EventKind::Observed(Observation { kind, change, object })
}

fn workflow(status: &Value) -> EventKind {
    let object = json!({ "metadata": { "name": "wf" }, "status": status });
    seen(Kind::Workflow, Change::Modified, object)
}

/// A running workflow with nodes of these full names, display names and phases.
fn nodes(nodes: &[(&str, &str, &str)]) -> EventKind {
    let node = |(index, (full, display, phase)): (usize, &(&str, &str, &str))| {
        let outputs = json!({ "parameters": [{ "name": "p", "value": full }] });
        let node = json!({ "id": index.to_string(), "name": full, "displayName": display,
            "phase": phase, "outputs": outputs,
            "startedAt": format!("2026-01-01T00:00:0{index}Z") });
        (index.to_string(), node)
    };
    let nodes: serde_json::Map<_, _> = nodes.iter().enumerate().map(node).collect();
    workflow(&json!({ "phase": "Running", "nodes": nodes }))
}

/// A pod of the workflow that runs the node of this full name.
fn pod(name: &str, node: &str) -> EventKind {
    let metadata = json!({ "name": name, "uid": name,
        "labels": { "workflows.argoproj.io/workflow": "wf" },
        "annotations": { "workflows.argoproj.io/node-name": node } });
    let object = json!({ "metadata": metadata, "status": { "phase": "Running" } });
    seen(Kind::Pod, Change::Added, object)
}

fn watching(kind: Kind) -> EventKind {
    EventKind::Bookmark { kind, version: "1".to_owned(), asked_at: 0 }
}

fn listed(keys: &[&str]) -> EventKind {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    EventKind::Listed { asked_at: 0, keys, etags: vec![] }
}

fn fold(mut world: World, events: Vec<EventKind>) -> World {
    for (index, what) in events.into_iter().enumerate() {
        let n = index as u64 + 1;
        world.apply(&Event { n, at: n, kind: what });
    }
    world
}

fn world(events: Vec<EventKind>) -> World {
    fold(World::new(&header()), events)
}
