//! Smaller histories for the repository.

use model::argo_api::annotation;
use model::history::{Kind, Observation};
use model::{EventKind, History};
use serde_json::{Map, Value, json};

/// Kept fields of metadata.
const METADATA: [&str; 8] = [
    "name",
    "namespace",
    "uid",
    "resourceVersion",
    "labels",
    "annotations",
    "finalizers",
    "deletionTimestamp",
];

/// Kept annotations.
const ANNOTATIONS: [&str; 2] = [annotation::NODE_ID, annotation::NODE_NAME];

/// Kept fields of a workflow's status.
const STATUS: [&str; 5] = ["phase", "message", "startedAt", "finishedAt", "conditions"];

/// Kept fields of a node.
const NODE: [&str; 11] = [
    "id",
    "name",
    "displayName",
    "type",
    "phase",
    "message",
    "startedAt",
    "finishedAt",
    "outputs",
    "children",
    "memoizationStatus",
];

/// The history with only the fields of objects that facts read. Kept fields are unchanged.
pub fn trim(history: &History) -> History {
    let mut trimmed = history.clone();
    for event in &mut trimmed.events {
        if let EventKind::Observed(seen) = &mut event.kind {
            seen.object = object(seen);
        }
    }
    trimmed
}

fn object(seen: &Observation) -> Value {
    let whole = &seen.object;
    let mut kept = Map::new();
    let mut metadata = only(&whole["metadata"], &METADATA);
    if let Some(annotations) = metadata.get_mut("annotations") {
        *annotations = Value::Object(only(annotations, &ANNOTATIONS));
    }
    kept.insert("metadata".to_owned(), Value::Object(metadata));
    match seen.kind {
        Kind::Workflow => {
            kept.insert(
                "spec".to_owned(),
                Value::Object(only(&whole["spec"], &["shutdown", "suspend"])),
            );
            let mut status = only(&whole["status"], &STATUS);
            if let Some(nodes) = whole["status"]["nodes"].as_object() {
                let nodes = nodes.iter().map(|(id, n)| (id.clone(), Value::Object(only(n, &NODE))));
                status.insert("nodes".to_owned(), Value::Object(nodes.collect()));
            }
            kept.insert("status".to_owned(), Value::Object(status));
        }
        Kind::Pod => {
            let mut status = only(&whole["status"], &["phase", "podIP"]);
            if let Some(containers) = whole["status"]["containerStatuses"].as_array() {
                let containers = containers.iter().filter_map(ended).collect();
                status.insert("containerStatuses".to_owned(), containers);
            }
            kept.insert("status".to_owned(), Value::Object(status));
        }
        Kind::TaskResult | Kind::GcTask => {}
    }
    Value::Object(kept)
}

/// Name and exit code of a container that has ended; `None` for another container.
fn ended(container: &Value) -> Option<Value> {
    let code = container["state"]["terminated"]["exitCode"].as_i64()?;
    let state = json!({ "terminated": { "exitCode": code } });
    Some(json!({ "name": container["name"], "state": state }))
}

fn only(value: &Value, names: &[&str]) -> Map<String, Value> {
    let fields = value.as_object().into_iter().flatten();
    let kept = fields.filter(|(name, _)| names.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
