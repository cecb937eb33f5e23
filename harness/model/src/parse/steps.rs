//! Reads the steps of a plan, and the workflow that they submit.

use serde_json::Value;

use super::fields::{Fields, Reader};
use super::{CaseFiles, Context, fact, store};
use crate::case_trouble::CaseTrouble;
use crate::step::{Act, Right, Step};
use crate::vocabulary::{
    GO_ON, HOW, NOTHING, PARAMETER, POD_OF, RESUBMIT, RETRY, RIGHT, STEP, TROUBLES,
};
use crate::yaml::{self, Content, Node};

/// Name of the file that the plan submits.
pub(super) fn submitted(steps: &Node) -> Option<String> {
    match &file_of_submit(steps)?.content {
        Content::Text(name) => Some(name.clone()),
        _ => None,
    }
}

/// The causes of an unhealthy environment that a case expects.
pub(super) fn expects(node: &Node, r: &mut Reader) -> Vec<CaseTrouble> {
    let items = r.items("troubles", node);
    items.iter().filter_map(|item| r.one_of(item, "trouble", &TROUBLES)).collect()
}

fn file_of_submit(steps: &Node) -> Option<&Node> {
    let Content::List(items) = &steps.content else { return None };
    items.iter().find_map(|item| match &item.content {
        Content::Map(entries) => {
            entries.iter().find(|(key, _)| key.name == "submit").map(|(_, file)| file)
        }
        _ => None,
    })
}

/// The workflow that the plan submits.
pub(super) fn workflow(steps: &Node, input: &CaseFiles<'_>, r: &mut Reader) -> Option<Value> {
    if !matches!(steps.content, Content::List(_)) {
        return None;
    }
    let Some(file) = file_of_submit(steps) else {
        let hint = "begin with `- submit: workflow.yaml`".to_owned();
        r.error(steps.at, "no step submits a workflow".to_owned(), Some(hint));
        return None;
    };
    let mut documents = objects(file, input, r)?.1;
    match (documents.pop(), documents.is_empty()) {
        (Some(workflow), true) if workflow["kind"] == "Workflow" => Some(workflow),
        _ => {
            r.error(file.at, "this file is not one Workflow".to_owned(), None);
            None
        }
    }
}

/// The workflow templates among the files of the case's directory.
pub(super) fn templates(input: &CaseFiles<'_>) -> Vec<Value> {
    let texts = input.files.iter().map(|(_, text)| text);
    let documents = texts.filter_map(|text| yaml::documents(text).ok()).flatten();
    documents.filter(|object| object["kind"] == "WorkflowTemplate").collect()
}

