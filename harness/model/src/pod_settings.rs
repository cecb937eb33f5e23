//! Settings for the pods of cases, for clusters that refuse pods without them.
//!
//! A cluster may enforce the Pod Security level `restricted`, may demand requests and limits by a
//! quota, or may pull images with a secret only. [`PodSettings::apply`] writes the settings into a
//! manifest before its creation. A verifier applies the same settings to the own case.
//!
//! Argo's fields from 3.4 to 4.1:
//!
//! | pods | field of the workflow |
//! |---|---|
//! | every pod but those of collection | `spec.securityContext`, `spec.imagePullSecrets` |
//! | containers of a template, with `init` and `wait` | `podSpecPatch` of the template |
//! | pods of artifact collection, from 3.5 on | `spec.artifactGC.podSpecPatch` |
//!
//! Argo itself gives requests, limits and a security context to the containers of agent pods and
//! of artifact collection. Before 3.6, it gives collection no seccomp profile.

mod fitness;
mod quantity;
mod templates;

use std::collections::BTreeMap;
use std::fmt;

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::argo_api::{CLUSTER_WORKFLOW_TEMPLATE, CRON_WORKFLOW, WORKFLOW, WORKFLOW_TEMPLATE};

pub use fitness::Unfit;

/// User id of the processes of restricted pods: that of Argo's own restricted pods.
const USER: u32 = 8737;
/// The first release with `spec.artifactGC.podSpecPatch`.
const PATCHES_COLLECTION: (u64, u64) = (3, 5);

/// The Pod Security level that the pods of cases meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PodSecurity {
    /// The pods stay as the cases have them.
    #[default]
    None,
    /// The pods meet the level `restricted`.
    Restricted,
}

/// Settings for the pods of cases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodSettings {
    /// The Pod Security level.
    pub security: PodSecurity,
    /// Names of secrets of the case's namespace, for the pull of images.
    pub pull_secrets: Vec<String>,
    /// Requests of each container without resources of its own: quantities by resource.
    pub requests: BTreeMap<String, String>,
    /// Limits of each container without resources of its own: quantities by resource.
    pub limits: BTreeMap<String, String>,
}

impl PodSettings {
    /// Whether the pods stay as the cases have them.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Everything wrong with the settings: an invalid quantity, a request above its limit.
    pub fn problems(&self) -> Vec<String> {
        let all = self.requests.iter().chain(&self.limits);
        let invalid = all
            .filter(|(_, text)| quantity::value(text).is_none())
            .map(|(resource, text)| format!("invalid quantity of {resource}: `{text}`"));
        let above = self.requests.iter().filter_map(|(resource, request)| {
            let limit = self.limits.get(resource)?;
            (quantity::value(request)? > quantity::value(limit)?).then(|| {
                format!("invalid request of {resource}: {request} is above the limit {limit}")
            })
        });
        invalid.chain(above).collect()
    }

    /// Writes the settings into an object before its creation. An object that is no workflow and
    /// no template of workflows stays as it is. `controller` is the version of the controller.
    pub fn apply(&self, object: &mut Value, controller: Option<&Version>) {
        if self.is_none() {
            return;
        }
        let Some(spec) = spec_of(object) else { return };
        self.pull(spec);
        if self.security == PodSecurity::Restricted {
            spec["securityContext"] = pod_security();
        }
        templates::each(spec, &mut |template| {
            if let Some(patch) = self.patch_of(template) {
                template["podSpecPatch"] = json!(patch.to_string());
            }
        });
        if patches_collection(controller) && templates::collects(spec) {
            let patch = self.patch_of_collection();
            if patch != json!({}) {
                spec["artifactGC"]["podSpecPatch"] = json!(patch.to_string());
            }
        }
    }

    /// Adds the secrets that the spec does not name.
    fn pull(&self, spec: &mut Value) {
        let mut secrets = spec["imagePullSecrets"].as_array().cloned().unwrap_or_default();
        for name in &self.pull_secrets {
            if !secrets.iter().any(|secret| secret["name"] == name.as_str()) {
                secrets.push(json!({ "name": name }));
            }
        }
        if !secrets.is_empty() {
            spec["imagePullSecrets"] = secrets.into();
        }
    }

