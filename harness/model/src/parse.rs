//! Reads case files. One pass finds every error of a file, each with its place.

mod claims;
mod fact;
mod fields;
mod known;
mod manifests;
mod overlays;
mod steps;
mod store;
mod variants;

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::case::Case;
use crate::diagnostic::Diagnostic;
use crate::step::Act;
use crate::vocabulary;
use crate::workflow::Sites;
use crate::yaml::{self, Node, Position};
use fields::{Fields, Reader};

/// Largest case file read, in bytes. Real ones have a few kilobytes.
pub const LARGEST: u64 = 256 * 1024;

/// The files of a case's directory, as read.
#[derive(Debug)]
pub struct CaseFiles<'a> {
    /// The case's directory.
    pub directory: &'a Path,
    /// `area/id`.
    pub id: &'a str,
    /// Name and text of each file; `case.yaml` is among them.
    pub files: &'a [(String, String)],
}

/// Reads the cases (one, or one for each variant) of a directory.
///
/// # Errors
/// The errors of the files, in the order of the files.
pub fn cases(input: &CaseFiles<'_>) -> Result<Vec<Case>, Vec<Diagnostic>> {
    let path = input.directory.join("case.yaml");
    let file = input.files.iter().find(|(name, _)| name == "case.yaml");
    let mut reader = Reader::new(path, file.map_or("", |(_, text)| text));
    let Some((_, text)) = file else {
        reader.whole_file("there is no such file", None);
        return Err(reader.into_diagnostics());
    };
    let found = match yaml::tree(text) {
        Ok(root) => top(&root, input, &mut reader),
        Err((at, message)) => {
            reader.error(at, format!("not readable as YAML: {message}"), None);
            None
        }
    };
    let mut diagnostics = reader.into_diagnostics();
    for (name, text) in input.files.iter().filter(|(name, _)| name != "case.yaml") {
        // A file that a step names and that is not readable is told of there.
        let place = format!("{name}:");
        if diagnostics.iter().all(|told| !told.message.starts_with(&place)) {
            diagnostics.extend(manifests::check_file(&input.directory.join(name), text));
        }
    }
    match found {
        Some(cases) if diagnostics.is_empty() => Ok(cases),
        _ => Err(diagnostics),
    }
}

/// Reads a manifest: every document as plain JSON, as kubectl reads it. Text of more than 250,000
/// nodes is refused, for it can come from anybody.
///
/// # Errors
/// Line, column and message of the first fault.
pub fn manifest(text: &str) -> Result<Vec<Value>, (usize, usize, String)> {
    yaml::documents(text).map_err(|(at, message)| (at.line, at.column, message))
}

/// Reads a manifest of any size, for example the output of a program that the harness built.
///
/// # Errors
/// Line, column and message of the first fault.
pub fn trusted_manifest(text: &str) -> Result<Vec<Value>, (usize, usize, String)> {
    yaml::trusted_documents(text).map_err(|(at, message)| (at.line, at.column, message))
}

/// The facts that the parts of a case file need of each other.
struct Context<'a, 'b> {
    input: &'a CaseFiles<'b>,
    /// Names of nodes, by the workflow and the templates beside it; empty if it cannot be read.
    nodes: BTreeSet<String>,
    /// The places at which the workflow can have a node.
    sites: Sites,
    /// Names of the workflow's parameters, if it says them.
    parameters: Option<BTreeSet<String>>,
    /// Whether the workflow uses the object store; true if it cannot be read.
    uses_store: bool,
    /// Name of the step that submits the workflow; empty until the steps are read.
    submit: String,
}

fn top(root: &Node, input: &CaseFiles<'_>, r: &mut Reader) -> Option<Vec<Case>> {
    let mut f = Fields::of(&vocabulary::CASE, root, r)?;
    let title = f.required("title", r).and_then(|n| r.text(n));
    let why = f.required("why", r).and_then(|n| r.link(n));
    let level = f.required("level", r).and_then(|n| r.one_of(n, "level", &vocabulary::LEVELS));
    let component = f.required("component", r);
    let component = component.and_then(|n| r.one_of(n, "component", &vocabulary::COMPONENTS));
    let applies = f.optional("applies").map(|n| variants::applies(n, r));
    let steps = f.required("steps", r);
    let submitted = steps.and_then(steps::submitted);
    let workflow = steps.and_then(|steps| steps::workflow(steps, input, r));
    let templates = steps::templates(input);
    let mut context = Context::of(input, workflow.as_ref(), &templates);
    let steps = steps.and_then(|n| steps::read(n, &context, r));
    let submit = steps.iter().flatten().find(|step| step.act.submits());
    context.submit = submit.map(|step| step.name.clone()).unwrap_or_default();
    let names: Vec<String> = steps.iter().flatten().map(|s| s.name.clone()).collect();
    let expects = f.optional("expects").map(|n| steps::expects(n, r));
    let requires = f.optional("requires").map(|n| claims::requirements(n, &names, &context, r));
    let claims = f.required("claims", r).and_then(|n| claims::read(n, &names, &context, r));
    let overlays = f.optional("overlays");
    let overlays = match (overlays, &workflow, &steps, &submitted) {
        (Some(node), Some(workflow), Some(steps), Some(submitted)) => {
            let objects = overlays::Objects { submitted, workflow, templates: &templates, steps };
            overlays::read(node, &objects, r)
        }
        _ => Vec::new(),
    };
    let ids: Vec<&str> = claims.iter().flatten().map(|c| c.id.as_str()).collect();
    let scope =
        known::Scope { claims: &ids, why: why.as_deref(), steps: &names, context: &context };
    let broken = f.optional("broken").map(|n| known::broken(n, &scope, r));
    let variants = f.optional("variants").map(|n| variants::read(n, &scope, r));
    f.finish(r);
    let steps = steps?;
    let plan_says = of_plan(&steps);
    let base = Case {
        id: input.id.to_owned(),
        title: title?,
        why: why?,
        level: level?,
        component: component?,
        applies: applies.map_or(Some(None), |a| a.map(Some))?,
        broken: broken.unwrap_or_default(),
        overlays,
        plan: crate::Plan {
            case: input.id.to_owned(),
            workflow: workflow?,
            steps,
            expects: expects.unwrap_or_default(),
        },
        claims: crate::Claims {
            requires: requires.unwrap_or_default(),
            uses_store: context.uses_store,
            node_names: context.nodes,
            claims: claims?,
            ..plan_says
        },
        source: crate::case::Source {
            directory: input.directory.to_owned(),
            files: input.files.to_vec(),
        },
    };
    Some(variants::expand(base, variants))
}

