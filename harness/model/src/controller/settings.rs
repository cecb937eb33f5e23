//! The settings of a workflow controller from its `ConfigMap`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::untrusted::Untrusted;

/// The settings of a controller, or the reason for their absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObservedSettings {
    /// The settings. The type is boxed because of its size.
    Observed(Box<ControllerSettings>),
    /// The run did not read the `ConfigMap`, for this reason.
    Unobserved(Untrusted),
}

impl ObservedSettings {
    /// The settings. `None`: unobserved.
    pub fn observed(&self) -> Option<&ControllerSettings> {
        match self {
            Self::Observed(settings) => Some(settings),
            Self::Unobserved(_) => None,
        }
    }
}

/// The settings of a controller that change the behaviour of workflows. No value of an environment
/// variable is among them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControllerSettings {
    /// Value of the label of the objects that the controller takes up.
    pub instance_id: Option<String>,
    /// Fields that the controller adds to each workflow.
    pub workflow_defaults: Option<Value>,
    /// Restrictions of workflows.
    pub workflow_restrictions: Option<Value>,
    /// Largest number of running workflows.
    pub parallelism: Option<u64>,
    /// Largest number of running workflows in a namespace.
    pub namespace_parallelism: Option<u64>,
    /// Largest rate of new pods.
    pub resource_rate_limit: Option<Value>,
    /// Fields of the containers `init` and `wait`.
    pub executor: Option<Value>,
    /// Fields of the container `main`.
    pub main_container: Option<Value>,
    /// Whether a database for the status of workflows is set.
    pub persistence: bool,
}

/// A setting that changes verdicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerdictSetting {
    /// `instanceID`.
    InstanceId,
    /// `workflowDefaults`.
    WorkflowDefaults,
    /// `workflowRestrictions`.
    WorkflowRestrictions,
    /// `parallelism`.
    Parallelism,
    /// `namespaceParallelism`.
    NamespaceParallelism,
    /// `resourceRateLimit`.
    ResourceRateLimit,
}

impl VerdictSetting {
    /// The key of the `ConfigMap`.
    pub fn key(self) -> &'static str {
        match self {
            Self::InstanceId => "instanceID",
            Self::WorkflowDefaults => "workflowDefaults",
            Self::WorkflowRestrictions => "workflowRestrictions",
            Self::Parallelism => "parallelism",
            Self::NamespaceParallelism => "namespaceParallelism",
            Self::ResourceRateLimit => "resourceRateLimit",
        }
    }
}

impl ControllerSettings {
    /// The settings of a `ConfigMap` as JSON. Values of environment variables and patches of pods
    /// are left out, because they may be secret. A number that is zero is no setting for Argo.
    pub fn of(config: &Value) -> Self {
        let part = |key: &str| {
            let mut value = config[key].clone();
            hide_values(&mut value);
            let is_empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
            (!is_empty).then_some(value)
        };
        let number = |key: &str| config[key].as_u64().filter(|number| *number > 0);
        let text = |key: &str| config[key].as_str().filter(|text| !text.is_empty());
        Self {
            instance_id: text("instanceID").map(str::to_owned),
            workflow_defaults: part("workflowDefaults"),
            workflow_restrictions: part("workflowRestrictions"),
            parallelism: number("parallelism"),
            namespace_parallelism: number("namespaceParallelism"),
            resource_rate_limit: part("resourceRateLimit"),
            executor: part("executor"),
            main_container: part("mainContainer"),
            persistence: !config["persistence"].is_null(),
        }
    }

