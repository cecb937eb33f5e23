//! Restarts the workflow controller, and waits for its successor.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, DeleteParams};
use model::history::{Part, StepOutcome};
use provision::argo::controller_ready;
use provision::installation::Installation;

use super::context::StepContext;
use super::outcome::outcome_of;
use crate::budgets;
use crate::watch::{Controller, Replica, Watches};

/// Seconds in which the old controller must end. Its successor starts at once, and two controllers
/// side by side would be another fault.
pub(super) const GRACE: u32 = 1;

/// Deletes the controller's pod. Done when another controller has taken up a workflow. The new pod
/// is then the one that must stay.
pub(super) async fn restart(context: &StepContext<'_>) -> StepOutcome {
    let installation = context.installation;
    let pods: Api<Pod> = Api::namespaced(installation.client.clone(), &installation.argo_namespace);
    let now = context.watches.controller();
    let before = match now.live().collect::<Vec<&Replica>>().as_slice() {
        [] => return StepOutcome::Refused("there is no workflow controller".to_owned()),
        [only] => (*only).clone(),
        several => {
            let names: Vec<&str> = several.iter().map(|replica| replica.name.as_str()).collect();
            let why = format!("there is not one pod of the workflow controller: {names:?}");
            return StepOutcome::Refused(why);
        }
    };
    let grace = DeleteParams::default().grace_period(GRACE);
    if let Err(error) = pods.delete(&before.name, &grace).await {
        return outcome_of(&error);
    }
    let before = BTreeSet::from([before.pod.uid]);
    match succeeded(installation, context.watches, &before).await {
        Ok(uid) => StepOutcome::Done(uid),
        Err(why) => StepOutcome::Unknown(why),
    }
}

/// Waits until none of the controllers of before exists and another one has taken up a workflow.
/// The new pod is then the one that must stay. Returns its uid, or the reason why there is none.
pub(super) async fn succeeded(
    installation: &Installation,
    watches: &Watches,
    before: &BTreeSet<String>,
) -> Result<String, String> {
    let mut changes = watches.controller_changes();
    let is_new = |now: &Controller| {
        let other = now.present().is_some_and(|new| new.ready && !before.contains(&new.pod.uid));
        other && before.iter().all(|uid| now.replica(uid).is_none())
    };
    let Ok(new) = changes.wait_for(is_new).await.map(|now| now.present().cloned()) else {
        return Err("the watch of the workflow controller has ended".to_owned());
    };
    controller_ready::wait(&installation.client, &installation.run, budgets::STEP.time)
        .await
        .map_err(|error| error.to_string())?;
    watches.expect_controller();
    watches.record_health(Part::Controller, None);
    Ok(new.map(|replica| replica.pod.uid).unwrap_or_default())
}
