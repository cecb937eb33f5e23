//! Objects of any kind in a cluster: server-side apply, and waits by watch.

use std::time::Duration;

use futures::{FutureExt, StreamExt, TryStreamExt};
use kube::api::{ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams};
use kube::api::{Patch, PatchParams, WatchEvent, WatchParams};
use kube::{Api, Client};
use model::argo_api::{self, ArgoKind};
use serde_json::Value;

use crate::api_error::ApiError;

pub use model::labels::{CHALLENGE, RUN};

/// Field manager of every apply.
pub const FIELD_MANAGER: &str = "argo-conformance";

/// Error of an operation on an object.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// The manifest has no `apiVersion`, `kind` or name. The value is the beginning of the
    /// manifest.
    #[error("invalid manifest: apiVersion, kind or name is missing: {0}")]
    Nameless(String),
    /// The API server refused the apply, or did not answer.
    #[error("failed to apply {object}")]
    Apply {
        /// Kind and name of the object.
        object: String,
        /// Error of the API server or the client.
        #[source]
        cause: ApiError,
    },
    /// The API server refused the deletion, or did not answer.
    #[error("failed to delete {object}")]
    Delete {
        /// Kind and name of the object.
        object: String,
        /// Error of the API server or the client.
        #[source]
        cause: ApiError,
    },
    /// The API server refused a list or a watch, or did not answer.
    #[error("failed to watch {object}")]
    Watch {
        /// Kind and name of the object.
        object: String,
        /// Error of the API server or the client.
        #[source]
        cause: ApiError,
    },
    /// The object did not reach the wanted state in time.
    #[error("{object} is not {wanted} after {}s; it was last: {last}", waited.as_secs())]
    NotReady {
        /// Kind and name of the object.
        object: String,
        /// Name of the wanted state.
        wanted: String,
        /// Time that the wait took.
        waited: Duration,
        /// The last status of the object as JSON, or `never seen`.
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

/// The resource of a kind of Argo.
pub fn resource_of(kind: ArgoKind) -> ApiResource {
    ApiResource {
        group: argo_api::GROUP.to_owned(),
        version: argo_api::VERSION.to_owned(),
        api_version: argo_api::API_VERSION.to_owned(),
        kind: kind.kind.to_owned(),
        plural: kind.plural.to_owned(),
    }
}

/// Applies one manifest server-side. The apply takes over fields of other managers. A request
/// without an answer goes out once more. Two equal applies are the same as one, and the API server
/// closes connections while it takes new definitions.
///
/// # Errors
/// [`ObjectError::Apply`] if the API server refuses. [`ObjectError::Nameless`] for an incomplete
/// manifest.
pub async fn apply(client: &Client, object: &Value) -> Result<(), ObjectError> {
    let (api, name) = api_of(client, object)?;
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let patch = Patch::Apply(object);
    let applied = once_more(|| api.patch(&name, &params, &patch)).await;
    applied.map(drop).map_err(|cause| ObjectError::Apply {
        object: format!("{} {name}", object["kind"].as_str().unwrap_or_default()),
        cause: cause.into(),
    })
}

/// The answer to a request of which two are the same as one. A request without an answer goes out
/// once more.
pub(crate) async fn once_more<T, F>(ask: impl Fn() -> F) -> Result<T, kube::Error>
where
    F: Future<Output = Result<T, kube::Error>>,
{
    match ask().await {
        Err(kube::Error::Service(_)) => ask().await,
        answered => answered,
    }
}

/// Applies manifests in any order. At most 16 requests run at the same time.
///
/// # Errors
/// [`ObjectError`] of the first apply that fails. Other manifests may be applied.
pub async fn apply_all(client: &Client, objects: &[Value]) -> Result<(), ObjectError> {
    let applied = objects.iter().map(|object| apply(client, object).boxed());
    futures::stream::iter(applied.collect::<Vec<_>>())
        .buffer_unordered(16)
        .try_collect::<Vec<()>>()
        .await
        .map(drop)
}

/// Deletes one object. A missing object is no error.
///
/// # Errors
/// [`ObjectError::Delete`] if the API server refuses. [`ObjectError::Nameless`] for an incomplete
/// manifest.
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

/// Watches one object until `ready` returns true. Returns the object.
///
/// # Errors
/// [`ObjectError::NotReady`] after `patience`. [`ObjectError::Watch`] if the API server refuses a
/// list or a watch. [`ObjectError::Nameless`] for an incomplete manifest.
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

/// True if `status.conditions` has a condition of this type with status `True`.
pub fn has_condition(object: &Value, kind: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    conditions.into_iter().any(|c| c["type"] == kind && c["status"] == "True")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use http::Response;
    use kube::Client;
    use kube::client::Body;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::apply;

    /// A client whose connection closes before the first answers, and the number of its requests.
    fn closing(times: usize, status: u16) -> (Client, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let service = tower::service_fn(move |_: http::Request<Body>| {
            let closes = count.fetch_add(1, Ordering::Relaxed) < times;
            async move {
                if closes {
                    return Err(std::io::Error::other("connection closed"));
                }
                let answer = match status {
                    200 => config_map(),
                    _ => json!({ "kind": "Status", "status": "Failure", "code": status,
                        "message": "no", "reason": "Forbidden" }),
                };
                let answer = answer.to_string().into_bytes();
                let answer = Response::builder().status(status).body(answer.into());
                Ok::<Response<Body>, std::io::Error>(answer.expect("an answer"))
            }
        });
        (Client::new(service, "default"), asked)
    }

    fn config_map() -> Value {
        json!({ "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": { "name": "one", "namespace": "argo" } })
    }

    #[rstest]
    #[case::at_once(0, 200, true, 1)]
    #[case::a_closed_connection(1, 200, true, 2)]
    #[case::no_answer_at_all(9, 200, false, 2)]
    #[case::refused(0, 403, false, 1)]
    #[tokio::test]
    async fn an_apply_without_an_answer_goes_out_once_more(
        #[case] closes: usize,
        #[case] status: u16,
        #[case] done: bool,
        #[case] requests: usize,
    ) {
        let (client, asked) = closing(closes, status);
        assert_eq!(apply(&client, &config_map()).await.is_ok(), done);
        assert_eq!(asked.load(Ordering::Relaxed), requests);
    }
}
