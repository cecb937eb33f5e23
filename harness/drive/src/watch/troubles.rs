//! Trouble of the environment for one case, recognized in its pods and its workflow.

use std::collections::BTreeMap;

use model::CaseTrouble;
use model::history::{Change, Kind, Part};
use model::world::with_nodes;
use serde_json::Value;

use super::executor_waits::ExecutorWaits;
use super::postponed::{POSTPONED, Postponements};

/// Reasons for which a container waits for its image.
const NO_IMAGE: [&str; 6] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "ErrImageNeverPull",
    "RegistryUnavailable",
    "ImageInspectError",
    "InvalidImageName",
];

/// Reason of a container whose configuration the kubelet refuses.
const REFUSED: &str = "CreateContainerConfigError";

/// Part of the kubelet's message about an image whose user the field `runAsNonRoot` forbids. Other
/// messages of the same reason name a missing secret or `ConfigMap`, which a case may want.
const FORBIDDEN_USER: &str = "runAsNonRoot";

/// Reasons of a pod that its node did not take or keep.
const GIVEN_UP: [&str; 8] = [
    "Evicted",
    "Preempting",
    "NodeLost",
    "NodeShutdown",
    "NodeAffinity",
    "UnexpectedAdmissionError",
    "Terminated",
    "Shutdown",
];

/// The start of the reason of a pod for which its node has too little: `OutOfcpu`.
const TOO_LITTLE: &str = "OutOf";

/// Parts of messages that Argo repeats or writes, by trouble. In lower case.
const SAID: [(&str, CaseTrouble); 18] = [
    ("exceeded quota", CaseTrouble::Quota),
    ("failed quota", CaseTrouble::Quota),
    ("usage per container is", CaseTrouble::LimitRange),
    ("usage per pod is", CaseTrouble::LimitRange),
    ("limit to request ratio per", CaseTrouble::LimitRange),
    ("violates podsecurity", CaseTrouble::PodSecurity),
    ("admission webhook", CaseTrouble::Admission),
    ("failed calling webhook", CaseTrouble::Admission),
    ("validatingadmissionpolicy", CaseTrouble::Admission),
    ("is being terminated", CaseTrouble::Admission),
    ("error looking up service account", CaseTrouble::Admission),
    ("is forbidden: user ", CaseTrouble::Rights),
    ("client rate limiter", CaseTrouble::Throttling),
    ("received too many requests", CaseTrouble::Throttling),
    ("too many requests, please try again later", CaseTrouble::Throttling),
    ("evicted", CaseTrouble::Eviction),
    ("low on resource", CaseTrouble::Eviction),
    ("resource creation rate-limit reached", CaseTrouble::Throttling),
];

/// Parts of the executor's messages about a request to the object store. In lower case.
const STORE_REQUESTS: [&str; 6] = [
    "failed to put ",
    "failed to get ",
    "failed to create new s3 client",
    "failed to list ",
    "failed to delete ",
    "failed to load",
];

/// Causes of a request to the object store that failed without a fault of Argo. In lower case.
const STORE_CAUSES: [&str; 24] = [
    "connection refused",
    "connection reset",
    "no such host",
    "no route to host",
    "network is unreachable",
    "server misbehaving",
    "i/o timeout",
    "tls handshake timeout",
    "context deadline exceeded",
    "slowdown",
    "please reduce your request rate",
    "internal error",
    "service unavailable",
    "the specified bucket does not exist",
    "signature we calculated does not match",
    "access key id you provided does not exist",
    "access denied",
    "minimum free drive threshold",
    "security token included in the request is invalid",
    "provided token has expired",
    "certificate signed by unknown authority",
    "failed to verify certificate",
    "authorization header is malformed",
    "request time and the server's time is too large",
];

/// The trouble of one case. Trouble stays to the case's end: its consequences do not end with it.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    /// The trouble that the case causes itself.
    expected: Vec<CaseTrouble>,
    found: BTreeMap<Part, String>,
    postponements: Postponements,
    executor_waits: ExecutorWaits,
}

impl Troubles {
    /// The state of a case that causes the expected trouble itself.
    pub(super) fn but(expected: &[CaseTrouble]) -> Self {
        Self { expected: expected.to_vec(), ..Self::default() }
    }

    /// Takes an object. Returns the unhealthy part and its trouble if this object is the first to
    /// show it.
    pub(super) fn see(
        &mut self,
        kind: Kind,
        change: Change,
        object: &Value,
    ) -> Option<(Part, String)> {
        let (part, words) = match kind {
            Kind::Pod => {
                let waits = self.executor_waits.see(change, object);
                let waits = waits.map(|words| (CaseTrouble::ExecutorWait, words));
                let found = [of_pod(object), waits].into_iter().flatten();
                let mut counts = found.filter(|(one, _)| !self.expected.contains(one));
                counts.next().map(|(trouble, words)| (trouble.part(), words))?
            }
            Kind::Workflow => self.of_postponement(change, object).or(self.of_workflow(object))?,
            Kind::TaskResult | Kind::GcTask => return None,
        };
        if self.found.contains_key(&part) {
            return None;
        }
        self.found.insert(part, words.clone());
        Some((part, words))
    }

    /// The trouble of a workflow that the controller postpones. A case that expects it has none.
    fn of_postponement(&mut self, change: Change, workflow: &Value) -> Option<(Part, String)> {
        if self.expected.contains(&CaseTrouble::Parallelism) {
            return None;
        }
        Some((CaseTrouble::Parallelism.part(), self.postponements.see(change, workflow)?))
    }