/// Name and documents of a file of the case's directory.
fn objects(node: &Node, input: &CaseFiles<'_>, r: &mut Reader) -> Option<(String, Vec<Value>)> {
    let name = r.text(node)?;
    let Some((_, text)) = input.files.iter().find(|(file, _)| *file == name) else {
        let known: Vec<&str> = input.files.iter().map(|(file, _)| file.as_str()).collect();
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

pub(super) fn read(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    let items = r.items("steps", node);
    for item in items {
        let Some(step) = step(item, &steps, context, r) else { continue };
        if steps.iter().any(|s| s.name == step.name) {
            let hint = "give one of them a name: `as: …`".to_owned();
            r.error(item.at, format!("two steps are called `{}`", step.name), Some(hint));
        }
        let submitted = steps.iter().any(|s| s.act.submits());
        match (&step.act, submitted) {
            (Act::Submit { .. }, true) => {
                r.error(item.at, "`submit` must come only once".to_owned(), None);
            }
            (
                Act::Submit { .. } | Act::Apply { .. } | Act::Await { .. } | Act::StoreFault(_),
                false,
            )
            | (_, true) => {}
            (other, false) => {
                let message = format!("`{}` must come after `submit`", other.verb());
                let hint = "before it there can be `apply`, `await` and `store-fault`".to_owned();
                r.error(item.at, message, Some(hint));
            }
        }
        steps.push(step);
    }
    (steps.len() == items.len()).then_some(steps)
}

fn step(node: &Node, before: &[Step], context: &Context<'_, '_>, r: &mut Reader) -> Option<Step> {
    let mut f = Fields::of(&STEP, node, r)?;
    let name = f.optional("as").map(|n| r.name(n));
    let Some((verb, value)) = f.one(r) else {
        f.nothing_found(r);
        return None;
    };
    let act = match verb {
        "await" => waiting(value, &mut f, before, context, r),
        other => plain(other, value, context, r),
    };
    f.finish(r);
    let name = name.map_or(Some(verb.to_owned()), |given| given)?;
    Some(Step { name, act: act? })
}

fn waiting(
    value: &Node,
    f: &mut Fields<'_>,
    before: &[Step],
    context: &Context<'_, '_>,
    r: &mut Reader,
) -> Option<Act> {
    let names: Vec<String> = before.iter().map(|s| s.name.clone()).collect();
    let fact = fact::read(value, &names, context, r);
    let patience = f.required("patience", r).and_then(|n| r.duration(n));
    let held = f.optional("for").map(|n| r.duration(n));
    let held = held.map_or(Some(None), |t| t.map(Some))?;
    let touching = f.optional("touching").map(|n| r.duration(n));
    let touching = touching.map_or(Some(None), |t| t.map(Some))?;
    let otherwise = f.optional("otherwise");
    let go_on = otherwise.map(|n| r.one_of(n, "end of a wait", &GO_ON));
    let go_on = go_on.unwrap_or(Some(false))?;
    Some(Act::Await { fact: fact?, held, patience: patience?, touching, go_on })
}

fn plain(verb: &str, value: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Act> {
    let bare = match verb {
        "submit" => return r.text(value).map(|_| Act::Submit { workflow: () }),
        "grant" => return right(value, r).map(Act::Grant),
        "revoke" => return right(value, r).map(Act::Revoke),
        "retry" => return retry(value, context, r),
        "resubmit" => return resubmit(value, r),
        "store-fault" => return store::fault(value, r).map(Act::StoreFault),
        "delete-pod" => return pod(value, context, r).map(|node| Act::DeletePod { node }),
        "lose-pod" => return pod(value, context, r).map(|node| Act::LosePod { node }),
        "apply" => {
            let (file, objects) = objects(value, context.input, r)?;
            return Some(Act::Apply { objects, file });
        }
        "stop" => Act::Stop,
        "terminate" => Act::Terminate,
        "suspend" => Act::Suspend,
        "resume" => Act::Resume,
        "restart-controller" => Act::RestartController,
        _ => Act::Delete,
    };
    Fields::of(&NOTHING, value, r)?.finish(r).then_some(bare)
}

fn retry(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Act> {
    let mut f = Fields::of(&RETRY, node, r)?;
    let given = f.optional("parameters").map(|n| r.items("parameters", n)).unwrap_or_default();
    f.finish(r);
    let parameters: Vec<_> = given.iter().filter_map(|item| parameter(item, context, r)).collect();
    (parameters.len() == given.len()).then_some(Act::Retry { parameters })
}

fn resubmit(node: &Node, r: &mut Reader) -> Option<Act> {
    let mut f = Fields::of(&RESUBMIT, node, r)?;
    let memoized = f.optional("how").map_or(Some(false), |n| r.one_of(n, "resubmission", &HOW));
    f.finish(r);
    Some(Act::Resubmit { memoized: memoized? })
}

/// Name and value.
fn parameter(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<(String, String)> {
    let mut f = Fields::of(&PARAMETER, node, r)?;
    let name = f.required("name", r).and_then(|n| Some((r.text(n)?, n.at)));
    let value = f.required("value", r).and_then(|n| r.text(n));
    f.finish(r);
    let (name, at) = name?;
    context.check_parameter(&name, at, r);
    Some((name, value?))
}

fn right(node: &Node, r: &mut Reader) -> Option<Right> {
    let mut f = Fields::of(&RIGHT, node, r)?;
    let verb = f.required("verb", r).and_then(|n| r.text(n));
    let resource = f.required("resource", r).and_then(|n| r.text(n));
    f.finish(r);
    Some(Right { verb: verb?, resource: resource? })
}

/// The node whose pod is meant.
fn pod(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<String> {
    let mut f = Fields::of(&POD_OF, node, r)?;
    let name = f.required("node", r).and_then(|n| Some((r.text(n)?, n.at)));
    f.finish(r);
    let (node, at) = name?;
    context.check_one_node(&node, at, r);
    Some(node)
}
