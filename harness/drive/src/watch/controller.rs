//! The workflow controller's pod, as the pod watch shows it.

use std::collections::BTreeSet;

use model::history::{self, Change};
use serde_json::Value;

/// The state of the workflow controller's pod in the events of the pod watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Controller {
    /// The present pod. `None` after its deletion.
    pub pod: Option<history::Controller>,
    /// The name of the last present pod.
    pub name: String,
    /// Whether the first container of the pod is ready.
    pub ready: bool,
    /// Uids of all pods of the controller that exist. A pod that is being deleted still exists.
    pub there: BTreeSet<String>,
}

impl Controller {
    pub(super) fn see(&mut self, change: Change, pod: &Value) {
        if pod["metadata"]["labels"]["app"] != model::argo_api::CONTROLLER {
            return;
        }
        let uid = pod["metadata"]["uid"].as_str().unwrap_or_default();
        let is_known = self.pod.as_ref().is_some_and(|known| known.uid == uid);
        if change == Change::Deleted {
            self.there.remove(uid);
            if is_known {
                (self.pod, self.ready) = (None, false);
            }
            return;
        }
        self.there.insert(uid.to_owned());
        let is_ending = pod["metadata"]["deletionTimestamp"].is_string();
        if is_ending && self.pod.is_some() && !is_known {
            return; // Its successor is there.
        }
        let status = &pod["status"]["containerStatuses"][0];
        let restarts = status["restartCount"].as_i64().unwrap_or_default();
        self.pod = Some(history::Controller { uid: uid.to_owned(), restarts });
        pod["metadata"]["name"].as_str().unwrap_or_default().clone_into(&mut self.name);
        self.ready = status["ready"].as_bool().unwrap_or_default();
    }
}
