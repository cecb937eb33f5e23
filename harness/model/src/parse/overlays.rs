//! Reads overlays.

use serde_json::Value;

use super::fields::{Fields, Reader};
use super::variants::{patch, range};
use crate::overlay::{Overlay, Target};
use crate::step::{Step, StepKind};
use crate::vocabulary::OVERLAY;
use crate::workflow::node_names;
use crate::yaml::Node;

/// The objects of a case that overlays can change.
pub(super) struct Objects<'a> {
    /// Name of the file of the submitted workflow.
    pub(super) submitted: &'a str,
    pub(super) workflow: &'a Value,
    pub(super) templates: &'a [Value],
    pub(super) steps: &'a [Step],
}

pub(super) fn read(node: &Node, objects: &Objects<'_>, r: &mut Reader) -> Vec<Overlay> {
    let items = r.items("overlays", node);
    items.iter().filter_map(|item| overlay(item, objects, r)).collect()
}

fn overlay(node: &Node, objects: &Objects<'_>, r: &mut Reader) -> Option<Overlay> {
    let mut f = Fields::of(&OVERLAY, node, r)?;
    let versions = f.required("versions", r).and_then(|n| range(n, r));
    let reason = f.required("reason", r).and_then(|n| r.text(n));
    let target = f.required("file", r).and_then(|n| target(n, objects, r));
    let patched = f.required("patch", r);
    f.finish(r);
    let (patch, at) = patched.and_then(|n| Some((patch(n, r)?, n.at)))?;
    let overlay = Overlay { versions: versions?, reason: reason?, target: target?, patch };
    if has_other_nodes(&overlay, objects) {
        let hint = "keep the names of steps, tasks and hooks".to_owned();
        r.error(at, "invalid patch: the nodes of the workflow differ".to_owned(), Some(hint));
    }
    Some(overlay)
}

fn target(node: &Node, objects: &Objects<'_>, r: &mut Reader) -> Option<Target> {
    let name = r.text(node)?;
    if name == objects.submitted {
        return Some(Target::Workflow);
    }
    let mut files = vec![objects.submitted];
    files.extend(objects.steps.iter().filter_map(|step| {
        let StepKind::Apply { file, .. } = &step.act else { return None };
        Some(file.as_str())
    }));
    if files.contains(&name.as_str()) {
        return Some(Target::Applied(name));
    }
    r.unknown_word(node.at, "file of a step", &name, &files);
    None
}

/// Whether the workflow has other nodes with the overlay. Claims speak of nodes by name.
fn has_other_nodes(overlay: &Overlay, objects: &Objects<'_>) -> bool {
    let mut workflow = objects.workflow.clone();
    overlay.change(&mut workflow, &mut []);
    node_names(&workflow, objects.templates) != node_names(objects.workflow, objects.templates)
}
