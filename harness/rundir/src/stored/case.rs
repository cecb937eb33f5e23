//! The case about a stored workflow, as files.

use std::path::Path;

use model::argo_api::{API_VERSION, WORKFLOW as WORKFLOW_KIND, label};
use model::history::Versions;
use model::image::SHELL;
use model::labels::{CHALLENGE, RUN};
use model::parse::{CaseFiles, LARGEST, cases};
use model::stored::{self, NAMESPACE};
use model::{Case, Plan, StepKind};
use serde_json::{Value, json};

use super::claims::{self, RESUMED, UPGRADED};
use super::state::{State, Stored};

/// Name of the file with the stored workflow.
const WORKFLOW: &str = "workflow.yaml";
/// Fields of metadata that belong to the old object alone, or to its cluster.
const OWN: [&str; 8] = [
    "namespace",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "ownerReferences",
    "selfLink",
];

/// The case about a stored workflow of a recorded case.
///
/// # Errors
/// The reason why there is none.
pub(super) fn make(case: &Case, of: &Versions, stored: Stored) -> Result<Case, String> {
    let (word, title) = match stored.kind {
        State::Ended => ("ended", "An ended workflow stays as it is after an upgrade"),
        State::Expired => ("expired", "An expired workflow is deleted after an upgrade"),
        State::Suspended { .. } => ("suspended", "A suspended workflow ends after an upgrade"),
    };
    let plan = case.plan_on(of.controller.parse().ok().as_ref());
    let object = moved(stored.object, &stored.namespace, &plan.workflow);
    let stored = Stored { object, ..stored };
    let mut files = templates(&plan);
    let applied = files.iter().enumerate();
    let applied =
        applied.map(|(n, (name, _))| json!({ "apply": name, "as": format!("apply-{n}") }));
    let steps: Vec<Value> = applied.chain(steps(&stored.kind)).collect();
    let text = json!({
        "title": format!("{title}: {}", case.id),
        "why": case.why,
        "level": case.level.name(),
        "component": "workflow-controller",
        "steps": steps,
        "requires": claims::requires(&stored),
        "claims": claims::of(&stored),
    });
    files.push(("case.yaml".to_owned(), text_of(&text)));
    files.push((WORKFLOW.to_owned(), text_of(&stored.object)));
    files.sort();
    let id = format!("stored/{word}/{}", case.id.replace('@', "-"));
    read(&id, &files).map_err(|reason| format!("{word}: {reason}"))
}

fn read(id: &str, files: &[(String, String)]) -> Result<Case, String> {
    if let Some((name, text)) = files.iter().find(|(_, text)| is_large(text)) {
        return Err(format!("{name} has {} bytes, more than {LARGEST}", text.len()));
    }
    let read = cases(&CaseFiles { directory: Path::new(id), id, files });
    let read = read.map_err(|diagnostics| {
        let first = diagnostics.first().map(ToString::to_string).unwrap_or_default();
        first.lines().next().unwrap_or_default().to_owned()
    })?;
    read.into_iter().next().ok_or_else(|| "its files are no case".to_owned())
}

fn is_large(text: &str) -> bool {
    u64::try_from(text.len()).is_ok_and(|length| length > LARGEST)
}

/// JSON is YAML too.
fn text_of(value: &Value) -> String {
    format!("{value:#}\n")
}

fn steps(kind: &State) -> Vec<Value> {
    let replaced = [json!({ "restore": WORKFLOW }), json!({ "upgrade": {}, "as": UPGRADED })];
    let resumed = match kind {
        State::Ended | State::Expired => Vec::new(),
        State::Suspended { .. } => vec![
            json!({ "resume": {}, "as": RESUMED }),
            json!({ "await": { "phase": "completed" }, "as": "completed", "patience": "60s" }),
        ],
    };
    replaced.into_iter().chain(resumed).collect()
}

/// The object for another cluster: its own fields, the labels of its run and its namespace go. The
/// image of the steps has its name of case files.
fn moved(mut object: Value, namespace: &str, written: &Value) -> Value {
    if let Some(image) = shell(&written["spec"], &object["spec"]).map(str::to_owned) {
        name_shell(&mut object, &image);
    }
    if let Some(meta) = object["metadata"].as_object_mut() {
        meta.retain(|name, _| !OWN.contains(&name.as_str()));
        if let Some(labels) = meta.get_mut("labels").and_then(Value::as_object_mut) {
            let of_run = [RUN, CHALLENGE, label::INSTANCE_ID];
            labels.retain(|name, _| !of_run.contains(&name.as_str()));
        }
    }
    // An object of a list lacks them.
    object["apiVersion"] = json!(API_VERSION);
    object["kind"] = json!(WORKFLOW_KIND.kind);
    stored::replace(&mut object, namespace, NAMESPACE);
    object
}

/// The image of the steps in an object, by the place of its name in the case file.
fn shell<'o>(written: &Value, object: &'o Value) -> Option<&'o str> {
    match (written, object) {
        (Value::Object(written), Value::Object(fields)) => written.iter().find_map(|(name, of)| {
            let field = fields.get(name)?;
            if name == "image" && of == SHELL { field.as_str() } else { shell(of, field) }
        }),
        (Value::Array(written), Value::Array(items)) => {
            written.iter().zip(items).find_map(|(of, item)| shell(of, item))
        }
        _ => None,
    }
}

/// Gives the image of the steps its name of case files.
fn name_shell(value: &mut Value, image: &str) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| {
            if name == "image" && value == image {
                *value = json!(SHELL);
            } else {
                name_shell(value, image);
            }
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| name_shell(item, image)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The workflow templates that the recorded case applied, one file for each step.
fn templates(plan: &Plan) -> Vec<(String, String)> {
    let applied = plan.steps.iter().filter_map(|step| {
        let StepKind::Apply { file, objects } = &step.act else { return None };
        let is_template = |object: &&Value| object["kind"] == "WorkflowTemplate";
        let texts: Vec<String> = objects.iter().filter(is_template).map(text_of).collect();
        (!texts.is_empty() && file != WORKFLOW).then(|| (file.clone(), texts.join("---\n")))
    });
    let mut files: Vec<(String, String)> = applied.collect();
    files.sort();
    files.dedup_by(|later, earlier| later.0 == earlier.0);
    files
}
