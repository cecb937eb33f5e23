//! Runs the plan of one case from its namespace to its last observation.

use std::path::Path;

use model::Plan;
use model::claim::OBSERVED;
use model::history::{Action, EndReason, Header, MAJOR, MINOR, StepOutcome, What};
use model::image::SHELL;
use model::step::Act;
use provision::installation::Installation;
use provision::objects::{CHALLENGE, RUN};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::act::{Stage, act};
use crate::namespace::{self, NamespaceError};
use crate::recorder::{Observer, RecordError, Recorder};
use crate::requests;
use crate::watch::Watches;

/// The environment and the settings of a case.
pub struct Run<'a> {
    /// The installation.
    pub installation: &'a Installation,
    /// The watches of the installation.
    pub watches: &'a Watches,
    /// The namespace to make, or a prepared namespace that is empty.
    pub namespace: String,
    /// Directory of the case in the run directory. Must exist.
    pub directory: &'a Path,
    /// Ends the case early.
    pub stop: CancellationToken,
    /// The verifier's challenge. Namespace, workflow and history carry it.
    pub challenge: Option<String>,
}

/// Trouble of the harness. The case did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The history cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The namespace could not be set up.
    #[error("set up the namespace of the case")]
    Namespace(#[from] NamespaceError),
    /// The proxy that reports requests to the object store is gone.
    #[error(transparent)]
    Proxy(#[from] proxy::FollowError),
}

/// Runs a plan and records its history as `history.jsonl` in the case's directory. The history is
/// closed on return. A history survives a failure of the machine only after [`Recorder::sync`],
/// which waits for the disk.
///
/// # Errors
/// [`DriveError`]: trouble of the harness. The history up to the trouble stays.
pub async fn run(
    run: &Run<'_>,
    plan: &Plan,
    observer: Box<dyn Observer>,
) -> Result<Recorder, DriveError> {
    let workflow = workflow_name(&plan.case);
    let header = header(run, plan, &workflow);
    let recorder = Recorder::create(&run.directory.join("history.jsonl"), &header, observer)?;
    let driven = tokio::select! {
        biased;
        () = run.stop.cancelled() => Ok(EndReason::Stopped),
        driven = on_stage(run, plan, &workflow, &recorder) => driven,
    };
    run.watches.remove(&run.namespace);
    let (reason, driven) = match driven {
        Ok(reason) => (reason, Ok(())),
        Err(error) => (EndReason::HarnessError(chain(&error)), Err(error)),
    };
    let closed = recorder.record(What::Ended(reason));
    driven?;
    closed?;
    Ok(recorder)
}

/// Prepares the namespace, does the steps, and observes. Returns the reason for the end of the
/// history.
async fn on_stage(
    run: &Run<'_>,
    plan: &Plan,
    workflow: &str,
    recorder: &Recorder,
) -> Result<EndReason, DriveError> {
    let since =
        namespace::set_up(run.installation, &run.namespace, run.challenge.as_deref()).await?;
    run.watches.add(&run.namespace, recorder, since, &plan.expects);
    let manifest = manifest(run, plan, workflow);
    let (followed, faults) = requests::follow(run).await?;
    let stage = Stage {
        installation: run.installation,
        watches: run.watches,
        recorder,
        namespace: &run.namespace,
        workflow,
        manifest: &manifest,
        faults: faults.as_ref(),
    };
    let prefix = format!("{}/", run.namespace);
    let reason = tokio::select! {
        reason = steps_and_observation(&stage, plan) => reason?,
        broken = run.watches.listings.record(&prefix, recorder) => return Err(broken.into()),
        never = marks(&stage) => match never {},
        broken = requests::record(followed, recorder) => return Err(broken),
    };
    Ok(reason)
}

/// Requests the marks of each watch after every deadline of the observer. Never ends.
async fn marks(stage: &Stage<'_>) -> std::convert::Infallible {
    let mut last = None;
    loop {
        last = Some(stage.recorder.deadline(last).await);
        stage.watches.mark(stage.namespace);
    }
}

/// An error and its causes, with colons between them.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

async fn steps_and_observation(stage: &Stage<'_>, plan: &Plan) -> Result<EndReason, RecordError> {
    for step in &plan.steps {
        let action = Action::of(&step.act, stage.manifest);
        stage.recorder.record(What::StepBegun { step: step.name.clone(), action })?;
        let outcome = act(stage, step).await?;
        let outcome = match (outcome, &step.act) {
            (StepOutcome::Unmet(closest), Act::Await { go_on: true, .. }) => {
                StepOutcome::Done(format!("not met, and the plan goes on: {closest}"))
            }
            (outcome, _) => outcome,
        };
        let done = matches!(outcome, StepOutcome::Done(_));
        stage.recorder.record(What::StepEnded { step: step.name.clone(), outcome })?;
        if !done {
            break;
        }
    }
    match tokio::time::timeout(OBSERVED, stage.recorder.settled()).await {
        Ok(settled) => settled.map(|()| EndReason::Decided),
        Err(_) => Ok(EndReason::Observed { longest: OBSERVED.as_secs() * 1_000 }),
    }
}

/// Name of a case's workflow: the last part of the case's id, with `-` for `@`. At most 40
/// characters.
pub fn workflow_name(case: &str) -> String {
    let last = case.rsplit('/').next().unwrap_or(case);
    last.replace('@', "-").chars().take(40).collect()
}

fn header(run: &Run<'_>, plan: &Plan, workflow: &str) -> Header {
    Header {
        format: (MAJOR, MINOR),
        run: run.installation.run.clone(),
        case: plan.case.clone(),
        argo: run.installation.versions.clone(),
        namespace: run.namespace.clone(),
        workflow: workflow.to_owned(),
        started: jiff::Timestamp::now().to_string(),
        steps: plan.steps.iter().map(|s| s.name.clone()).collect(),
        controller: run.watches.controller().pod,
        requests: run.installation.proxy.is_some(),
        challenge: run.challenge.clone(),
    }
}

/// The manifest of the workflow at its creation. It has the name, the namespace, the labels of the
/// run, and the image of this installation.
fn manifest(run: &Run<'_>, plan: &Plan, workflow: &str) -> Value {
    let mut manifest = plan.workflow.clone();
    manifest["metadata"]["name"] = json!(workflow);
    manifest["metadata"]["namespace"] = json!(run.namespace);
    manifest["metadata"]["labels"][RUN] = json!(run.installation.run);
    if let Some(challenge) = &run.challenge {
        manifest["metadata"]["labels"][CHALLENGE] = json!(challenge);
    }
    replace_image(&mut manifest, &run.installation.shell_image);
    manifest
}

/// Replaces the image of case files with this image, in every `image` field.
pub fn replace_image(value: &mut Value, image: &str) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if key == "image" && value == SHELL {
                    *value = json!(image);
                } else {
                    replace_image(value, image);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|v| replace_image(v, image)),
        _ => {}
    }
}