    /// The settings that change verdicts, with their values as compact JSON.
    pub fn change_verdicts(&self) -> Vec<(VerdictSetting, Untrusted)> {
        let number = |number: Option<u64>| number.map(|number| json!(number));
        let all = [
            (VerdictSetting::InstanceId, self.instance_id.as_ref().map(|id| json!(id))),
            (VerdictSetting::WorkflowDefaults, self.workflow_defaults.clone()),
            (VerdictSetting::WorkflowRestrictions, self.workflow_restrictions.clone()),
            (VerdictSetting::Parallelism, number(self.parallelism)),
            (VerdictSetting::NamespaceParallelism, number(self.namespace_parallelism)),
            (VerdictSetting::ResourceRateLimit, self.resource_rate_limit.clone()),
        ];
        let set = all.into_iter().filter_map(|(setting, value)| Some((setting, value?)));
        set.map(|(setting, value)| (setting, value.to_string().into())).collect()
    }

    /// Largest number of running workflows at once on this number of namespaces, with one case
    /// each. `None`: the controller sets no limit below that number.
    pub fn cases_at_once(&self, namespaces: usize) -> Option<usize> {
        let limit = usize::try_from(self.parallelism?).ok()?;
        (limit < namespaces).then_some(limit)
    }
}

/// Text in place of a value that may be secret.
const HIDDEN: &str = "(not recorded)";

/// Replaces each value of an environment variable, of a parameter and of a patch.
fn hide_values(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                match (key.as_str(), &mut *value) {
                    ("env" | "parameters", Value::Array(items)) => {
                        items.iter_mut().for_each(hide_value);
                    }
                    ("podSpecPatch", Value::String(patch)) => HIDDEN.clone_into(patch),
                    _ => hide_values(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(hide_values),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn hide_value(item: &mut Value) {
    for key in ["value", "default"] {
        if let Some(value) = item.get_mut(key) {
            *value = json!(HIDDEN);
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::ControllerSettings;

    #[test]
    fn values_that_may_be_secret_are_left_out() {
        let secret = "s3cret";
        let settings = ControllerSettings::of(&json!({
            "executor": { "env": [{ "name": "TOKEN", "value": secret }] },
            "mainContainer": { "env": [{ "name": "TOKEN", "value": secret }] },
            "persistence": { "postgresql": { "host": secret } },
            "workflowDefaults": { "spec": {
                "podSpecPatch": secret,
                "arguments": { "parameters": [{ "name": "token", "value": secret }] },
                "templates": [{ "container": { "env": [{ "name": "TOKEN", "value": secret }] } }],
            } },
        }));
        let text = serde_json::to_string(&settings).expect("JSON");
        assert!(!text.contains(secret), "{text}");
        assert_eq!(text.matches("TOKEN").count(), 3, "{text}");
        assert!(settings.persistence);
    }

    #[test]
    fn zero_and_nothing_are_no_settings() {
        let settings = ControllerSettings::of(&json!({
            "instanceID": "", "parallelism": 0, "namespaceParallelism": 0, "executor": {},
            "workflowDefaults": null,
        }));
        assert_eq!(settings, ControllerSettings::default());
        assert_eq!(settings.change_verdicts(), []);
    }

    #[test]
    fn settings_that_change_verdicts_have_the_keys_of_argo() {
        let config = json!({
            "instanceID": "prod-a",
            "workflowDefaults": { "spec": { "ttlStrategy": { "secondsAfterCompletion": 0 } } },
            "workflowRestrictions": { "templateReferencing": "Strict" },
            "parallelism": 3, "namespaceParallelism": 2,
            "resourceRateLimit": { "limit": 10.0, "burst": 1 },
        });
        let named = ControllerSettings::of(&config).change_verdicts();
        assert_eq!(named.len(), 6);
        for (setting, value) in named {
            assert_eq!(value, config[setting.key()].to_string());
        }
    }

    #[rstest]
    #[case::none(None, 3, None)]
    #[case::fewer(Some(2), 3, Some(2))]
    #[case::as_many(Some(3), 3, None)]
    #[case::more(Some(4), 3, None)]
    fn cases_at_once_by_the_limit_of_the_controller(
        #[case] parallelism: Option<u64>,
        #[case] namespaces: usize,
        #[case] expected: Option<usize>,
    ) {
        let settings = ControllerSettings { parallelism, ..ControllerSettings::default() };
        assert_eq!(settings.cases_at_once(namespaces), expected);
    }
}
