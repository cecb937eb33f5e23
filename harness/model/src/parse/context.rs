//! The files of a case, and the names that its parts can use.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::fields::Reader;
use crate::workflow::Sites;
use crate::yaml::{self, Node, Position};

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

impl CaseFiles<'_> {
    /// Name and documents of a file of the case's directory.
    pub(crate) fn objects(&self, node: &Node, r: &mut Reader) -> Option<(String, Vec<Value>)> {
        let name = r.text(node)?;
        let Some((_, text)) = self.files.iter().find(|(file, _)| *file == name) else {
            let known: Vec<&str> = self.files.iter().map(|(file, _)| file.as_str()).collect();
            r.unknown_word(node.at, "file of this case", &name, &known);
            return None;
        };
        match yaml::documents(text) {
            Ok(documents) => Some((name, documents)),
            Err((at, message)) => {
                let place = format!("{name}:{}:{}", at.line, at.column);
                r.error(node.at, format!("{place}: not readable as YAML: {message}"), None);
                None
            }
        }
    }
}

/// The facts that the parts of a case file need of each other.
pub(crate) struct Context<'a, 'b> {
    pub(crate) input: &'a CaseFiles<'b>,
    /// Names of nodes, by the workflow and the templates beside it; empty if it cannot be read.
    pub(crate) nodes: BTreeSet<String>,
    /// The places at which the workflow can have a node.
    sites: Sites,
    /// Names of the workflow's parameters, if it says them.
    parameters: Option<BTreeSet<String>>,
    /// Whether the workflow uses the object store; true if it cannot be read.
    pub(crate) uses_store: bool,
    /// Name of the step that submits the workflow; empty until the steps are read.
    pub(crate) submit: String,
}

impl<'a, 'b> Context<'a, 'b> {
    /// The context of a workflow, if the workflow can be read, and of the templates beside it.
    pub(crate) fn of(
        input: &'a CaseFiles<'b>,
        workflow: Option<&Value>,
        templates: &[Value],
    ) -> Self {
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
    pub(crate) fn check_node(&self, name: &str, at: Position, r: &mut Reader) {
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
    pub(crate) fn check_one_node(&self, name: &str, at: Position, r: &mut Reader) {
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

    /// The name of a node that the workflow can have.
    pub(crate) fn one_node(&self, node: &Node, r: &mut Reader) -> Option<String> {
        let name = r.text(node)?;
        self.check_one_node(&name, node.at, r);
        Some(name)
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
    pub(crate) fn check_parameter(&self, name: &str, at: Position, r: &mut Reader) {
        let Some(parameters) = &self.parameters else { return };
        if !parameters.contains(name) {
            let known: Vec<&str> = parameters.iter().map(String::as_str).collect();
            r.unknown_word(at, "parameter of the workflow", name, &known);
        }
    }
}

/// The name of a step of the plan.
pub(crate) fn step_name(node: &Node, steps: &[String], r: &mut Reader) -> Option<String> {
    let name = r.text(node)?;
    if steps.contains(&name) {
        return Some(name);
    }
    if !steps.is_empty() {
        let known: Vec<&str> = steps.iter().map(String::as_str).collect();
        r.unknown_word(node.at, "step", &name, &known);
    }
    None
}
