//! Overlays: changes of a case's objects where release lines of Argo differ.

use semver::{Version, VersionReq};
use serde_json::Value;

use crate::step::{Step, StepKind};

/// A change of one object of a case, for a range of versions of the workflow controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// The versions of the controller, which reads the object.
    pub versions: VersionReq,
    /// The difference between these versions and the others.
    pub reason: String,
    /// The changed object.
    pub target: Target,
    /// The change, as [`merge`] takes it.
    pub patch: Value,
}

/// The object that an overlay changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The workflow that the plan submits.
    Workflow,
    /// The objects of a file that the plan applies.
    Applied(String),
}

impl Overlay {
    /// Whether it applies to this version. A pre-release counts as its release.
    pub fn applies_to(&self, version: &Version) -> bool {
        self.versions.matches(&Version::new(version.major, version.minor, version.patch))
    }

    /// Changes the workflow and the steps of a plan.
    pub(crate) fn change(&self, workflow: &mut Value, steps: &mut [Step]) {
        match &self.target {
            Target::Workflow => merge(workflow, &self.patch),
            Target::Applied(name) => {
                for step in steps {
                    if let StepKind::Apply { objects, file } = &mut step.act
                        && file == name
                    {
                        for object in objects {
                            merge(object, &self.patch);
                        }
                    }
                }
            }
        }
    }
}

/// Merges a patch into a value as a JSON merge patch (RFC 7396), with two differences. `null` as
/// the whole patch changes nothing. Items of a list that have a `name` are merged by name.
pub fn merge(target: &mut Value, patch: &Value) {
    match patch {
        Value::Null => {}
        Value::Object(fields) => merge_fields(target, fields),
        Value::Array(items) if !items.is_empty() && items.iter().all(|i| name(i).is_some()) => {
            merge_items(target, items);
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            *target = patch.clone();
        }
    }
}

fn merge_fields(target: &mut Value, fields: &serde_json::Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let Some(target) = target.as_object_mut() else { return };
    for (key, value) in fields {
        if value.is_null() {
            target.shift_remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

fn merge_items(target: &mut Value, items: &[Value]) {
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    let Some(target) = target.as_array_mut() else { return };
    for item in items {
        match target.iter_mut().find(|there| name(there) == name(item)) {
            Some(there) => merge(there, item),
            None => target.push(item.clone()),
        }
    }
}

fn name(item: &Value) -> Option<&str> {
    item["name"].as_str()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::merge;

    #[rstest]
    #[case::field(json!({"a": 1, "b": 2}), json!({"a": 3}), json!({"a": 3, "b": 2}))]
    #[case::removed(json!({"a": 1, "b": 2}), json!({"a": null}), json!({"b": 2}))]
    #[case::nothing(json!({"a": 1}), json!(null), json!({"a": 1}))]
    #[case::list_without_names(json!({"a": [1, 2]}), json!({"a": [3]}), json!({"a": [3]}))]
    #[case::empty_list(json!({"a": [{"name": "x"}]}), json!({"a": []}), json!({"a": []}))]
    #[case::by_name(
        json!({"t": [{"name": "x", "a": 1, "b": 1}, {"name": "y", "a": 1}]}),
        json!({"t": [{"name": "x", "a": null, "c": 2}]}),
        json!({"t": [{"name": "x", "b": 1, "c": 2}, {"name": "y", "a": 1}]})
    )]
    #[case::another_name(
        json!({"t": [{"name": "x"}]}),
        json!({"t": [{"name": "z"}]}),
        json!({"t": [{"name": "x"}, {"name": "z"}]})
    )]
    fn a_patch_is_merged(#[case] mut target: Value, #[case] patch: Value, #[case] merged: Value) {
        merge(&mut target, &patch);
        assert_eq!(target, merged);
    }
}
