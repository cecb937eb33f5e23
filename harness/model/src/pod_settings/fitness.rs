//! Cases whose pods cannot have the settings.

use semver::Version;
use serde_json::Value;

use super::{PodSecurity, PodSettings, kind_of, patches_collection, templates};
use crate::case::Plan;

/// Fields by which a case sets the security of pods.
const SECURITY: [&str; 6] =
    ["securityContext", "podSpecPatch", "hostNetwork", "hostPID", "hostIPC", "hostPath"];

/// The reason why the pods of a case cannot have the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// The case sets the fields itself, or makes pods outside of its templates.
    OwnPods,
    /// Argo of this version gives pods of artifact collection no field for the settings.
    CollectionPods,
}

impl PodSettings {
    /// The reason why the pods of a plan cannot have the settings; `None` if they can.
    pub fn unfit(&self, plan: &Plan, controller: Option<&Version>) -> Option<Unfit> {
        let restricted = self.security == PodSecurity::Restricted;
        if !restricted && self.requests.is_empty() && self.limits.is_empty() {
            return None;
        }
        let applied = || plan.steps.iter().flat_map(|step| step.act.applied());
        let objects = || std::iter::once(&plan.workflow).chain(applied());
        let own = |object: &Value| {
            let makes = kind_of(object).is_none() && has(object, &["containers"]);
            makes
                || has(object, &["resource"])
                || patches_template(object)
                || (restricted && has(object, &SECURITY))
        };
        if objects().any(own) {
            return Some(Unfit::OwnPods);
        }
        let collects = || objects().any(templates::collects);
        (restricted && !patches_collection(controller) && collects())
            .then_some(Unfit::CollectionPods)
    }
}

/// Whether a field of one of these names has a value, at any depth.
fn has(value: &Value, names: &[&str]) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| {
            (names.contains(&name.as_str()) && !value.is_null()) || has(value, names)
        }),
        Value::Array(items) => items.iter().any(|item| has(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether a template, or the default of all templates, has a patch for its pod.
fn patches_template(object: &Value) -> bool {
    let mut copy = object.clone();
    let mut found = false;
    if let Some(spec) = super::spec_of(&mut copy) {
        found = spec["templateDefaults"]["podSpecPatch"].is_string();
        templates::each(spec, &mut |template| found |= template["podSpecPatch"].is_string());
    }
    found
}
