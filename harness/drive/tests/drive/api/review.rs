//! Whether a subject has a right, by the present roles and bindings.

use serde_json::Value;

use super::objects::{Key, Objects};

/// Whether the action of a `SubjectAccessReview` is allowed.
pub(super) fn allowed(objects: &Objects, spec: &Value) -> bool {
    let wanted = &spec["resourceAttributes"];
    let namespace = wanted["namespace"].as_str().unwrap_or_default();
    let account = spec["user"].as_str().unwrap_or_default().rsplit(':').next();
    let bindings = objects.in_namespace("rolebindings", namespace);
    bindings.into_iter().filter(|binding| names(binding, account)).any(|binding| {
        let name = binding["roleRef"]["name"].as_str().unwrap_or_default();
        let role = objects.get(&Key::new("roles", namespace, name));
        let rules = role.and_then(|role| role["rules"].as_array());
        rules.into_iter().flatten().any(|rule| {
            has(&rule["verbs"], &wanted["verb"])
                && has(&rule["resources"], &wanted["resource"])
                && has(&rule["apiGroups"], &wanted["group"])
        })
    })
}

fn names(binding: &Value, account: Option<&str>) -> bool {
    let subjects = binding["subjects"].as_array().into_iter().flatten();
    subjects.into_iter().any(|subject| subject["name"].as_str() == account)
}

fn has(list: &Value, wanted: &Value) -> bool {
    list.as_array().is_some_and(|list| list.contains(wanted))
}
