//! The properties of a found controller that change verdicts, or that a run did not observe.

use model::FoundController;
use model::controller::{ControllerScope, Leader, ObservedSettings};

/// The notes of a controller in words, one line each. The text is foreign: its writer escapes it.
pub fn of(found: &FoundController) -> Vec<String> {
    let mut notes = Vec::new();
    match &found.settings {
        ObservedSettings::Observed(settings) => {
            let named = settings.change_verdicts();
            notes.extend(named.into_iter().map(|(setting, value)| {
                format!("controller setting {}: {}", setting.key(), value.raw())
            }));
        }
        ObservedSettings::Unobserved(why) => {
            if let Some(id) = &found.instance_id {
                notes.push(format!("controller setting instanceID: {id:?}, by --instance-id"));
            }
            notes.push(format!("controller settings: not observed: {}", why.raw()));
        }
    }
    match &found.scope {
        ControllerScope::Namespace(name) => {
            notes.push(format!("controller scope: namespace {name} alone"));
        }
        ControllerScope::Cluster => {}
    }
    match &found.leader {
        Leader::Unknown(why) => {
            let replicas = found.pods.len();
            notes.push(format!(
                "controller leader of {replicas} replicas: not known: {}",
                why.raw()
            ));
        }
        Leader::Known(_) => {}
    }
    notes
}

/// The notes of these found controllers, each with the name of its installation:
/// `Argo VERSION: NOTE`. The text is foreign.
pub(crate) fn of_run<'r>(
    found: impl IntoIterator<Item = (String, &'r FoundController)>,
) -> Vec<String> {
    let notes = found.into_iter().flat_map(|(name, found)| {
        of(found).into_iter().map(move |note| format!("Argo {name}: {note}"))
    });
    notes.collect()
}

#[cfg(test)]
mod tests {
    use model::FoundController;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::of;

    fn found(field: &str, value: Value) -> FoundController {
        let mut found = json!({
            "namespace": "argo", "deployment": "wc", "pods": ["a", "b"], "leader": { "known": "a" },
            "container": "c", "image": "c:v3.7.18", "version": "3.7.18", "executor_image": null,
            "executor_version": "3.7.18", "scope": "cluster", "instance_id": null,
            "config_map": "c", "settings": { "observed": settings("persistence", json!(false)) },
        });
        if let Some(place) = found.get_mut(field) {
            *place = value;
        }
        serde_json::from_value(found).expect("a controller")
    }

    fn settings(field: &str, value: Value) -> Value {
        let mut settings = json!({ "persistence": false });
        settings[field] = value;
        settings
    }

    #[rstest]
    #[case::plain("container", json!("c"), &[])]
    #[case::instance_id(
        "settings", json!({ "observed": settings("instance_id", json!("prod-a")) }),
        &["controller setting instanceID: \"prod-a\""]
    )]
    #[case::defaults(
        "settings", json!({ "observed": settings("workflow_defaults", json!({ "spec": {} })) }),
        &["controller setting workflowDefaults: {\"spec\":{}}"]
    )]
    #[case::unobserved(
        "settings", json!({ "unobserved": "you may not" }),
        &["controller settings: not observed: you may not"]
    )]
    #[case::namespaced(
        "scope", json!({ "namespace": "team" }), &["controller scope: namespace team alone"]
    )]
    #[case::leader(
        "leader", json!({ "unknown": "you may not" }),
        &["controller leader of 2 replicas: not known: you may not"]
    )]
    fn notes_of_a_controller(#[case] field: &str, #[case] value: Value, #[case] expected: &[&str]) {
        assert_eq!(of(&found(field, value)), expected);
    }
}
