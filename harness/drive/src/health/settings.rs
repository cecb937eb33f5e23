//! The settings of a controller that the run found, during the run.
//!
//! Argo takes a changed setting without a restart. Limits of parallel workflows and defaults of
//! workflows then change the cases. A run without the right to read the settings does not observe
//! them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::Api;
use model::FoundController;
use model::controller::ControllerSettings;
use provision::existing::settings_of;

use crate::answer::in_time;
use crate::budgets;

/// The data of a `ConfigMap`. `None`: there is none.
type Data = Option<BTreeMap<String, String>>;

/// The settings, as the questions showed them.
pub(super) struct SettingsWatch {
    config_maps: Api<ConfigMap>,
    /// Name of the `ConfigMap`.
    name: String,
    /// The settings in the record of the run. `None`: the run did not read them.
    recorded: Option<ControllerSettings>,
    /// The data in the first answer.
    first: Option<Data>,
    has_changed: bool,
}

impl SettingsWatch {
    pub(super) fn new(client: &Client, found: &FoundController) -> Self {
        Self {
            config_maps: Api::namespaced(client.clone(), &found.namespace),
            name: found.config_map.raw().to_owned(),
            recorded: found.settings.observed().cloned(),
            first: None,
            has_changed: false,
        }
    }

    /// The trouble of a change. It stays to the end of the run. The effects on a workflow do not
    /// end with the other settings.
    pub(super) async fn trouble(&mut self) -> Option<String> {
        if !self.has_changed
            && let Some(now) = self.look().await
        {
            self.has_changed = match &self.first {
                Some(first) => *first != now,
                None => self.differs_from_record(now.as_ref()),
            };
            self.first.get_or_insert(now);
        }
        self.has_changed.then(|| format!("the settings in its ConfigMap {} changed", self.name))
    }

    fn differs_from_record(&self, now: Option<&BTreeMap<String, String>>) -> bool {
        let Some(recorded) = &self.recorded else { return false };
        now.and_then(|data| settings_of(data.clone()).ok()).as_ref() != Some(recorded)
    }

    /// The present data. `None`: the API server did not tell.
    async fn look(&self) -> Option<Data> {
        let answer = in_time(budgets::PROBE_ANSWER.time, self.config_maps.get_opt(&self.name));
        Some(answer.await.ok()?.map(|found| found.data.unwrap_or_default()))
    }
}
