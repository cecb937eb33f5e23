//! Reads case files. One pass finds every error of a file, each with its place.

mod claims;
pub(crate) mod context;
pub(crate) mod fields;
mod known;
mod manifests;
mod overlays;
mod steps;
mod variants;

use serde_json::Value;

use crate::case::Case;
use crate::diagnostic::Diagnostic;
use crate::step::{Failover, Replacement, StepKind};
use crate::vocabulary;
use crate::yaml::{self, Node};
pub use context::CaseFiles;
use context::Context;
use fields::{Fields, Reader};

/// Largest case file read, in bytes. Real ones have a few kilobytes.
pub const LARGEST: u64 = 256 * 1024;

/// Reads the cases (one, or one for each variant) of a directory.
///
/// # Errors
/// The errors of the files, in the order of the files.
///
/// # Examples
/// ```
/// use std::path::Path;
///
/// use model::parse::{CaseFiles, cases};
///
/// let case = "
/// title: A suspended workflow completes
/// why: https://example.org/issues/1
/// level: core
/// component: workflow-controller
/// steps: [{ submit: workflow.yaml }]
/// claims: [{ id: completes, eventually: { phase: completed }, within: 30s }]
/// ";
/// let workflow = "
/// kind: Workflow
/// spec:
///   entrypoint: wait
///   templates: [{ name: wait, suspend: { duration: 1s } }]
/// ";
/// let files = [("case.yaml", case), ("workflow.yaml", workflow)];
/// let files = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
/// let directory = Path::new("cases/suspend/one");
/// let read = cases(&CaseFiles { directory, id: "suspend/one", files: &files });
/// let read = read.expect("the files are a case");
/// assert_eq!(read[0].claims.claims[0].id, "completes");
/// ```
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
    let scope = known::Scope {
        claims: &ids,
        why: why.as_deref(),
        component,
        steps: &names,
        context: &context,
    };
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

/// The claims that the steps of a plan make by themselves: effects, faults, outages,
/// replacements and failovers.
fn of_plan(steps: &[crate::Step]) -> crate::Claims {
    let named = |which: fn(&StepKind) -> bool| {
        let steps = steps.iter().filter(move |step| which(&step.act));
        steps.map(|step| step.name.clone()).collect()
    };
    let outages = steps.iter().flat_map(|step| {
        let outage = |&part| crate::Outage { step: step.name.clone(), part };
        step.act.outages().iter().map(outage)
    });
    let before = std::iter::once(None).chain(steps.iter().map(Some));
    let replacements = before.zip(steps).filter_map(|(before, step)| {
        let change = step.act.replacement()?;
        let restored = before.filter(|before| before.act.restores());
        let restored = restored.map(|before| before.name.clone());
        Some(Replacement { step: step.name.clone(), change, restored })
    });
    let failovers = steps.iter().filter_map(|step| {
        let disturbance = step.act.disturbance()?;
        Some(Failover { step: step.name.clone(), disturbance })
    });
    crate::Claims {
        replacements: replacements.collect(),
        failovers: failovers.collect(),
        effects: named(StepKind::changes_workflow),
        faults: named(|act| matches!(act, StepKind::StoreFault(_))),
        outages: outages.collect(),
        ..crate::Claims::default()
    }
}
