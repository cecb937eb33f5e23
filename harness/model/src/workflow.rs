//! The facts that a workflow's spec shows without a run of the workflow.

mod sites;

use std::collections::BTreeSet;

use serde_json::Value;

pub use sites::Sites;

/// Names by which a claim or step may speak of the nodes of a workflow that calls these templates.
/// Every step and every task has one, and so have its hooks and the containers of container sets.
/// `root` is the whole workflow, `onExit` its exit handler if it has one. `hooks.NAME` is a hook of
/// the workflow.
pub fn node_names(workflow: &Value, templates: &[Value]) -> BTreeSet<String> {
    let mut names = BTreeSet::from(["root".to_owned()]);
    for object in std::iter::once(workflow).chain(templates) {
        let spec = &object["spec"];
        if spec["onExit"].is_string() || spec["hooks"]["exit"].is_object() {
            names.insert("onExit".to_owned());
        }
        let hooks = spec["hooks"].as_object().into_iter().flat_map(serde_json::Map::keys);
        names.extend(hooks.filter(|name| *name != "exit").map(|name| format!("hooks.{name}")));
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

/// The steps, or tasks, of a template.
fn steps_of(template: &Value) -> impl Iterator<Item = &Value> {
    let groups = template["steps"].as_array().into_iter().flatten();
    let steps = groups.flat_map(|group| {
        let parallel = group.as_array().or_else(|| group["steps"].as_array());
        parallel.into_iter().flatten()
    });
    let tasks = template["dag"]["tasks"].as_array().into_iter().flatten();
    steps.chain(tasks)
}

fn collect(template: &Value, names: &mut BTreeSet<String>) {
    let containers = template["containerSet"]["containers"].as_array().into_iter().flatten();
    names.extend(containers.filter_map(|container| container["name"].as_str().map(str::to_owned)));
    for step in steps_of(template) {
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

/// The name in the workflow's spec of the step or task of a node. `each(0:a)(1)` and `each(0:a)`
/// are nodes of `each`.
pub fn declared(name: &str) -> &str {
    match name.split_once('(') {
        Some((stem, _)) if name.ends_with(')') => stem,
        _ => name,
    }
}

/// The name of the node of which this node is an attempt. `each(0:a)(1)` is an attempt of
/// `each(0:a)`. `None` stands for a node that is no attempt: `each(0:a)` is an item.
pub fn attempt_of(name: &str) -> Option<&str> {
    let (stem, number) = name.strip_suffix(')')?.rsplit_once('(')?;
    let count = |bracket| stem.matches(bracket).count();
    let is_number = !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
    (is_number && count('(') == count(')')).then_some(stem)
}

/// The parts of a node's name: separated by `.`, without groups of steps. A dot in brackets
/// separates nothing: `wf[0].each(0:a.b)` has `wf` and `each(0:a.b)`.
pub fn parts(name: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut begun) = (Vec::new(), 0_usize, 0);
    for (at, c) in name.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => {
                parts.push(without_group(&name[begun..at]));
                begun = at + 1;
            }
            _ => {}
        }
    }
    parts.push(without_group(&name[begun..]));
    parts
}

/// `wf[0]` without the group.
fn without_group(part: &str) -> &str {
    let stem = part.strip_suffix(']').and_then(|open| open.rsplit_once('['));
    match stem {
        Some((stem, number)) if number.chars().all(|c| c.is_ascii_digit()) => stem,
        _ => part,
    }
}
