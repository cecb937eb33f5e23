//! The templates of a workflow's spec, and the containers of their pods.

use serde_json::Value;

/// Calls `then` for each template of a spec, and for each inline template below.
pub(super) fn each(spec: &mut Value, then: &mut impl FnMut(&mut Value)) {
    for template in spec["templates"].as_array_mut().into_iter().flatten() {
        below(template, then);
    }
}

fn below(template: &mut Value, then: &mut impl FnMut(&mut Value)) {
    then(template);
    let Some(fields) = template.as_object_mut() else { return };
    if let Some(tasks) = fields.get_mut("dag").and_then(|dag| dag.get_mut("tasks")) {
        inline(tasks, then);
    }
    let steps = fields.get_mut("steps").and_then(Value::as_array_mut);
    for group in steps.into_iter().flatten() {
        inline(group, then);
    }
}

/// The inline templates of a list of steps or tasks. A group of one step need not be a list.
fn inline(calls: &mut Value, then: &mut impl FnMut(&mut Value)) {
    let calls = if let Value::Array(calls) = calls {
        calls.as_mut_slice()
    } else {
        std::slice::from_mut(calls)
    };
    for call in calls.iter_mut().filter_map(|call| call.get_mut("inline")) {
        if call.is_object() {
            below(call, then);
        }
    }
}

/// The init containers and the containers of a template's pod. Each has the container of the
/// manifest, or null for a container of Argo. `None` for a template without a pod of its own.
pub(super) fn containers(template: &Value) -> Option<(Named, Named)> {
    let argo = |name: &str| (name.to_owned(), Value::Null);
    let set = &template["containerSet"]["containers"];
    let mut containers = if let Some(main) = main_of(template) {
        vec![argo("wait"), ("main".to_owned(), main.clone())]
    } else if set.is_array() {
        let mut containers = vec![argo("wait")];
        containers.extend(named(set));
        containers
    } else if ["resource", "data"].iter().any(|kind| template[kind].is_object()) {
        vec![argo("main")]
    } else {
        return None;
    };
    containers.extend(named(&template["sidecars"]));
    let mut init = vec![argo("init")];
    init.extend(named(&template["initContainers"]));
    Some((init, containers))
}

/// Containers by name.
pub(super) type Named = Vec<(String, Value)>;

fn main_of(template: &Value) -> Option<&Value> {
    ["container", "script"].iter().map(|kind| &template[kind]).find(|main| main.is_object())
}

fn named(containers: &Value) -> Named {
    let containers = containers.as_array().into_iter().flatten();
    let named = containers.filter_map(|one| Some((one["name"].as_str()?.to_owned(), one.clone())));
    named.collect()
}

/// Whether Argo collects artifacts of a workflow with this spec: its own or those of a template.
pub(super) fn collects(spec: &Value) -> bool {
    match spec {
        Value::Object(fields) => {
            fields.get("artifactGC").is_some_and(Value::is_object) || fields.values().any(collects)
        }
        Value::Array(items) => items.iter().any(collects),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
