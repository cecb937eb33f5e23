//! Reads the settings of a controller from its `ConfigMap`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::Api;
use kube::{Client, Error};
use model::controller::{ControllerSettings, ObservedSettings};
use serde_json::{Map, Value};

use super::error::{ControllerError, api};

/// Key with all settings in one text.
const WHOLE: &str = "config";

/// Reads the settings. A run without the right to do so does not observe them.
///
/// # Errors
/// [`ControllerError::Api`].
pub(super) async fn read(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<ObservedSettings, ControllerError> {
    let config_maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    let unobserved = |why: String| Ok(ObservedSettings::Unobserved(why.into()));
    match config_maps.get_opt(name).await {
        Ok(Some(found)) => match settings_of(found.data.unwrap_or_default()) {
            Ok(settings) => Ok(ObservedSettings::Observed(Box::new(settings))),
            Err(why) => unobserved(format!("the ConfigMap {name} is no YAML: {why}")),
        },
        Ok(None) => unobserved(format!("there is no ConfigMap {name}")),
        Err(Error::Api(status)) if status.code == 403 => unobserved(status.message),
        Err(error) => Err(api(&format!("read the ConfigMap {name}"))(error)),
    }
}

/// The settings in the data of a `ConfigMap`.
///
/// # Errors
/// The place where the data is no YAML.
pub fn settings_of(data: BTreeMap<String, String>) -> Result<ControllerSettings, String> {
    config(data).map(|config| ControllerSettings::of(&config))
}

/// The settings as JSON. Argo reads one text with all of them, or one text for each key.
fn config(mut data: BTreeMap<String, String>) -> Result<Value, String> {
    let yaml = |text: &str| {
        serde_saphyr::from_str::<Value>(text).map_err(|error| match error.location() {
            // The text of the settings may have secrets.
            Some(place) => format!("line {}, column {}", place.line(), place.column()),
            None => "unknown place".to_owned(),
        })
    };
    if let Some(whole) = data.remove(WHOLE) {
        return yaml(&whole);
    }
    let mut fields = Map::new();
    for (key, text) in data {
        let value = if text.trim().is_empty() { Value::Null } else { yaml(&text)? };
        fields.insert(key, value);
    }
    Ok(Value::Object(fields))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::config;

    #[rstest]
    #[case::whole(&[("config", "instanceID: a\nparallelism: 2\n")],
        Some(json!({ "instanceID": "a", "parallelism": 2 })))]
    #[case::by_key(&[("instanceID", "a"), ("parallelism", "2"), ("executor", "resources: {}\n")],
        Some(json!({ "executor": { "resources": {} }, "instanceID": "a", "parallelism": 2 })))]
    #[case::empty_key(&[("instanceID", "")], Some(json!({ "instanceID": null })))]
    #[case::nothing(&[], Some(json!({})))]
    #[case::no_yaml(&[("config", "a: [s3cret")], None)]
    fn settings_of_a_config_map(#[case] data: &[(&str, &str)], #[case] expected: Option<Value>) {
        let data = data.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
        let read = config(data.collect());
        if let Err(why) = &read {
            assert!(!why.contains("s3cret"), "{why}");
        }
        assert_eq!(read.ok(), expected);
    }
}
