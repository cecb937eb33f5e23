//! Reads the steps of a plan, and the workflow that they submit.

use serde_json::Value;

use super::context::{CaseFiles, Context};
use super::fields::Reader;
use crate::case_trouble::CaseTrouble;
use crate::step::table::read_step;
use crate::step::{Step, StepKind};
use crate::vocabulary::TROUBLES;
use crate::yaml::{self, Content, Node};

/// The words of steps that create the workflow of a case.
const CREATE: [&str; 2] = ["submit", "restore"];

/// Name of the file that the plan submits or restores.
pub(super) fn submitted(steps: &Node) -> Option<String> {
    file_of_submit(steps)?.content.text().map(str::to_owned)
}

/// The causes of an unhealthy environment that a case expects.
pub(super) fn expects(node: &Node, r: &mut Reader) -> Vec<CaseTrouble> {
    let items = r.items("troubles", node);
    items.iter().filter_map(|item| r.one_of(item, "trouble", &TROUBLES)).collect()
}

fn file_of_submit(steps: &Node) -> Option<&Node> {
    let Content::List(items) = &steps.content else { return None };
    items.iter().find_map(|item| {
        let Content::Map(entries) = &item.content else { return None };
        entries.iter().find(|(key, _)| CREATE.contains(&key.name.as_str())).map(|(_, file)| file)
    })
}

/// The workflow that the plan submits or restores.
pub(super) fn workflow(steps: &Node, input: &CaseFiles<'_>, r: &mut Reader) -> Option<Value> {
    if !matches!(steps.content, Content::List(_)) {
        return None;
    }
    let Some(file) = file_of_submit(steps) else {
        let hint = "begin with `- submit: workflow.yaml`".to_owned();
        r.error(steps.at, "no step submits a workflow".to_owned(), Some(hint));
        return None;
    };
    let mut documents = input.objects(file, r)?.1;
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

pub(super) fn read(node: &Node, context: &Context<'_, '_>, r: &mut Reader) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    let items = r.items("steps", node);
    for item in items {
        let names: Vec<String> = steps.iter().map(|step| step.name.clone()).collect();
        let Some(step) = read_step(item, &names, context, r) else { continue };
        if steps.iter().any(|s| s.name == step.name) {
            let hint = "give one of them a name: `as: …`".to_owned();
            r.error(item.at, format!("two steps are called `{}`", step.name), Some(hint));
        }
        let submitted = steps.iter().any(|s| s.act.submits());
        match (&step.act, submitted) {
            (StepKind::Submit { .. } | StepKind::Restore { .. }, true) => {
                let message = format!("`{}` must come only once", step.act.verb());
                r.error(item.at, message, None);
            }
            (
                StepKind::Submit { .. }
                | StepKind::Restore { .. }
                | StepKind::Apply { .. }
                | StepKind::Await { .. }
                | StepKind::StoreFault(_),
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
    let mut nexts = steps.iter().skip(1).map(|next| &next.act);
    for (step, item) in steps.iter().zip(items) {
        let next = nexts.next();
        if step.act.restores() && next != Some(&StepKind::Upgrade) {
            let message = "`upgrade` must follow `restore`".to_owned();
            let hint = "no controller exists after `restore`: write `- upgrade: {}`".to_owned();
            r.error(item.at, message, Some(hint));
        }
    }
    (steps.len() == items.len()).then_some(steps)
}
