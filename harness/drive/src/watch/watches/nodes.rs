//! The nodes of the cases' pods, and the parts that the run does not observe in full.

use std::collections::{BTreeMap, BTreeSet};

use model::history::{Change, EventKind, Part, Unobserved};
use serde_json::Value;

use super::super::pod_start::states;
use super::{History, Watches};

/// The trouble of each node that was asked for, by name. `None`: the node is Ready.
pub(crate) type NodeTroubles = BTreeMap<String, Option<String>>;

impl Watches {
    /// The nodes of the pods of every running case. A node counts to the end of the case.
    pub(crate) fn nodes(&self) -> BTreeSet<String> {
        let shared = self.lock();
        shared.histories.values().flat_map(|history| history.nodes.iter().cloned()).collect()
    }

    /// Records the health of the nodes in each history, by the nodes of its own pods. A history
    /// with a node that was not asked for gets no probe. Pods tell of a node that the run does not
    /// observe. A history with a pod that tells nothing gets no probe then.
    pub(crate) fn record_nodes(&self, troubles: &NodeTroubles) {
        let observed = self.observes(Part::Node);
        let trouble_of = |history: &History| {
            if !observed && !history.pods_without_sign.is_empty() {
                return None;
            }
            let of_it = history.nodes.iter().map(|node| troubles.get(node));
            let of_it = of_it.collect::<Option<Vec<_>>>()?;
            Some(of_it.into_iter().flatten().next().cloned())
        };
        self.record_each(Part::Node, trouble_of);
    }

    /// Records in every history, and in each later one, that the run does not observe a part in
    /// full. Only the first call for a part has an effect.
    pub(crate) fn record_unobserved(&self, part: Part, reason: String) {
        let mut shared = self.lock();
        if shared.unobserved.contains_key(&part) {
            return;
        }
        let unobserved = Unobserved { part, reason };
        for history in shared.histories.values() {
            let _ = history.recorder.record(EventKind::Unobserved(unobserved.clone()));
        }
        shared.unobserved.insert(part, unobserved);
    }

    /// Whether the run observes a part in full, as far as is known.
    pub(crate) fn observes(&self, part: Part) -> bool {
        !self.lock().unobserved.contains_key(&part)
    }

    /// The parts that the run does not observe in full, each with the first reason.
    pub fn unobserved(&self) -> Vec<Unobserved> {
        self.lock().unobserved.values().cloned().collect()
    }
}

impl History {
    /// Takes the node of a pod, and whether the pod tells of the node.
    pub(super) fn see_node(&mut self, change: Change, pod: &Value) {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        if change != Change::Deleted && gives_no_sign(pod) {
            self.pods_without_sign.insert(name.to_owned());
        } else {
            self.pods_without_sign.remove(name);
        }
        if let Some(node) = pod["spec"]["nodeName"].as_str()
            && !self.nodes.contains(node)
        {
            self.nodes.insert(node.to_owned());
        }
    }
}

/// Whether a pod runs and tells nothing of its node. The control plane takes the condition `Ready`
/// from the pods of a node that is away. A pod that is not Ready for its own containers shows no
/// difference.
fn gives_no_sign(pod: &Value) -> bool {
    let mut conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    let is_ready =
        conditions.any(|condition| condition["type"] == "Ready" && condition["status"] == "True");
    !is_ready && states(pod).any(|state| state["running"].is_object())
}
