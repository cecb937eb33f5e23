//! The artifact repository of a case, in the namespace of the case.

use std::sync::Arc;

use model::argo_api::annotation::DEFAULT_REPOSITORY;
use provision::installation::Installation;
use provision::store::{
    Artifacts, GivenStore, REPOSITORIES, RepositoryError, RepositoryRef, SECRET, StoreAddress,
};
use serde_json::{Map, Value, json};

/// Key of the repository in the `ConfigMap` of the harness.
const KEY: &str = "conformance";

/// The secret and the `ConfigMap` that a case needs for its artifacts.
///
/// # Errors
/// The configured repository cannot be read.
pub(crate) async fn objects(
    installation: &Installation,
    namespace: &str,
) -> Result<Vec<Value>, RepositoryError> {
    Ok(match &installation.artifacts {
        Artifacts::Own(address) => vec![of_own(address, namespace)],
        Artifacts::Given(store) => of_given(store, namespace),
        Artifacts::Configured(reference) => {
            configured(installation, reference, namespace).await?.into_iter().collect()
        }
    })
}

/// The secret that the default repository of an own installation names.
fn of_own(address: &StoreAddress, namespace: &str) -> Value {
    let data = json!({ "user": address.user, "password": address.password });
    secret(namespace, &data)
}

fn of_given(store: &Arc<GivenStore>, namespace: &str) -> Vec<Value> {
    // JSON is YAML.
    let repository = config_map(namespace, &store.repository().to_string());
    let data: Map<String, Value> = store.secret();
    let secret = (!data.is_empty()).then(|| secret(namespace, &Value::Object(data)));
    secret.into_iter().chain([repository]).collect()
}

/// A copy of a configured repository, as the default of the namespace. The workflow of the case
/// stays as it is. `None`: the repository is the default already.
async fn configured(
    installation: &Installation,
    reference: &RepositoryRef,
    namespace: &str,
) -> Result<Option<Value>, RepositoryError> {
    if *reference == RepositoryRef::Default {
        return Ok(None);
    }
    let controller = installation.config_map();
    let found = reference.read(&installation.client, namespace, controller).await?;
    let copied = found.filter(|found| !found.is_default);
    Ok(copied.map(|found| config_map(namespace, &found.text)))
}

fn secret(namespace: &str, data: &Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "Secret",
        "metadata": { "name": SECRET, "namespace": namespace }, "stringData": data })
}

fn config_map(namespace: &str, repository: &str) -> Value {
    json!({ "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": { "name": REPOSITORIES, "namespace": namespace, "annotations": {
            DEFAULT_REPOSITORY: KEY } },
        "data": { KEY: repository } })
}
