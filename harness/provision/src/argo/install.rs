//! Installation of Argo in a cluster from rendered manifests, by server-side apply.

use std::collections::BTreeSet;
use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams};
use model::argo_api::CONTROLLER;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::api_error::ApiError;
use crate::objects::{self, FIELD_MANAGER, ObjectError};
use crate::poll::{NotReady, until_ready};

/// Namespace of the controller.
pub const NAMESPACE: &str = "argo";

/// A custom resource definition as JSON text. A definition of Argo 4 has up to 2 MB.
#[derive(Clone, Debug)]
pub struct Definition {
    name: String,
    /// Path of the API server that lists the resources of the definition's first version.
    path: String,
    plural: String,
    json: Box<RawValue>,
}

/// The fields of a definition that the installation needs.
#[derive(Deserialize)]
struct Head {
    metadata: Named,
    spec: Spec,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Spec {
    group: String,
    names: Names,
    versions: Vec<Named>,
}

#[derive(Deserialize)]
struct Names {
    plural: String,
}

impl Definition {
    /// Reads the fields of a definition, and keeps its text.
    pub(super) fn read(json: Box<RawValue>) -> Result<Self, serde_json::Error> {
        let Head { metadata, spec } = serde_json::from_str(json.get())?;
        let version = spec.versions.first().map(|version| version.name.as_str());
        let path = format!("/apis/{}/{}", spec.group, version.unwrap_or_default());
        Ok(Self { name: metadata.name, path, plural: spec.names.plural, json })
    }

    /// Name of the definition: `workflows.argoproj.io`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Refuses an object that [`Definition::read`] cannot read.
    pub(super) fn check(object: &Value) -> Result<(), serde_json::Error> {
        Head::deserialize(object).map(drop)
    }
}

/// Error of the installation of Argo.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The API server refuses a definition.
    #[error("failed to create the definition {name}")]
    Definition {
        /// Name of the definition.
        name: String,
        /// Error of the API server or the client.
        #[source]
        cause: ApiError,
    },
    /// The API server does not serve a kind of Argo.
    #[error("failed to wait for the kinds of Argo")]
    Served(#[from] NotReady),
    /// The API server refuses a manifest, or the controller does not become Available.
    #[error("failed to install Argo")]
    Object(#[from] ObjectError),
}

/// Creates the definitions, with all requests at the same time.
///
/// # Errors
/// [`InstallError::Definition`] of the first definition that the API server refuses.
pub async fn define(client: &Client, definitions: &[Definition]) -> Result<(), InstallError> {
    let resource = ApiResource::erase::<CustomResourceDefinition>(&());
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &resource);
    let params = PatchParams::apply(FIELD_MANAGER).force();
    let create = async |definition: &Definition| {
        let patch = Patch::Apply(&definition.json);
        let created =
            objects::once_more(|| api.patch_metadata(&definition.name, &params, &patch)).await;
        created.map(drop).map_err(|cause| InstallError::Definition {
            name: definition.name.clone(),
            cause: cause.into(),
        })
    };
    futures::future::try_join_all(definitions.iter().map(create)).await.map(drop)
}

/// Waits until the API server serves the kind of each definition.
///
/// # Errors
/// [`InstallError::Served`] with the missing kinds of one API version.
pub async fn served(
    client: &Client,
    definitions: &[Definition],
    patience: Duration,
) -> Result<(), InstallError> {
    let paths: BTreeSet<&str> = definitions.iter().map(|d| d.path.as_str()).collect();
    for path in paths {
        let ask = || async {
            let request = http::Request::get(path).body(Vec::new()).map_err(|e| e.to_string())?;
            let found: Value = client.request(request).await.map_err(|e| e.to_string())?;
            let served = |d: &&Definition| {
                found["resources"].as_array().into_iter().flatten().any(|r| r["name"] == d.plural)
            };
            let missing: Vec<&str> = definitions
                .iter()
                .filter(|d| d.path == path)
                .filter(|d| !served(d))
                .map(|d| d.plural.as_str())
                .collect();
            if missing.is_empty() {
                Ok(())
            } else {
                Err(format!("it lacks {}", missing.join(", ")))
            }
        };
        until_ready(path, patience, ask).await?;
    }
    Ok(())
}

/// Applies all objects except Deployments. Namespaces and priority classes come first.
///
/// # Errors
/// [`InstallError::Object`] of the first object that the API server refuses.
pub async fn apply(client: &Client, objects: &[Value]) -> Result<(), InstallError> {
    let early = |object: &Value| object["kind"] == "Namespace" || object["kind"] == "PriorityClass";
    let others = objects.iter().filter(|object| !is_deployment(object)).cloned();
    let (first, rest): (Vec<Value>, Vec<Value>) = others.partition(early);
    objects::apply_all(client, &first).await?;
    objects::apply_all(client, &rest).await?;
    Ok(())
}

/// Applies the Deployments. A controller ends if it starts before its kinds are served. Kubelet
/// then starts the controller again after 10 s (measured on 4.0.5).
///
/// # Errors
/// [`InstallError::Object`] of the first object that the API server refuses.
pub async fn deploy(client: &Client, objects: &[Value]) -> Result<(), InstallError> {
    let deployments: Vec<Value> = objects.iter().filter(|o| is_deployment(o)).cloned().collect();
    objects::apply_all(client, &deployments).await?;
    Ok(())
}

fn is_deployment(object: &Value) -> bool {
    object["kind"] == "Deployment"
}

/// Waits until the Deployment of the controller is Available.
///
/// # Errors
/// [`InstallError::Object`] with [`ObjectError::NotReady`] and the last status.
pub async fn available(client: &Client, patience: Duration) -> Result<(), InstallError> {
    let deployment = json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": CONTROLLER, "namespace": NAMESPACE },
    });
    let available = |o: &Value| objects::has_condition(o, "Available");
    objects::until(client, &deployment, "Available", patience, available).await?;
    Ok(())
}