/// The claims that the steps of a plan make by themselves: effects, faults and outages.
fn of_plan(steps: &[crate::Step]) -> crate::Claims {
    let named = |which: fn(&Act) -> bool| {
        let steps = steps.iter().filter(move |step| which(&step.act));
        steps.map(|step| step.name.clone()).collect()
    };
    let outages = steps.iter().filter_map(|step| {
        let part = step.act.outage()?;
        Some(crate::Outage { step: step.name.clone(), part })
    });
    crate::Claims {
        effects: named(Act::changes_workflow),
        faults: named(|act| matches!(act, Act::StoreFault(_))),
        outages: outages.collect(),
        ..crate::Claims::default()
    }
}

impl<'a, 'b> Context<'a, 'b> {
    /// The context of a workflow, if the workflow can be read, and of the templates beside it.
    fn of(input: &'a CaseFiles<'b>, workflow: Option<&Value>, templates: &[Value]) -> Self {
        let nodes = workflow.map(|workflow| crate::workflow::node_names(workflow, templates));
        Self {
            input,
            nodes: nodes.unwrap_or_default(),
            sites: workflow.map(|w| Sites::of(w, templates)).unwrap_or_default(),
            parameters: workflow.and_then(crate::workflow::parameter_names),
            uses_store: workflow.is_none_or(crate::store_use::uses_store)
                || templates.iter().any(crate::store_use::uses_store),
            submit: String::new(),
        }
    }
}

impl Context<'_, '_> {
    /// Says so when the workflow has no such node. Each part of a path is one.
    fn check_node(&self, name: &str, at: Position, r: &mut Reader) {
        if self.nodes.is_empty() || self.nodes.contains(crate::workflow::declared(name)) {
            return;
        }
        if let Some(wrong) = self.unknown_part(name) {
            let known: Vec<&str> = self.nodes.iter().map(String::as_str).collect();
            r.unknown_word(at, "node of the workflow", wrong, &known);
        }
    }

    /// As [`Self::check_node`]. Says so too when several nodes have the name: a fact about them is
    /// unknown.
    fn check_one_node(&self, name: &str, at: Position, r: &mut Reader) {
        self.check_node(name, at, r);
        let sites = self.sites.named(name);
        if sites.len() < 2 {
            return;
        }
        let message = format!("several nodes are called `{name}`: {}", sites.join(", "));
        let path = sites.iter().find_map(|site| self.path_to(site, name));
        let hint = path.map(|path| format!("Write a path: `{path}`."));
        r.error(at, message, hint);
    }

    /// The shortest path that selects the node of this place.
    fn path_to(&self, site: &str, name: &str) -> Option<String> {
        let parts = crate::workflow::parts(site);
        let from = parts.len().checked_sub(crate::workflow::parts(name).len())?;
        let mut paths = (0..from).rev().map(|from| parts[from..].join("."));
        paths.find(|path| self.sites.named(path).len() == 1)
    }

    /// The part of a path that is no node: `other.work` has two parts, `work.onExit` one.
    fn unknown_part<'n>(&self, name: &'n str) -> Option<&'n str> {
        let parts = crate::workflow::parts(name);
        let mut rest = parts.as_slice();
        while !rest.is_empty() {
            let longest = (1..=rest.len()).rev().find(|length| {
                let declared = rest[..*length].iter().map(|part| crate::workflow::declared(part));
                self.nodes.contains(&declared.collect::<Vec<_>>().join("."))
            });
            match longest {
                Some(length) => rest = &rest[length..],
                None => return Some(if parts.len() == 1 { name } else { rest[0] }),
            }
        }
        None
    }

    /// Says so when the workflow has no such parameter.
    fn check_parameter(&self, name: &str, at: Position, r: &mut Reader) {
        let Some(parameters) = &self.parameters else { return };
        if !parameters.contains(name) {
            let known: Vec<&str> = parameters.iter().map(String::as_str).collect();
            r.unknown_word(at, "parameter of the workflow", name, &known);
        }
    }
}