    /// The patch for the pod of a template; `None` for a template without a pod, or without
    /// anything to patch.
    fn patch_of(&self, template: &Value) -> Option<Value> {
        let (init, containers) = templates::containers(template)?;
        let patches = |containers: Vec<(String, Value)>| -> Vec<Value> {
            let patched = containers.into_iter().filter_map(|(name, own)| {
                let patch = self.patch_of_container(&own)?;
                let mut named = json!({ "name": name });
                named.as_object_mut()?.extend(patch);
                Some(named)
            });
            patched.collect()
        };
        let (init, containers) = (patches(init), patches(containers));
        (!init.is_empty()).then(|| json!({ "initContainers": init, "containers": containers }))
    }

    /// The fields of a container. A container with resources of its own keeps them.
    fn patch_of_container(&self, own: &Value) -> Option<serde_json::Map<String, Value>> {
        let mut patch = serde_json::Map::new();
        if self.security == PodSecurity::Restricted {
            let security = json!({
                "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } });
            patch.insert("securityContext".to_owned(), security);
        }
        let mut resources = serde_json::Map::new();
        for (field, quantities) in [("requests", &self.requests), ("limits", &self.limits)] {
            if !quantities.is_empty() {
                resources.insert(field.to_owned(), json!(quantities));
            }
        }
        if !resources.is_empty() && own["resources"].is_null() {
            patch.insert("resources".to_owned(), resources.into());
        }
        (!patch.is_empty()).then_some(patch)
    }

    /// The patch for pods of artifact collection.
    fn patch_of_collection(&self) -> Value {
        let mut patch = serde_json::Map::new();
        if self.security == PodSecurity::Restricted {
            patch.insert("securityContext".to_owned(), pod_security());
        }
        if !self.pull_secrets.is_empty() {
            let secrets = self.pull_secrets.iter().map(|name| json!({ "name": name }));
            patch.insert("imagePullSecrets".to_owned(), secrets.collect());
        }
        patch.into()
    }
}

impl fmt::Display for PodSettings {
    /// The settings in words, for a report.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quantities = |what: &str, of: &BTreeMap<String, String>| {
            let words = of.iter().map(|(resource, quantity)| format!("{resource}={quantity}"));
            (!of.is_empty()).then(|| format!("{what} {}", words.collect::<Vec<_>>().join(",")))
        };
        let security = match self.security {
            PodSecurity::None => None,
            PodSecurity::Restricted => Some("Pod Security restricted".to_owned()),
        };
        let secrets = (!self.pull_secrets.is_empty())
            .then(|| format!("pull secret {}", self.pull_secrets.join(", ")));
        let words = [
            security,
            secrets,
            quantities("requests", &self.requests),
            quantities("limits", &self.limits),
        ];
        let words: Vec<String> = words.into_iter().flatten().collect();
        f.write_str(if words.is_empty() { "as in the cases" } else { "" })?;
        f.write_str(&words.join("; "))
    }
}

/// The security context of a restricted pod.
fn pod_security() -> Value {
    json!({
        "runAsNonRoot": true, "runAsUser": USER, "seccompProfile": { "type": "RuntimeDefault" } })
}

/// Whether pods of artifact collection can be patched. An unknown version counts as a new one.
fn patches_collection(controller: Option<&Version>) -> bool {
    controller.is_none_or(|version| (version.major, version.minor) >= PATCHES_COLLECTION)
}

/// The spec of the workflows that an object is or makes.
fn spec_of(object: &mut Value) -> Option<&mut Value> {
    let spec = kind_of(object)?;
    Some(match spec {
        Made::Spec => &mut object["spec"],
        Made::Schedule => &mut object["spec"]["workflowSpec"],
    })
}

/// The place of a spec of workflows in an object.
enum Made {
    Spec,
    Schedule,
}

fn kind_of(object: &Value) -> Option<Made> {
    let kind = object["kind"].as_str()?;
    let is = |kinds: &[crate::argo_api::ArgoKind]| kinds.iter().any(|one| one.kind == kind);
    if is(&[WORKFLOW, WORKFLOW_TEMPLATE, CLUSTER_WORKFLOW_TEMPLATE]) {
        Some(Made::Spec)
    } else {
        is(&[CRON_WORKFLOW]).then_some(Made::Schedule)
    }
}

#[cfg(test)]
mod tests;
