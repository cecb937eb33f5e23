//! The comparison of a history with the plan of the verifier's own case.

use anyhow::Context;
use model::history::Action;
use model::labels::CHALLENGE;
use model::{Case, Plan, PodSettings};
use serde_json::{Value, json};

use crate::recorded_plan::RecordedPlan;

/// Refuses a history of other steps, or of another workflow, than those of the case. The workflow
/// has these settings for its pods.
pub(super) fn is_of_case(
    shown: &RecordedPlan,
    case: &Case,
    pods: &PodSettings,
) -> anyhow::Result<()> {
    let header = &shown.header;
    let controller = header.argo.controller.parse().ok();
    let mut plan = case.plan_on(header.argo.earliest_controller().as_ref());
    pods.apply(&mut plan.workflow, controller.as_ref());
    if case.restores() {
        model::stored::move_to(&mut plan.workflow, &header.namespace);
    }
    let names: Vec<&str> = plan.steps.iter().map(|step| step.name.as_str()).collect();
    anyhow::ensure!(
        header.steps == names,
        "the header of the history has other steps than the case"
    );
    let name = model::case::workflow_name(&case.id);
    anyhow::ensure!(header.workflow == name, "the workflow has the name {}", header.workflow);
    let mut image = None;
    steps(shown, &plan, &mut image)?;
    workflow(shown, &plan, &mut image)
}

/// The steps that were begun are the first ones of the plan.
fn steps(shown: &RecordedPlan, plan: &Plan, image: &mut Option<Value>) -> anyhow::Result<()> {
    anyhow::ensure!(
        shown.begun.len() <= plan.steps.len(),
        "the history has more steps than the case"
    );
    for ((name, action), step) in shown.begun.iter().zip(&plan.steps) {
        let (wanted, said) = (&step.name, Action::of(&step.act, &plan.workflow));
        let both = || {
            format!(
                "step {name} of the history does `{action}`, and step {wanted} of the case does \
                 `{said}`"
            )
        };
        anyhow::ensure!(*name == *wanted, both());
        match (action, &said) {
            (Action::Submit { workflow }, Action::Submit { .. })
            | (Action::Restore { workflow }, Action::Restore { .. }) => {
                created(workflow, plan, image).with_context(both)?;
            }
            (_, _) => anyhow::ensure!(*action == said, "{}: the parameters differ", both()),
        }
    }
    Ok(())
}

/// The workflow that a step creates has what the plan's has, and its spec has nothing else.
fn created(workflow: &Value, plan: &Plan, image: &mut Option<Value>) -> anyhow::Result<()> {
    has(workflow, &plan.workflow, image).context("the workflow differs")?;
    let mut wanted = plan.workflow["spec"].clone();
    if let Some(image) = image.as_ref().and_then(Value::as_str) {
        model::image::replace_image(&mut wanted, image);
    }
    anyhow::ensure!(workflow["spec"] == wanted, "the spec of the workflow has more fields");
    Ok(())
}

/// The workflow is the plan's in every state that was seen.
fn workflow(shown: &RecordedPlan, plan: &Plan, image: &mut Option<Value>) -> anyhow::Result<()> {
    let submit = plan.steps.iter().find(|step| step.act.submits());
    let submitted = submit.is_some_and(|step| shown.done.contains(&step.name));
    let Some((first, later)) = shown.workflows.split_first() else {
        anyhow::ensure!(
            !submitted,
            "the submitted workflow is not in the history, because the history is trimmed"
        );
        return Ok(());
    };
    let wanted = &plan.workflow;
    for part in ["labels", "annotations", "generateName"] {
        let (of, wanted) = (&first["metadata"][part], &wanted["metadata"][part]);
        has(of, wanted, image).with_context(|| not_the_cases(&format!("metadata.{part}")))?;
    }
    has(&first["spec"], &wanted["spec"], image).with_context(|| not_the_cases("spec"))?;
    if let Some(challenge) = &shown.header.challenge {
        let label = &first["metadata"]["labels"][CHALLENGE];
        anyhow::ensure!(label == challenge, "the workflow does not carry the challenge");
    }
    for state in later {
        // Verbs change arguments and what shuts down or suspends; nothing changes these.
        for part in ["entrypoint", "onExit", "templates", "templateDefaults", "hooks"] {
            has(&state["spec"][part], &wanted["spec"][part], image)
                .with_context(|| not_the_cases(&format!("spec.{part}, later on,")))?;
        }
    }
    Ok(())
}

fn not_the_cases(part: &str) -> String {
    format!("the {part} of the workflow differs from that of the case")
}

/// Whether a value has everything that is wanted: the API server may add fields. The image of the
/// case's own steps is another one on each installation, but one in all of a history.
fn has(value: &Value, wanted: &Value, image: &mut Option<Value>) -> anyhow::Result<()> {
    match (value, wanted) {
        (_, Value::Null) => {}
        (Value::Object(fields), Value::Object(wanted)) => {
            for (name, wanted) in wanted {
                let value = fields.get(name).unwrap_or(&Value::Null);
                if name == "image" && *wanted == json!(model::image::SHELL) {
                    let one = image.get_or_insert_with(|| value.clone());
                    anyhow::ensure!(value.is_string() && one == value, "image: {value}");
                } else {
                    has(value, wanted, image).with_context(|| name.clone())?;
                }
            }
        }
        (Value::Array(items), Value::Array(wanted)) => {
            let (found, expected) = (items.len(), wanted.len());
            anyhow::ensure!(found == expected, "{found} items, not {expected}");
            for (index, (item, wanted)) in items.iter().zip(wanted).enumerate() {
                has(item, wanted, image).with_context(|| index.to_string())?;
            }
        }
        (Value::Number(one), Value::Number(other)) if one.as_f64() == other.as_f64() => {}
        (value, wanted) => {
            anyhow::ensure!(value == wanted, "{}, not {wanted}", short(value));
        }
    }
    Ok(())
}

/// The beginning of a value, for a message.
fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text,
    }
}
