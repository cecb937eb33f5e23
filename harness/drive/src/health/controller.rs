//! The health of the workflow controller: its pod is up, is the expected one, and gives a sign.
//!
//! A sign is an answer on the health port. The Lease of the leader is a sign too, at each renewal.
//! A ready pod alone is none: the pod of a controller that hangs stays ready for minutes.

use kube::Client;
use model::history::{self, Part};
use provision::existing::OptionalRight;

use super::lease::LeaseWatch;
use super::probe::{Answer, api_trouble, http_get};
use super::settings::SettingsWatch;
use crate::answer::{in_time, words};
use crate::budgets;
use crate::pauses;
use crate::watch::{Controller, Replica, Watches};

/// Port of the controller's health endpoint, on every release line from 3.4 to 4.1.
const PORT: u16 = 6060;

/// A path that nothing serves. The controller answers with 404 as long as it runs.
///
/// The path of the health endpoint is not suitable. Its answer has the controller's own faults, and
/// depends on the time of the last question. Questions every second would change its answers to the
/// kubelet, which asks every minute.
const NOWHERE: &str = "alive";

/// Records the controller's health again and again, and at once after a change of its pod. The
/// controller is healthy when its pod is healthy and the controller answers. A controller that
/// never answered, or that the harness may not ask, is healthy at each renewal of its Lease. Among
/// replicas with an election, the probes follow the holder of the Lease. A change of the holder is
/// trouble, and so is a change of the settings that the run found.
pub(super) async fn keep_looking(
    watches: &Watches,
    client: &Client,
    namespace: &str,
    lease: LeaseWatch,
    mut settings: Option<SettingsWatch>,
) {
    let mut changes = watches.controller_changes();
    let mut sight = Sight { answered: false, watches: watches.clone(), lease };
    loop {
        if watches.expected_controller().is_empty() {
            watches.expect_controller();
        }
        let expected = watches.expected_controller();
        let now = changes.borrow_and_update().clone();
        let looked = async {
            if let Some(settings) = &mut settings
                && let Some(changed) = settings.trouble().await
            {
                return Some(Answer::Unhealthy(changed));
            }
            if let Some(moved) = sight.follow(&now).await {
                return Some(Answer::Unhealthy(moved));
            }
            match of_pods(&expected, &now) {
                Err(trouble) => Some(Answer::Unhealthy(trouble)),
                Ok(pod) => sight.ask(client, namespace, &pod.name).await,
            }
        };
        tokio::select! {
            biased;
            answer = looked => {
                if let Some(answer) = answer {
                    answer.tell(watches, Part::Controller);
                }
            }
            _ = changes.changed() => continue,
        }
        tokio::select! {
            () = pauses::pause(pauses::PROBE) => {}
            _ = changes.changed() => {}
        }
    }
}

/// The present pod, if each expected pod is healthy, or the trouble of the first one.
fn of_pods<'c>(
    expected: &[history::Controller],
    now: &'c Controller,
) -> Result<&'c Replica, String> {
    let present = now.present().ok_or_else(|| "its pod is gone".to_owned())?;
    for before in expected {
        let new = &present.pod.uid;
        let stays = |replica: &&Replica| !replica.ending || *new == before.uid;
        let Some(replica) = now.replica(&before.uid).filter(stays) else {
            return Err(format!("another pod took its place: {new} that of {}", before.uid));
        };
        if replica.pod.restarts > before.restarts {
            return Err(format!("it was restarted ({} times)", replica.pod.restarts));
        }
        if !replica.ready {
            return Err("its container is not ready".to_owned());
        }
    }
    if present.ready { Ok(present) } else { Err("its container is not ready".to_owned()) }
}

/// The result of a question to the controller.
enum ControllerAnswer {
    /// The controller runs.
    Answered,
    /// The API server forbids the question.
    Forbidden(String),
    /// The question has no answer.
    Silent(String),
}

/// Asks the controller through the API server.
async fn ask(client: &Client, namespace: &str, pod: &str) -> ControllerAnswer {
    let path = format!("/api/v1/namespaces/{namespace}/pods/{pod}:{PORT}/proxy/{NOWHERE}");
    match in_time(budgets::PROBE_ANSWER.time, client.request_text(http_get(&path))).await {
        Ok(_) => ControllerAnswer::Answered,
        // An API server's own 404 has a reason of its own.
        Err(kube::Error::Api(status)) if status.code == 404 && status.reason != "NotFound" => {
            ControllerAnswer::Answered
        }
        Err(kube::Error::Api(status)) if matches!(status.code, 401 | 403) => {
            ControllerAnswer::Forbidden(status.message.clone())
        }
        Err(error) => ControllerAnswer::Silent(words(&error)),
    }
}

/// Whether the controller has ever answered. A controller outside the cluster's network may be out
/// of reach for the API server.
struct Sight {
    answered: bool,
    watches: Watches,
    lease: LeaseWatch,
}

impl Sight {
    /// Follows the Lease to another replica. Returns the trouble of the change: around it nobody
    /// takes up workflows.
    async fn follow(&self, now: &Controller) -> Option<String> {
        let leader = now.leader()?;
        let holder = self.lease.other_holder(leader).await?;
        if holder.is_empty() {
            return Some("no replica holds the Lease".to_owned());
        }
        self.watches.follow_leader(&holder);
        Some(format!("another replica leads: {holder} in place of {leader}"))
    }

    /// Asks the controller. The silence of a controller that never answered is no trouble. `None`:
    /// the controller gives no sign.
    async fn ask(&mut self, client: &Client, namespace: &str, pod: &str) -> Option<Answer> {
        match ask(client, namespace, pod).await {
            ControllerAnswer::Answered => {
                self.answered = true;
                Some(Answer::Healthy)
            }
            ControllerAnswer::Silent(why) => match api_trouble(client).await {
                Some(trouble) => Some(Answer::Unknown(trouble)),
                None if self.answered => {
                    Some(Answer::Unhealthy(format!("it does not answer: {why}")))
                }
                None => self.look_at_lease(&why, pod).await,
            },
            ControllerAnswer::Forbidden(why) => self.look_at_lease(&why, pod).await,
        }
    }

    async fn look_at_lease(&mut self, why: &str, pod: &str) -> Option<Answer> {
        let state = OptionalRight::ControllerProxy.unobserved();
        self.watches.record_unobserved(Part::Controller, format!("{state}: {why}"));
        self.lease.is_renewed_by(pod).await.then_some(Answer::Healthy)
    }
}
