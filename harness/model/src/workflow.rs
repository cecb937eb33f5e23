//! What can be read off a workflow's spec without running it.

use std::collections::BTreeSet;

use serde_json::Value;

/// Names by which a claim or step may speak of the nodes of a workflow that calls templates of
/// these: every step's and task's name, those of its hooks, `root`, and `onExit` where there is a
/// handler.
pub fn node_names(workflow: &Value, templates: &[Value]) -> BTreeSet<String> {
    let mut names = BTreeSet::from(["root".to_owned()]);
    for object in std::iter::once(workflow).chain(templates) {
        let spec = &object["spec"];
        if spec["onExit"].is_string() || spec["hooks"]["exit"].is_object() {
            names.insert("onExit".to_owned());
        }
        for template in spec["templates"].as_array().into_iter().flatten() {
            collect(template, &mut names);
        }
    }
    names
}

/// Names of the workflow's parameters; `None` if a template has them.
pub fn parameter_names(workflow: &Value) -> Option<BTreeSet<String>> {
    let spec = &workflow["spec"];
    let given = spec["arguments"]["parameters"].as_array().into_iter().flatten();
    let names = given.filter_map(|parameter| parameter["name"].as_str().map(str::to_owned));
    spec["workflowTemplateRef"].is_null().then(|| names.collect())
}

fn collect(template: &Value, names: &mut BTreeSet<String>) {
    let groups = template["steps"].as_array().into_iter().flatten();
    let steps = groups.flat_map(|group| match group {
        Value::Array(parallel) => parallel.iter().collect::<Vec<_>>(),
        other => other["steps"].as_array().map(|s| s.iter().collect()).unwrap_or_default(),
    });
    let tasks = template["dag"]["tasks"].as_array().into_iter().flatten();
    for step in steps.chain(tasks) {
        if let Some(name) = step["name"].as_str() {
            names.insert(name.to_owned());
            names.extend(hooks(step).into_iter().map(|hook| format!("{name}.{hook}")));
        }
        collect(&step["inline"], names);
    }
}

/// The hooks of a step or task, by the ends of their nodes' names.
fn hooks(step: &Value) -> Vec<String> {
    let named = step["hooks"].as_object().into_iter().flat_map(serde_json::Map::keys);
    let mut ends: Vec<String> = named
        .map(|name| if name == "exit" { "onExit".to_owned() } else { format!("hooks.{name}") })
        .collect();
    if step["onExit"].is_string() {
        ends.push("onExit".to_owned());
    }
    ends
}

/// The name of a node without the number of its attempt: `produce(0)` is of `produce`.
pub fn without_attempt(name: &str) -> &str {
    match name.split_once('(') {
        Some((stem, _)) if name.ends_with(')') => stem,
        _ => name,
    }
}
