//! Takes the lead from the workflow controller that leads, and waits for its successor.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use model::argo_api::controller_lease;
use model::hints::chain;
use model::history::{ControllerPod, Controllers, EventKind, Part, StepOutcome};
use model::step::Disturbance;
use provision::argo::controller_ready;
use provision::argo::pair::rolled_out;
use provision::objects;
use sandbox::frozen::Frozen;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::context::StepContext;
use super::controller::GRACE;
use super::outcome::{as_unknown, outcome_of};
use super::replace::controllers;
use crate::budgets;
use crate::pauses;
use crate::recorder::RecordError;

/// Holder of a Lease that no controller holds.
const NOBODY: &str = "argo-conformance";
/// Seconds after which a controller may take a Lease, as Argo writes them.
const LEASE: i32 = 15;

/// The leader before a failover.
struct Leader {
    pod: ControllerPod,
    /// Number of all controllers.
    among: usize,
}

/// Disturbs the leader. Done when another process leads and has taken up a workflow, and the
/// process of the old leader has ended. The history has the controllers before, meanwhile and
/// after.
pub(super) async fn fail_over(
    context: &StepContext<'_>,
    disturbance: Disturbance,
) -> Result<StepOutcome, RecordError> {
    let before = match controllers(context).await {
        Ok(before) => before,
        Err(outcome) => return Ok(outcome),
    };
    let leader = match Leader::of(&before) {
        Ok(leader) => leader,
        Err(why) => return Ok(StepOutcome::Refused(why)),
    };
    context.recorder.record(EventKind::Controllers(before))?;
    let disturbed = match disturbance {
        Disturbance::Kill => kill(context, &leader).await?,
        Disturbance::LoseLease => lose_lease(context, &leader).await?,
        Disturbance::Freeze(time) => freeze(context, &leader, time).await?,
        Disturbance::Scale(_) => Err(StepOutcome::Refused("it disturbs no leader".to_owned())),
    };
    if let Err(outcome) = disturbed {
        return Ok(outcome);
    }
    if let Err(why) = settled(context, &leader).await {
        return Ok(StepOutcome::Unknown(why));
    }
    match controllers(context).await {
        Ok(after) => {
            let said = after.to_string();
            context.recorder.record(EventKind::Controllers(after))?;
            Ok(StepOutcome::Done(said))
        }
        Err(outcome) => Ok(as_unknown(outcome)),
    }
}

impl Leader {
    fn of(before: &Controllers) -> Result<Self, String> {
        let among = before.pods.len();
        let holder = before.leader.as_deref().unwrap_or("nobody");
        let pod = before.pods.iter().find(|pod| pod.name == holder);
        match (pod, among) {
            (_, 0 | 1) => Err(format!("controllers: {among}, and a failover needs two")),
            (None, _) => Err(format!("no controller holds the Lease, but {holder}")),
            (Some(pod), _) => Ok(Self { pod: pod.clone(), among }),
        }
    }
}

/// The success of a disturbance, or the outcome of the step.
type Disturbed = Result<Result<(), StepOutcome>, RecordError>;

/// Deletes the leader's pod, and waits until another pod leads.
async fn kill(context: &StepContext<'_>, leader: &Leader) -> Disturbed {
    let installation = context.installation;
    let pods: Api<Pod> = Api::namespaced(installation.client.clone(), &installation.argo_namespace);
    let grace = DeleteParams::default().grace_period(GRACE);
    if let Err(error) = pods.delete(&leader.pod.name, &grace).await {
        return Ok(Err(outcome_of(&error)));
    }
    Ok(led_by_another(context, leader).await.map_err(StepOutcome::Unknown))
}

/// Gives the Lease to nobody. The leader cannot renew the Lease, and no other controller may take
/// the Lease before its end.
async fn lose_lease(context: &StepContext<'_>, leader: &Leader) -> Disturbed {
    let installation = context.installation;
    let leases: Api<Lease> =
        Api::namespaced(installation.client.clone(), &installation.argo_namespace);
    let now = MicroTime(jiff::Timestamp::now());
    let spec = LeaseSpec {
        holder_identity: Some(NOBODY.to_owned()),
        lease_duration_seconds: Some(LEASE),
        acquire_time: Some(now.clone()),
        renew_time: Some(now),
        ..LeaseSpec::default()
    };
    let patch = Patch::Merge(json!({ "spec": spec }));
    let name = controller_lease(installation.instance_id());
    if let Err(error) = leases.patch(&name, &PatchParams::default(), &patch).await {
        return Ok(Err(outcome_of(&error)));
    }
    if let Err(outcome) = show(context).await? {
        return Ok(Err(outcome));
    }
    let ended = async {
        led(context, |holder| holder != NOBODY && !holder.is_empty()).await?;
        process_ended(context, leader).await
    };
    Ok(ended.await.map_err(StepOutcome::Unknown))
}

