//! Runs the plan of one case from its namespace to its last observation.

use std::path::Path;
use std::time::Duration;

use model::Plan;
use model::history::{Header, MAJOR, MINOR, Part, StepOutcome, What};
use provision::installation::Installation;
use provision::objects::ObjectError;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::act::{Stage, act};
use crate::pace;
use crate::recorder::{Observer, RecordError, Recorder};
use crate::watch::Watches;

/// Where and how a case is run.
pub struct Run<'a> {
    /// What it runs on.
    pub installation: &'a Installation,
    /// What tells of objects.
    pub watches: &'a Watches,
    /// Namespace to make; new.
    pub namespace: String,
    /// Directory of the case in the run directory; must be there.
    pub directory: &'a Path,
    /// Ends the case early.
    pub stop: CancellationToken,
}

/// Trouble of the harness: the case was not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The history cannot be written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The namespace could not be set up.
    #[error("set up the namespace of the case")]
    Namespace(#[from] ObjectError),
    /// Our own manifest cannot be read.
    #[error("read the manifest of a case's namespace: {0}")]
    Manifest(String),
}

/// How long after the last step the case is observed at most. Whoever judges it says sooner that
/// nothing more matters.
const OBSERVE: Duration = Duration::from_mins(2);
/// Image that case files name for the steps of workflows.
const SHELL_IMAGE: &str = "argo-conformance/shell:1";

/// Runs a plan and records its history as `history.jsonl` in the case's directory.
///
/// # Errors
/// [`DriveError`]: trouble of the harness. The history up to there stays.
pub async fn run(
    run: &Run<'_>,
    plan: &Plan,
    observer: Box<dyn Observer>,
) -> Result<(), DriveError> {
    let workflow = workflow_name(&plan.case);
    let header = header(run, plan, &workflow);
    set_up(run).await?;
    let recorder = Recorder::create(&run.directory.join("history.jsonl"), &header, observer)?;
    run.watches.add(&run.namespace, &recorder);
    let listing = tokio::spawn(list_objects(
        run.installation.store.clone(),
        format!("{}/", run.namespace),
        recorder.clone(),
    ));
    let manifest = manifest(run, plan, &workflow);
    let stage = Stage {
        installation: run.installation,
        recorder: &recorder,
        namespace: &run.namespace,
        workflow: &workflow,
        manifest: &manifest,
    };
    let reason = tokio::select! {
        reason = steps_and_observation(&stage, plan) => reason,
        () = run.stop.cancelled() => Ok("the run was stopped".to_owned()),
    };
    run.watches.remove(&run.namespace);
    listing.abort();
    recorder.record(What::Ended { reason: reason? })?;
    recorder.sync()?;
    Ok(())
}

async fn steps_and_observation(stage: &Stage<'_>, plan: &Plan) -> Result<String, RecordError> {
    for step in &plan.steps {
        let action = step.act.to_string();
        stage.recorder.record(What::StepBegun { step: step.name.clone(), action })?;
        let outcome = act(stage, &step.act).await?;
        let done = matches!(outcome, StepOutcome::Done(_));
        stage.recorder.record(What::StepEnded { step: step.name.clone(), outcome })?;
        if !done {
            break;
        }
    }
    let mut changes = stage.recorder.changes();
    let settled = changes.wait_for(|progress| progress.settled || progress.broken.is_some());
    match tokio::time::timeout(OBSERVE, settled).await {
        Ok(Ok(progress)) => match progress.broken.clone() {
            Some(broken) => Err(broken),
            None => Ok("every claim is decided".to_owned()),
        },
        Ok(Err(_)) => Ok("the history was closed".to_owned()),
        Err(_) => Ok(format!("{}s after the last step", OBSERVE.as_secs())),
    }
}

/// Records again and again what lies under the case's prefix: the store tells of no change.
async fn list_objects(store: provision::store::Store, prefix: String, recorder: Recorder) {
    loop {
        let asked = recorder.now();
        let trouble = match store.list(&prefix).await {
            Ok(objects) => {
                let (keys, etags) = objects.into_iter().unzip();
                let written = recorder.record(What::Listed { asked, keys, etags });
                written.err().map(|e| e.to_string())
            }
            Err(error) => Some(error.to_string()),
        };
        if recorder.record(What::Probed { part: Part::Store, trouble }).is_err() {
            return;
        }
        pace::pause(pace::LISTING).await;
    }
}

/// Makes the namespace and what every case has in it.
async fn set_up(run: &Run<'_>) -> Result<(), DriveError> {
    let text = include_str!("../../../manifests/case/namespace.yaml")
        .replace("${NAMESPACE}", &run.namespace)
        .replace("${RUN}", &run.installation.run)
        .replace("${STORE_USER}", &run.installation.store_address.user)
        .replace("${STORE_PASSWORD}", &run.installation.store_address.password);
    let manifests = model::parse::manifest(&text)
        .map_err(|(line, _, message)| DriveError::Manifest(format!("line {line}: {message}")))?;
    let client = &run.installation.client;
    let (namespace, rest) = manifests.split_at(1);
    provision::objects::apply_all(client, namespace).await?;
    provision::objects::apply_all(client, rest).await?;
    let account = json!({ "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": "default", "namespace": run.namespace } });
    let patience = Duration::from_mins(1);
    provision::objects::until(client, &account, "there", patience, |_| true).await?;
    Ok(())
}

/// Name of the workflow of a case: the last part of its id, without what a name cannot hold.
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
    }
}

/// The workflow as it is created: with its name, its namespace, the run's label, and the image that
/// this installation has.
fn manifest(run: &Run<'_>, plan: &Plan, workflow: &str) -> Value {
    let mut manifest = plan.workflow.clone();
    manifest["metadata"]["name"] = json!(workflow);
    manifest["metadata"]["namespace"] = json!(run.namespace);
    manifest["metadata"]["labels"]["argo-conformance/run"] = json!(run.installation.run);
    replace_image(&mut manifest, &run.installation.shell_image);
    manifest
}

fn replace_image(value: &mut Value, image: &str) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                if key == "image" && value == SHELL_IMAGE {
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
