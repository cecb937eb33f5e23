//! Objects of any kind in a cluster: applied server-side, waited for by watching.

use std::time::Duration;

use futures::{FutureExt, StreamExt, TryStreamExt};
use kube::api::{ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams};
use kube::api::{Patch, PatchParams, WatchEvent, WatchParams};
use kube::{Api, Client};
use serde_json::Value;

use crate::api_error::ApiError;

/// The label that everything carries that is made for a run, with the run's id as value.
pub const RUN: &str = "argo-conformance/run";
/// The label that everything carries that is made for a case, with the value that a verifier gave
/// for the run, if there is one.
pub const CHALLENGE: &str = "argo-conformance/challenge";
/// The field manager under which everything is applied.
pub const FIELD_MANAGER: &str = "argo-conformance";

/// An object could not be applied, or did not become what was waited for.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// It has no apiVersion, kind or name.
    #[error("a manifest without apiVersion, kind or name: {0}")]
    Nameless(String),
    /// The API server refused it, or did not answer.
    #[error("apply {object}")]
    Apply {
        /// Kind and name.
        object: String,
        /// What the API server said.
        #[source]
        cause: ApiError,
    },
    /// The API server did not delete it.
    #[error("delete {object}")]
    Delete {
        /// Kind and name.
        object: String,
        /// What the API server said.
        #[source]
        cause: ApiError,
    },
    /// The watch failed.
    #[error("watch {object}")]
    Watch {
        /// Kind and name.
        object: String,
        /// What the API server said.
        #[source]
        cause: ApiError,
    },
    /// It did not become so in time.
    #[error("{object} is not {wanted} after {}s; it was last: {last}", waited.as_secs())]
    NotReady {
        /// Kind and name.
        object: String,
        /// What was waited for.
        wanted: String,
        /// How long.
        waited: Duration,
        /// Its status when last seen.
        last: String,
    },
}

/// The API for the kind and namespace of a manifest, and its name.
fn api_of(client: &Client, object: &Value) -> Result<(Api<DynamicObject>, String), ObjectError> {
    let text = |v: &Value| v.as_str().map(str::to_owned);
    let parts =
        (text(&object["apiVersion"]), text(&object["kind"]), text(&object["metadata"]["name"]));
    let (Some(version), Some(kind), Some(name)) = parts else {
        return Err(ObjectError::Nameless(object.to_string().chars().take(200).collect()));
    };
    let (group, version) = version.split_once('/').unwrap_or(("", &version));
    let resource = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &kind));
    let api = match object["metadata"]["namespace"].as_str() {
        Some(namespace) => Api::namespaced_with(client.clone(), namespace, &resource),
        None => Api::all_with(client.clone(), &resource),
    };
    Ok((api, name))
}

/// Applies one manifest server-side, taking over fields that others set.
///
/// # Errors
/// [`ObjectError::Apply`] with what the API server said.
pub async fn apply(client: &Client, object: &Value) -> Result<(), ObjectError> {
    let (api, name) = api_of(client, object)?;
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let applied = api.patch(&name, &params, &Patch::Apply(object)).await;
    applied.map(drop).map_err(|cause| ObjectError::Apply {
        object: format!("{} {name}", object["kind"].as_str().unwrap_or_default()),
        cause: cause.into(),
    })
}

/// Applies manifests, several at a time, in no order.
///
/// # Errors
/// The first that fails.
pub async fn apply_all(client: &Client, objects: &[Value]) -> Result<(), ObjectError> {
    let applied = objects.iter().map(|object| apply(client, object).boxed());
    futures::stream::iter(applied.collect::<Vec<_>>())
        .buffer_unordered(16)
        .try_collect::<Vec<()>>()
        .await
        .map(drop)
}

/// Deletes one object, if it is there.
///
/// # Errors
/// [`ObjectError::Delete`] with what the API server said.
pub async fn delete(client: &Client, object: &Value) -> Result<(), ObjectError> {
    let (api, name) = api_of(client, object)?;
    match api.delete(&name, &DeleteParams::default()).await {
        Ok(_) => Ok(()),
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        Err(cause) => Err(ObjectError::Delete {
            object: format!("{} {name}", object["kind"].as_str().unwrap_or_default()),
            cause: cause.into(),
        }),
    }
}

/// Watches one object until `ready` says so; returns it.
///
/// # Errors
/// [`ObjectError::NotReady`] after `patience`, with its last status; [`ObjectError::Watch`] if the
/// API server refuses the watch.
pub async fn until(
    client: &Client,
    object: &Value,
    wanted: &str,
    patience: Duration,
    ready: impl Fn(&Value) -> bool,
) -> Result<Value, ObjectError> {
    let (api, name) = api_of(client, object)?;
    let title = format!("{} {name}", object["kind"].as_str().unwrap_or_default());
    let mut last = "never seen".to_owned();
    let watching = watch_until(&api, &name, &title, &mut last, &ready);
    match tokio::time::timeout(patience, watching).await {
        Ok(result) => result,
        Err(_) => Err(ObjectError::NotReady {
            object: title,
            wanted: wanted.to_owned(),
            waited: patience,
            last,
        }),
    }
}

async fn watch_until(
    api: &Api<DynamicObject>,
    name: &str,
    title: &str,
    last: &mut String,
    ready: &impl Fn(&Value) -> bool,
) -> Result<Value, ObjectError> {
    let failed =
        |cause: kube::Error| ObjectError::Watch { object: title.to_owned(), cause: cause.into() };
    let field = format!("metadata.name={name}");
    loop {
        let found = api.list(&ListParams::default().fields(&field)).await.map_err(failed)?;
        let version = found.metadata.resource_version.clone().unwrap_or_default();
        for object in found.items {
            if let Some(found) = look(&object, last, ready) {
                return Ok(found);
            }
        }
        let params = WatchParams::default().fields(&field);
        let mut events = api.watch(&params, &version).await.map_err(failed)?.boxed();
        while let Ok(Some(event)) = events.try_next().await {
            if let WatchEvent::Added(object) | WatchEvent::Modified(object) = event
                && let Some(found) = look(&object, last, ready)
            {
                return Ok(found);
            }
        }
    }
}

fn look(
    object: &DynamicObject,
    last: &mut String,
    ready: &impl Fn(&Value) -> bool,
) -> Option<Value> {
    let value = serde_json::to_value(object).ok()?;
    *last = value["status"].to_string();
    ready(&value).then_some(value)
}

/// Whether `status.conditions` has this type with status True.
pub fn has_condition(object: &Value, kind: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|c| c["type"] == kind && c["status"] == "True")
}
