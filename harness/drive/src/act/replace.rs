//! Replaces the installation of a run with the other one of its pair.

use std::collections::BTreeSet;

use futures::FutureExt;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use model::argo_api::controller_lease;
use model::controller::has_ended;
use model::hints::chain;
use model::history::{ControllerPod, Controllers, EventKind, StepOutcome};
use model::step::Change;
use provision::argo::pair::{Member, rolled_out};
use provision::installation::Installation;
use serde_json::Value;
use tokio::time::Instant;

use super::context::{Present, StepContext};
use super::controller::succeeded;
use super::outcome::{as_unknown, outcome_of};
use crate::budgets;
use crate::joint::{Answer, ShownControllers};
use crate::recorder::RecordError;
use crate::watch::Watches;

/// Installs the other Argo of the pair, once for all participants. Done when only its controllers
/// exist and one of them has taken up a workflow. The history has the controllers before and after.
pub(super) async fn replace(
    context: &StepContext<'_>,
    change: Change,
) -> Result<StepOutcome, RecordError> {
    let Some(pair) = &context.installation.pair else {
        return Ok(StepOutcome::Refused("the run has no second installation".to_owned()));
    };
    let (from, to) = match change {
        Change::Upgrade => (&pair.first, &pair.second),
        Change::Rollback => (&pair.second, &pair.first),
    };
    let present = context.present().versions;
    if present != from.versions {
        let (is, must) = (present.title(), from.versions.title());
        return Ok(StepOutcome::Refused(format!("Argo {is} runs, and not {must}")));
    }
    context.participant.arrive().await;
    let (installation, watches) = (context.installation.clone(), context.watches.clone());
    let listed = context.participant.share(|| async move { list(&installation).await }.boxed());
    let before = match listed.await {
        Ok(before) => before,
        Err(outcome) => return Ok(outcome),
    };
    let uids = before.pods.iter().map(|pod| pod.uid.clone()).collect();
    record(context, before)?;
    let (installation, to) = (context.installation.clone(), to.clone());
    let (argo, versions) = (to.argo.clone(), to.versions.clone());
    let installed = context
        .participant
        .share(|| async move { install(&installation, &watches, &to, &uids).await }.boxed());
    match installed.await {
        Ok(after) => {
            context.set_present(Present { argo, versions });
            Ok(StepOutcome::Done(record(context, after)?))
        }
        Err(outcome) => Ok(outcome),
    }
}

/// Records the controllers of a moment, and describes them.
pub(super) fn record(
    context: &StepContext<'_>,
    shown: ShownControllers,
) -> Result<String, RecordError> {
    let shown = in_history(context, shown);
    let said = shown.to_string();
    context.recorder.record(EventKind::Controllers(shown))?;
    Ok(said)
}

/// Applies the manifests, and waits until no controller of before exists. Returns the controllers
/// of afterwards.
async fn install(
    installation: &Installation,
    watches: &Watches,
    to: &Member,
    before: &BTreeSet<String>,
) -> Answer {
    let (client, patience) = (&installation.client, budgets::REPLACEMENT.time);
    let unknown = StepOutcome::Unknown;
    to.apply(client, patience).await.map_err(|error| unknown(chain(&error)))?;
    rolled_out(client, patience).await.map_err(|error| unknown(chain(&error)))?;
    succeeded(installation, watches, before).await.map_err(unknown)?;
    list(installation).await.map_err(as_unknown)
}

/// The controllers that the API server shows now, in the history's form.
pub(super) async fn controllers(context: &StepContext<'_>) -> Result<Controllers, StepOutcome> {
    list(context.installation).await.map(|shown| in_history(context, shown))
}

fn in_history(context: &StepContext<'_>, shown: ShownControllers) -> Controllers {
    let ShownControllers { asked_at, pods, leader } = shown;
    let asked_at = context.recorder.at(asked_at);
    Controllers { asked_at, argo: context.present().versions, pods, leader }
}

/// The controllers that the API server shows now, and the holder of their Lease.
pub(super) async fn list(installation: &Installation) -> Answer {
    let asked_at = Instant::now();
    let (client, namespace) = (&installation.client, &installation.argo_namespace);
    let pods: Api<DynamicObject> =
        Api::namespaced_with(client.clone(), namespace, &ApiResource::erase::<Pod>(&()));
    let leases: Api<Lease> = Api::namespaced(client.clone(), namespace);
    let found = pods.list(&ListParams::default()).await.map_err(|error| outcome_of(&error))?.items;
    let lease =
        leases.get_opt(&controller_lease(None)).await.map_err(|error| outcome_of(&error))?;
    let leader = lease.and_then(|lease| lease.spec?.holder_identity);
    let mut pods: Vec<ControllerPod> =
        found.iter().filter_map(|pod| controller_pod(installation, pod)).collect();
    pods.sort_by(|one, other| one.uid.cmp(&other.uid));
    let leader = leader.filter(|holder| !holder.is_empty());
    Ok(ShownControllers { asked_at, pods, leader })
}

/// The restarts of a container of a pod.
fn restarts(pod: &Value, container: &Value) -> Option<i64> {
    let statuses = pod["status"]["containerStatuses"].as_array()?;
    statuses.iter().find(|status| status["name"] == *container)?["restartCount"].as_i64()
}

/// A pod of the controller that has not ended. A pod that is being deleted still exists.
fn controller_pod(installation: &Installation, pod: &DynamicObject) -> Option<ControllerPod> {
    let pod = serde_json::to_value(pod).ok()?;
    if has_ended(&pod) {
        return None;
    }
    let container = installation.controller_selector.container(&pod)?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let args: Vec<&str> =
        container["args"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let named = args.iter().position(|arg| *arg == "--executor-image");
    Some(ControllerPod {
        uid: text(&pod["metadata"]["uid"]).unwrap_or_default(),
        name: text(&pod["metadata"]["name"]).unwrap_or_default(),
        image: text(&container["image"]).unwrap_or_default(),
        restarts: restarts(&pod, &container["name"]),
        executor: named.and_then(|at| args.get(at + 1)).map(|image| (*image).to_owned()),
    })
}