/// Stops the processes of the leader for a time. Another pod must lead meanwhile.
async fn freeze(context: &StepContext<'_>, leader: &Leader, time: Duration) -> Disturbed {
    let Some(cgroup) = &context.installation.cgroup else {
        let why = "the processes of the pods run where the harness cannot stop them";
        return Ok(Err(StepOutcome::Refused(why.to_owned())));
    };
    let frozen = match Frozen::pod(cgroup, &leader.pod.uid) {
        Ok(frozen) => frozen,
        Err(error) => return Ok(Err(StepOutcome::Refused(error.to_string()))),
    };
    let thaw = Instant::now() + time;
    let taken = tokio::time::timeout_at(thaw, taken_over(context, leader)).await;
    match taken {
        Ok(Ok(())) => {}
        Ok(Err(why)) => return Ok(Err(StepOutcome::Unknown(why))),
        Err(_) => {
            let why = format!("no other controller led within {}s", time.as_secs_f64());
            return Ok(Err(StepOutcome::Unknown(why)));
        }
    }
    if let Err(outcome) = show(context).await? {
        return Ok(Err(outcome));
    }
    pauses::until(thaw).await;
    frozen.thaw();
    Ok(process_ended(context, leader).await.map_err(StepOutcome::Unknown))
}

/// Waits until another pod leads and has taken up a workflow.
async fn taken_over(context: &StepContext<'_>, leader: &Leader) -> Result<(), String> {
    led_by_another(context, leader).await?;
    ready(context).await
}

async fn led_by_another(context: &StepContext<'_>, leader: &Leader) -> Result<(), String> {
    led(context, |holder| !holder.is_empty() && holder != leader.pod.name).await
}

/// Records the controllers of the moment.
async fn show(context: &StepContext<'_>) -> Disturbed {
    match controllers(context).await {
        Ok(meanwhile) => {
            context.recorder.record(EventKind::Controllers(meanwhile))?;
            Ok(Ok(()))
        }
        Err(outcome) => Ok(Err(as_unknown(outcome))),
    }
}

/// Waits for such a holder of the Lease. The probes follow this holder.
async fn led(context: &StepContext<'_>, by: impl Fn(&str) -> bool) -> Result<(), String> {
    let installation = context.installation;
    let lease = json!({
        "apiVersion": "coordination.k8s.io/v1",
        "kind": "Lease",
        "metadata": { "name": controller_lease(installation.instance_id()),
            "namespace": installation.argo_namespace },
    });
    let holder =
        |lease: &Value| lease["spec"]["holderIdentity"].as_str().unwrap_or_default().to_owned();
    let is_held = |lease: &Value| by(&holder(lease));
    let patience = budgets::FAILOVER.time;
    let found = objects::until(&installation.client, &lease, "held anew", patience, is_held).await;
    let holder = holder(&found.map_err(|error| chain(&error))?);
    context.watches.follow_leader(&holder);
    Ok(())
}

/// Waits until the process of the old leader has ended: its pod is gone, or its container has
/// restarted.
async fn process_ended(context: &StepContext<'_>, leader: &Leader) -> Result<(), String> {
    let mut changes = context.watches.controller_changes();
    let (uid, before) = (&leader.pod.uid, leader.pod.restarts);
    let ended = changes.wait_for(|now| {
        let restarts = now.replica(uid).map(|replica| Some(replica.pod.restarts));
        restarts.is_none_or(|restarts| restarts > before)
    });
    ended.await.map(drop).map_err(|_| "the watch of the workflow controller has ended".to_owned())
}

/// Waits until the leader has taken up a workflow.
async fn ready(context: &StepContext<'_>) -> Result<(), String> {
    let installation = context.installation;
    let ready = controller_ready::wait(&installation.client, &installation.run, budgets::STEP.time);
    ready.await.map_err(|error| chain(&error))
}

/// Waits until the Deployment has its replicas and the leader has taken up a workflow. The present
/// controllers are then those that must stay.
async fn settled(context: &StepContext<'_>, leader: &Leader) -> Result<(), String> {
    let client = &context.installation.client;
    rolled_out(client, budgets::FAILOVER.time).await.map_err(|error| chain(&error))?;
    let mut changes = context.watches.controller_changes();
    let whole = |now: &crate::watch::Controller| {
        now.live().filter(|replica| replica.ready).count() == leader.among
            && now.present().is_some_and(|leading| leading.ready)
    };
    let seen = changes.wait_for(whole).await.map(drop);
    seen.map_err(|_| "the watch of the workflow controller has ended".to_owned())?;
    ready(context).await?;
    context.watches.expect_controller();
    context.watches.record_health(Part::Controller, None);
    Ok(())
}
