//! The claims about a stored workflow under the next Argo.

use model::fact::FINAL_PHASES;
use model::stored::NAMESPACE;
use serde_json::{Value, json};

use super::state::{State, Stored};

/// Name of the step that replaces Argo.
pub(super) const UPGRADED: &str = "upgraded";
/// Name of the step that resumes a suspended workflow.
pub(super) const RESUMED: &str = "resumed";

/// The requirements, as a case file has them.
pub(super) fn requires(stored: &Stored) -> Value {
    let phase = &stored.object["status"]["phase"];
    let there = json!({ "all": [{ "workflow": "present" }, { "phase": phase }] });
    json!([{ "seen": there, "at": UPGRADED }])
}

/// The claims, as a case file has them.
pub(super) fn of(stored: &Stored) -> Vec<Value> {
    match &stored.kind {
        State::Ended => ended(&stored.object),
        State::Expired => vec![deleted(&stored.object), runs_nothing()],
        State::Suspended { phase, pods } => suspended(phase, *pods),
    }
}

/// A claim about each moment of 20 s after the upgrade.
fn always(id: &str, fact: &Value) -> Value {
    json!({ "id": id, "always": fact, "since": UPGRADED, "within": "20s" })
}

fn ended(object: &Value) -> Vec<Value> {
    let there = json!([{ "workflow": "present" }, { "phase": object["status"]["phase"] }]);
    let mut claims = vec![
        always("stays-ended", &json!({ "all": there })),
        always("end-stays", &json!({ "cel": end(object) })),
        runs_nothing(),
    ];
    claims.extend(nodes(object).map(|cel| always("nodes-stay", &json!({ "cel": cel }))));
    claims.extend(finalizers(object).map(|fact| always("finalizers-stay", &fact)));
    claims
}

/// The phase is an anchor: a fact about pods alone would be about nothing.
fn runs_nothing() -> Value {
    let runs = json!([{ "phase": ["Pending", "Running"] }, { "pods-seen": "some" }]);
    json!({ "id": "runs-nothing", "never": { "any": runs }, "since": UPGRADED, "within": "20s" })
}

/// A finalizer holds the object until its artifacts are deleted.
fn deleted(object: &Value) -> Value {
    let gone = json!({ "workflow": "gone" });
    let fact = match object["metadata"]["finalizers"].as_array().map(Vec::as_slice) {
        None | Some([]) => gone,
        Some(_) => json!({ "any": [{ "workflow": "deleting" }, gone] }),
    };
    json!({ "id": "deleted", "eventually": fact, "since": UPGRADED, "within": "60s" })
}

fn suspended(phase: &str, pods: usize) -> Vec<Value> {
    let more = json!({ "pods-seen": { "at-least": pods + 1 } });
    let others: Vec<&str> = FINAL_PHASES.into_iter().filter(|other| *other != phase).collect();
    let wrong = json!({ "any": [{ "phase": others }, more] });
    vec![
        json!({ "id": "ends", "eventually": { "phase": phase }, "since": RESUMED, "within": "60s" }),
        json!({ "id": "runs-nothing-twice", "never": wrong, "since": RESUMED, "within": "20s" }),
    ]
}

/// The time and the message of the end, as an expression.
fn end(object: &Value) -> String {
    let status = &object["status"];
    let finished = status["finishedAt"].to_string();
    let message = status["message"].as_str().filter(|message| !message.is_empty());
    let message = match message {
        Some(message) => says("workflow.status.message", message),
        None => "!has(workflow.status.message)".to_owned(),
    };
    format!("workflow.status.finishedAt == {finished} && {message}")
}

/// A field has a text. The namespace in the text is another one in the next cluster.
fn says(field: &str, text: &str) -> String {
    let parts: Vec<String> = text.split(NAMESPACE).map(|part| json!(part).to_string()).collect();
    match parts.as_slice() {
        [whole] => format!("{field} == {whole}"),
        [first, .., last] => format!("{field}.startsWith({first}) && {field}.endsWith({last})"),
        [] => "true".to_owned(),
    }
}

/// The phase of each node, as an expression. `None`: there is no node.
fn nodes(object: &Value) -> Option<String> {
    let nodes = object["status"]["nodes"].as_object().filter(|nodes| !nodes.is_empty())?;
    let phases = nodes.iter().map(|(id, node)| format!("{}: {}", json!(id), node["phase"]));
    let (size, phases) = (nodes.len(), phases.collect::<Vec<_>>().join(", "));
    Some(format!(
        "size(workflow.status.nodes) == {size} && \
         workflow.status.nodes.all(id, workflow.status.nodes[id].phase == {{{phases}}}[id])"
    ))
}

/// The finalizers that must stay. The next object store lacks artifacts that are due at
/// the end of a workflow. A finalizer that waits for such artifacts has no claim.
fn finalizers(object: &Value) -> Option<Value> {
    let finalizers = object["metadata"]["finalizers"].as_array()?;
    if finalizers.is_empty() || is_due(object) {
        return None;
    }
    let facts = finalizers.iter().map(|finalizer| json!({ "finalizer-present": finalizer }));
    Some(json!({ "all": facts.collect::<Vec<_>>() }))
}

/// Whether an artifact is deleted when its workflow ends.
fn is_due(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            name == "artifactGC" && value["strategy"] == "OnWorkflowCompletion" || is_due(value)
        }),
        Value::Array(items) => items.iter().any(is_due),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
