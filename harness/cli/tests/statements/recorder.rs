//! Histories as a run writes them, made from those that are kept, which are trimmed.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use model::{Case, Plan};
use serde_json::{Map, Value, json};

use crate::run::{ARGO, RUN};

/// Image of the steps of workflows.
const SHELL: &str = "registry.example.com/shell:1";
/// Image of argoexec.
pub(crate) const ARGOEXEC: &str = "quay.io/argoproj/argoexec:v3.7.18";
/// The digest that a node reports for it.
pub(crate) const DIGEST: &str = "sha256:56ef";

/// A kept history as that of this case in the run that began then.
pub(crate) fn whole(kept: &str, case: &Case, began: Timestamp) -> String {
    let plan = case.plan_on(ARGO.parse().ok().as_ref());
    let (header, events) = kept.split_once('\n').expect("a header");
    let mut header: Value = serde_json::from_str(header).expect("a header");
    header["run"] = json!(RUN);
    header["argo"] = json!({ "controller": ARGO, "executor": ARGO, "cli": ARGO });
    let started = began + SignedDuration::from_secs(1);
    header["started"] = json!(started);
    header["format"] = json!([model::history::MAJOR, model::history::MINOR]);
    header["requests"] = json!(true);
    let mut text = format!("{header}\n");
    for line in events.lines() {
        let mut event: Value = serde_json::from_str(line).expect("an event");
        let what = &mut event["kind"];
        if let Some(begun) = what.get_mut("step_begun") {
            let step = plan.steps.iter().find(|step| begun["step"] == step.name.as_str());
            let act = &step.expect("a step of the case").act;
            let mut workflow = plan.workflow.clone();
            replace(&mut workflow);
            begun["action"] = json!(model::history::Action::of(act, &workflow));
        }
        if let Some(seen) = what.get_mut("observed") {
            untrimmed(seen, &plan, started);
        }
        text.push_str(&event.to_string());
        text.push('\n');
    }
    text
}

/// Puts into an object what the API server has of it.
fn untrimmed(seen: &mut Value, plan: &Plan, started: Timestamp) {
    let kind = seen["kind"].as_str().expect("a kind").to_owned();
    let object = &mut seen["object"];
    object["metadata"]["creationTimestamp"] = json!(started.strftime("%FT%TZ").to_string());
    match kind.as_str() {
        "workflow" => {
            let mut spec = plan.workflow["spec"].clone();
            replace(&mut spec);
            let kept = object["spec"].as_object().cloned().unwrap_or_default();
            spec.as_object_mut().expect("a spec").extend(kept);
            object["spec"] = spec;
            for part in ["labels", "annotations"] {
                let of = plan.workflow["metadata"][part].as_object().cloned();
                let all = object["metadata"][part].take().as_object().cloned();
                let all: Map<String, Value> =
                    all.unwrap_or_default().into_iter().chain(of.unwrap_or_default()).collect();
                object["metadata"][part] = Value::Object(all);
            }
        }
        "pod" => {
            object["spec"]["initContainers"] = json!([{ "name": "init", "image": ARGOEXEC }]);
            let id = format!("quay.io/argoproj/argoexec@{DIGEST}");
            object["status"]["initContainerStatuses"] = json!([{ "name": "init", "imageID": id }]);
        }
        _ => {}
    }
}

/// Puts an image of this installation where the case names its own.
fn replace(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                if name == "image" && *value == json!(model::image::SHELL) {
                    *value = json!(SHELL);
                } else {
                    replace(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(replace),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The attempts of a run: a line for its beginning and one for each case.
pub(crate) fn attempts(directory: &Path, run: &str, argo: &str, cases: &[&str]) {
    let session = json!({ "session": { "run": run } });
    let attempts =
        cases.iter().map(|case| json!({ "attempt": { "run": run, "argo": argo, "case": case } }));
    chain(&directory.join("attempts.jsonl"), std::iter::once(session).chain(attempts));
}

/// Writes a chain with these lines.
pub(crate) fn chain(path: &Path, entries: impl IntoIterator<Item = Value>) {
    let (mut previous, mut text) = (Value::Null, String::new());
    for entry in entries {
        let at = "2026-01-02T03:04:05Z";
        let line = json!({ "previous": previous, "at": at, "entry": entry }).to_string();
        previous = json!(crate::run::sha256(line.as_bytes()));
        text.push_str(&line);
        text.push('\n');
    }
    std::fs::write(path, text).expect("write");
}

/// The content of each line of a chain.
pub(crate) fn entries(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).expect("a chain");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines.map(|mut line| line["entry"].take()).collect()
}
