//! Runs the plan of one case from its namespace to its last observation.

use std::path::Path;

use model::case::workflow_name;
use model::claim::OBSERVED;
use model::hints::chain;
use model::history::{Action, EndReason, EventKind, Header, MAJOR, MINOR, Part, StepOutcome};
use model::image::replace_image;
use model::step::StepKind;
use model::{Plan, PodSettings};
use provision::installation::Installation;
use provision::objects::{CHALLENGE, RUN};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::act::{Present, StepContext, act};
use crate::error::DriveError;
use crate::instance;
use crate::joint::Participant;
use crate::namespace;
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
    /// Settings for the pods of the case, written into each object that makes workflows.
    pub pods: PodSettings,
    /// The case among those that share the replacements of the installation.
    pub participant: &'a Participant,
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
    run.participant.leave();
    run.watches.remove(&run.namespace);
    let (reason, driven) = match driven {
        Ok(reason) => (reason, Ok(())),
        Err(error) => (EndReason::HarnessError(chain(&error)), Err(error)),
    };
    let closed = recorder.record(EventKind::Ended(reason));
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
    let (followed, faults) =
        requests::follow(run.installation.proxy.as_deref(), &run.namespace).await?;
    let present = Present::first(run.installation);
    let context = StepContext {
        present: &present,
        participant: run.participant,
        installation: run.installation,
        watches: run.watches,
        recorder,
        namespace: &run.namespace,
        workflow,
        manifest: &manifest,
        pods: &run.pods,
        faults: faults.as_ref(),
    };
    let prefix = format!("{}/", run.namespace);
    let own = || run.watches.case_trouble(&run.namespace, Part::Store);
    let reason = tokio::select! {
        reason = steps_and_observation(&context, plan) => reason?,
        broken = run.watches.listings.record(&prefix, recorder, own) => return Err(broken.into()),
        never = marks(&context) => match never {},
        broken = requests::record(followed, recorder) => return Err(broken),
    };
    Ok(reason)
}

/// Requests the marks of each watch after every deadline of the observer. Never ends.
async fn marks(context: &StepContext<'_>) -> std::convert::Infallible {
    let mut last = None;
    loop {
        last = Some(context.recorder.deadline(last).await);
        context.watches.mark(context.namespace);
    }
}

async fn steps_and_observation(
    context: &StepContext<'_>,
    plan: &Plan,
) -> Result<EndReason, RecordError> {
    for step in &plan.steps {
        if step.act.replacement().is_some() || step.act.restores() {
            context.participant.arrive().await;
        }
        let action = Action::of(&step.act, context.manifest);
        context.recorder.record(EventKind::StepBegun { step: step.name.clone(), action })?;
        let outcome = act(context, step).await?;
        let outcome = match (outcome, &step.act) {
            (StepOutcome::Unmet(closest), StepKind::Await { go_on: true, .. }) => {
                StepOutcome::Done(format!("not met, and the plan goes on: {closest}"))
            }
            (outcome, _) => outcome,
        };
        let done = matches!(outcome, StepOutcome::Done(_));
        context.recorder.record(EventKind::StepEnded { step: step.name.clone(), outcome })?;
        if !done {
            break;
        }
    }
    match tokio::time::timeout(OBSERVED, context.recorder.settled()).await {
        Ok(settled) => settled.map(|()| EndReason::Decided),
        Err(_) => Ok(EndReason::Observed { longest: OBSERVED.as_secs() * 1_000 }),
    }
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
        controller: run.watches.controller().present().map(|replica| replica.pod.clone()),
        requests: run.installation.proxy.is_some(),
        challenge: run.challenge.clone(),
    }
}

/// The manifest of the workflow at its creation. It has the name, the namespace and the labels of
/// the run. It has the settings for its pods and the image of this installation.
fn manifest(run: &Run<'_>, plan: &Plan, workflow: &str) -> Value {
    let mut manifest = plan.workflow.clone();
    if plan.steps.iter().any(|step| step.act.restores()) {
        model::stored::move_to(&mut manifest, &run.namespace);
    }
    manifest["metadata"]["name"] = json!(workflow);
    manifest["metadata"]["namespace"] = json!(run.namespace);
    manifest["metadata"]["labels"][RUN] = json!(run.installation.run);
    instance::mark(run.installation, &mut manifest);
    if let Some(challenge) = &run.challenge {
        manifest["metadata"]["labels"][CHALLENGE] = json!(challenge);
    }
    let controller = run.installation.versions.controller.parse().ok();
    run.pods.apply(&mut manifest, controller.as_ref());
    replace_image(&mut manifest, &run.installation.shell_image);
    manifest
}
