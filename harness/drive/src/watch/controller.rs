//! The workflow controller's pods, as the pod watch shows them.

use model::ControllerSelector;
use model::argo_api::CONTROLLER;
use model::controller::{Leader, has_ended};
use model::history::{self, Change};
use provision::installation::Installation;
use serde_json::Value;

/// The pods of the controller that a run observes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ControllerPods {
    selector: ControllerSelector,
    observed: Observed,
}

/// The replicas that must stay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Observed {
    /// The only replica. A successor replaces it.
    #[default]
    Only,
    /// The replica with this name, because it leads. The holder of the Lease may change.
    Leader(String),
    /// Each replica, because the leader is not known.
    Each,
}

impl ControllerPods {
    /// The pods of an installation's controller.
    pub(crate) fn of(installation: &Installation) -> Self {
        let found = installation.found.as_ref();
        let observed = found.map_or(Observed::Only, |it| Observed::of(&it.leader, it.pods.len()));
        Self { selector: installation.controller_selector.clone(), observed }
    }

    /// The container of the controller in a pod. `None`: the pod is no pod of the controller.
    pub(crate) fn container<'p>(&self, pod: &'p Value) -> Option<&'p str> {
        let container = self.selector.container(pod)?;
        Some(container["name"].as_str().unwrap_or(CONTROLLER))
    }
}

impl Observed {
    fn of(leader: &Leader, pods: usize) -> Self {
        match (leader, pods) {
            (_, 0 | 1) => Self::Only,
            (Leader::Known(name), _) => Self::Leader(name.clone()),
            (Leader::Unknown(_), _) => Self::Each,
        }
    }
}

/// The state of the workflow controller's pods in the events of the pod watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    pods: ControllerPods,
    /// The existing pods, in the order in which the watch first showed them.
    replicas: Vec<Replica>,
}

/// A pod of the controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replica {
    /// The pod, and the restarts of the controller's container.
    pub pod: history::Controller,
    /// Name of the pod.
    pub name: String,
    /// Whether the container of the controller is ready.
    pub ready: bool,
    /// Whether the pod is being deleted, or has ended.
    pub ending: bool,
}

impl Controller {
    pub(crate) fn new(pods: ControllerPods) -> Self {
        Self { pods, replicas: Vec::new() }
    }

    /// The same controller before its first event.
    pub(super) fn unseen(&self) -> Self {
        Self::new(self.pods.clone())
    }

    /// The present pod: the last one that is not being deleted, else the last one. Among replicas
    /// with an election only the pod of the leader counts.
    pub fn present(&self) -> Option<&Replica> {
        let leader = self.leader();
        let counts = |replica: &&Replica| leader.is_none_or(|leader| replica.name == leader);
        let counting = || self.replicas.iter().rev().filter(counts);
        counting().find(|replica| !replica.ending).or_else(|| counting().next())
    }

    /// Name of the pod that leads. `None`: no replica is elected, or the leader is not known.
    pub fn leader(&self) -> Option<&str> {
        match &self.pods.observed {
            Observed::Leader(name) => Some(name),
            Observed::Only | Observed::Each => None,
        }
    }

    /// Makes another pod the leader.
    pub(super) fn follow(&mut self, leader: &str) {
        self.pods.observed = Observed::Leader(leader.to_owned());
    }

    /// Observes this leader among this number of pods.
    pub(super) fn observe(&mut self, leader: &Leader, pods: usize) {
        self.pods.observed = Observed::of(leader, pods);
    }

    /// The pods that are not being deleted.
    pub fn live(&self) -> impl Iterator<Item = &Replica> {
        self.replicas.iter().filter(|replica| !replica.ending)
    }

    /// The pod with this uid. `None` after its deletion.
    pub fn replica(&self, uid: &str) -> Option<&Replica> {
        self.replicas.iter().find(|replica| replica.pod.uid == uid)
    }

    /// The pods that must stay from now on.
    pub(super) fn expected(&self) -> Vec<history::Controller> {
        match self.pods.observed {
            Observed::Each => self.live().map(|replica| replica.pod.clone()).collect(),
            Observed::Only | Observed::Leader(_) => {
                self.present().map(|replica| replica.pod.clone()).into_iter().collect()
            }
        }
    }

    pub(super) fn see(&mut self, change: Change, pod: &Value) {
        let Some(container) = self.pods.container(pod) else { return };
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        let known = self.replicas.iter_mut().find(|replica| replica.pod.uid == uid);
        match (change == Change::Deleted, known) {
            (true, _) => self.replicas.retain(|replica| replica.pod.uid != uid),
            (false, Some(known)) => *known = Replica::of(pod, uid, container),
            // A pod that had ended before the run is a leftover.
            (false, None) if has_ended(pod) => {}
            (false, None) => self.replicas.push(Replica::of(pod, uid, container)),
        }
    }
}

impl Replica {
    fn of(pod: &Value, uid: &str, container: &str) -> Self {
        let statuses = pod["status"]["containerStatuses"].as_array();
        let status = statuses.into_iter().flatten().find(|status| status["name"] == container);
        let restarts = status.and_then(|status| status["restartCount"].as_i64());
        Self {
            pod: history::Controller {
                uid: uid.to_owned(),
                restarts: restarts.unwrap_or_default(),
            },
            name: pod["metadata"]["name"].as_str().unwrap_or_default().to_owned(),
            ready: status.is_some_and(|status| status["ready"] == true),
            ending: has_ended(pod) || pod["metadata"]["deletionTimestamp"].is_string(),
        }
    }
}
