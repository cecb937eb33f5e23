//! The places of a workflow at which a node can come to be, by its spec.
//!
//! A node's display name is the last part of its path. Several nodes have one name where two
//! templates have such a step, or where two steps call one template.
//!
//! A step with two or more listed items counts as two places. Attempts, and items that only a run
//! shows, count once.

use serde_json::Value;

use super::{declared, hooks, parts, steps_of};

/// Most places that are looked at. No case has so many.
const MOST: usize = 2_000;
/// Most templates that call one another on the way to a place.
const DEEPEST: usize = 12;

/// The places of one workflow.
#[derive(Clone, Debug, Default)]
pub struct Sites {
    /// The path of each: `root`, then the name of each step or task on the way.
    paths: Vec<Vec<String>>,
}

/// The specs that templates are called from.
struct Specs<'a> {
    /// The workflow's, and that of the template that it is made of.
    own: Vec<&'a Value>,
    /// Every `WorkflowTemplate`.
    templates: &'a [Value],
}

impl Sites {
    /// The places of a workflow that calls templates of these.
    pub fn of(workflow: &Value, templates: &[Value]) -> Self {
        let spec = &workflow["spec"];
        let mut own = vec![spec];
        let made_of = spec["workflowTemplateRef"]["name"].as_str();
        own.extend(made_of.and_then(|name| named(templates, name)).map(|object| &object["spec"]));
        let specs = Specs { own, templates };
        let mut sites = Self::default();
        let field = |name: &str| specs.own.iter().find_map(|spec| spec[name].as_str());
        sites.enter(&specs, &["root".to_owned()], field("entrypoint"), 0);
        for spec in &specs.own {
            let named = spec["hooks"].as_object().into_iter().flatten();
            for (name, hook) in named.filter(|(name, _)| *name != "exit") {
                sites.enter(&specs, &[format!("hooks.{name}")], hook["template"].as_str(), 0);
            }
        }
        let exit = specs.own.iter().find_map(|spec| spec["hooks"]["exit"]["template"].as_str());
        if let Some(handler) = exit.or_else(|| field("onExit")) {
            sites.enter(&specs, &["onExit".to_owned()], Some(handler), 0);
        }
        sites
    }

    /// Takes a node, and what the template of this name makes below it.
    fn enter(&mut self, specs: &Specs<'_>, path: &[String], template: Option<&str>, depth: usize) {
        let all = specs.own.iter().find_map(|spec| template_of(spec, template?));
        self.take(specs, path, all, depth);
    }

    fn take(&mut self, specs: &Specs<'_>, path: &[String], body: Option<&Value>, depth: usize) {
        if self.paths.len() >= MOST || depth > DEEPEST {
            return;
        }
        self.paths.push(path.to_vec());
        let Some(body) = body else { return };
        let below = |name: &str| [path, &[name.to_owned()]].concat();
        let containers = body["containerSet"]["containers"].as_array().into_iter().flatten();
        let names = containers.filter_map(|container| container["name"].as_str());
        self.paths.extend(names.map(below));
        for step in steps_of(body) {
            let Some(name) = step["name"].as_str() else { continue };
            for hook in hooks(step) {
                self.paths.push(below(&format!("{name}.{hook}")));
            }
            for item in 0..items(step) {
                // The items of a loop are one name; what is below them is there for each.
                let first = self.paths.len();
                self.take(specs, &below(name), called(specs, step), depth + 1);
                if item > 0 && first < self.paths.len() {
                    self.paths.remove(first);
                }
            }
        }
    }

    /// The places at which a node of this name can be: a display name, or a path of names. None for
    /// a path through an attempt or an item, which selects by itself.
    pub fn named(&self, name: &str) -> Vec<String> {
        let asked = parts(name);
        let (last, before) = asked.split_last().map_or(("", &[][..]), |(l, b)| (*l, b));
        if before.iter().any(|part| part.contains('(')) {
            return Vec::new();
        }
        let mut asked: Vec<&str> = before.to_vec();
        asked.push(declared(last));
        let own = ["root", "onExit", "hooks"].contains(&asked[0]);
        let is_meant = |path: &&Vec<String>| {
            let path: Vec<&str> = path.iter().flat_map(|part| parts(part)).collect();
            let Some(before) = path.len().checked_sub(asked.len()) else { return false };
            let is_hook = before > 0 && path[before - 1] == "hooks";
            path[before..] == asked[..] && !is_hook && (before == 0 || !own)
        };
        self.paths.iter().filter(is_meant).map(|path| path.join(".")).collect()
    }
}

fn named<'v>(objects: &'v [Value], name: &str) -> Option<&'v Value> {
    objects.iter().find(|object| object["metadata"]["name"] == name)
}

fn template_of<'v>(spec: &'v Value, name: &str) -> Option<&'v Value> {
    spec["templates"].as_array()?.iter().find(|template| template["name"] == name)
}

/// The template that a step or task calls.
fn called<'a>(specs: &Specs<'a>, step: &'a Value) -> Option<&'a Value> {
    if step["inline"].is_object() {
        return Some(&step["inline"]);
    }
    let other = &step["templateRef"];
    if let (Some(object), Some(name)) = (other["name"].as_str(), other["template"].as_str()) {
        return template_of(&named(specs.templates, object)?["spec"], name);
    }
    let name = step["template"].as_str()?;
    let in_own = specs.own.iter().find_map(|spec| template_of(spec, name));
    // A template of another object calls its neighbours.
    in_own.or_else(|| specs.templates.iter().find_map(|o| template_of(&o["spec"], name)))
}

/// Number of places of a step: 2 for two or more listed items, else 1.
fn items(step: &Value) -> usize {
    let listed = step["withItems"].as_array().map(Vec::len);
    listed.map_or(1, |items| items.clamp(1, 2))
}