    /// The trouble that a workflow tells. A failure whose nodes cannot be read may hide trouble of
    /// any pod, so it counts as such.
    fn of_workflow(&self, object: &Value) -> Option<(Part, String)> {
        let read = with_nodes(object);
        let workflow = read.as_deref().unwrap_or(object);
        let mut said = messages(workflow).filter_map(|said| Some((of_message(said)?, said)));
        let told = said.find(|(trouble, _)| !self.expected.contains(trouble));
        let words = |said: &str| format!("a node of the workflow says: {said}");
        let told = told.map(|(trouble, said)| (trouble.part(), words(said)));
        let failed = ["Failed", "Error"].iter().any(|phase| object["status"]["phase"] == *phase);
        let unread = || read.as_ref().err().filter(|_| failed);
        told.or_else(|| {
            let words = |reason| format!("the messages of nodes cannot be read: {reason}");
            unread().map(|reason| (Part::Api, words(reason)))
        })
    }

    /// The trouble of a part for this case.
    pub(super) fn of(&self, part: Part) -> Option<String> {
        let counts =
            |trouble: CaseTrouble| trouble.part() == part && !self.expected.contains(&trouble);
        let postponed =
            || self.postponements.trouble().filter(|_| counts(CaseTrouble::Parallelism));
        let waits = || self.executor_waits.trouble().filter(|_| counts(CaseTrouble::ExecutorWait));
        self.found.get(&part).cloned().or_else(postponed).or_else(waits)
    }
}

/// The trouble in a pod's status: with its image, its user, its node, or the lack of a node.
fn of_pod(pod: &Value) -> Option<(CaseTrouble, String)> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let words = |what: &str, reason: &str, message: &Value| {
        let message = message.as_str().map(|message| format!(": {message}"));
        format!("{what} pod {name}: {reason}{}", message.unwrap_or_default())
    };
    let status = &pod["status"];
    for waiting in super::pod_start::states(pod).map(|state| &state["waiting"]) {
        if let Some(reason) = waiting["reason"].as_str().filter(|r| NO_IMAGE.contains(r)) {
            let words = words("it lacks an image of", reason, &waiting["message"]);
            return Some((CaseTrouble::ImagePull, words));
        }
        let message = waiting["message"].as_str().unwrap_or_default();
        if waiting["reason"] == REFUSED && message.contains(FORBIDDEN_USER) {
            let words = format!("no container of pod {name} may run as its user: {message}");
            return Some((CaseTrouble::PodSecurity, words));
        }
    }
    let given_up = |reason: &&str| GIVEN_UP.contains(reason) || reason.starts_with(TOO_LITTLE);
    if let Some(reason) = status["reason"].as_str().filter(given_up) {
        return Some((CaseTrouble::Eviction, words("it gave up", reason, &status["message"])));
    }
    if is_given_up_by_its_node(pod) {
        return Some((CaseTrouble::Eviction, format!("it is not Ready, as pod {name} shows")));
    }
    let conditions = status["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().find_map(|condition| {
        let text = |field: &str| condition[field].as_str().unwrap_or_default();
        match (text("type"), text("status"), text("reason")) {
            ("PodScheduled", "False", reason @ "Unschedulable") => {
                let words = words("there is none for", reason, &condition["message"]);
                Some((CaseTrouble::Scheduling, words))
            }
            ("DisruptionTarget", "True", reason) => {
                let words = words("it gave up", reason, &condition["message"]);
                Some((CaseTrouble::Eviction, words))
            }
            _ => None,
        }
    })
}

/// Whether the control plane took the condition `Ready` from a pod whose containers are ready. It
/// does so for each pod of a node that is no longer Ready. A pod with own readiness gates may lack
/// the condition for another reason.
fn is_given_up_by_its_node(pod: &Value) -> bool {
    let conditions = || pod["status"]["conditions"].as_array().into_iter().flatten();
    let has = |kind: &str, status: &str| {
        conditions().any(|condition| condition["type"] == kind && condition["status"] == status)
    };
    let gates = pod["spec"]["readinessGates"].as_array().is_some_and(|gates| !gates.is_empty());
    !gates && has("ContainersReady", "True") && has("Ready", "False")
}

/// The messages of the controller in a workflow: of the workflow, of its conditions, and of each
/// node.
fn messages(workflow: &Value) -> impl Iterator<Item = &str> {
    let status = &workflow["status"];
    let conditions = status["conditions"].as_array().into_iter().flatten();
    let nodes = status["nodes"].as_object().into_iter().flat_map(|nodes| nodes.values());
    std::iter::once(status).chain(conditions).chain(nodes).filter_map(|o| o["message"].as_str())
}

/// The trouble of the environment in a refusal of the API server.
pub fn of_message(message: &str) -> Option<CaseTrouble> {
    let lower = message.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let said = SAID.iter().find(|(said, _)| lower.contains(said)).map(|(_, trouble)| *trouble);
    let of_store = || has(&STORE_REQUESTS) && has(&STORE_CAUSES);
    said.or_else(|| of_store().then_some(CaseTrouble::ObjectStore))
}

/// The trouble of the environment that a workflow and its pods show, and its words.
pub fn shown(workflow: &Value, pods: &[Value]) -> Option<(CaseTrouble, String)> {
    let read = with_nodes(workflow);
    let workflow = read.as_deref().unwrap_or(workflow);
    let trouble = |said: &str| {
        let postponed = || said.contains(POSTPONED).then_some(CaseTrouble::Parallelism);
        of_message(said).or_else(postponed)
    };
    let said = messages(workflow).find_map(|said| Some((trouble(said)?, said.to_owned())));
    said.or_else(|| pods.iter().find_map(of_pod))
}

#[cfg(test)]
mod tests;
