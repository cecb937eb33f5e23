//! Provider `existing`: a cluster with an installed Argo that the harness did not start.
//!
//! The harness makes nothing outside the prepared namespaces, and a label marks each of them. The
//! harness needs no rights beyond `manifests/existing`.

mod argo_environment;
mod controller;
mod error;
mod hold;
mod kubeconfig;
mod rights;
mod target;

use k8s_openapi::api::core::v1::Namespace;
use kube::api::Api;
use kube::{Client, Error};
use model::controller::{ControllerScope, FoundController};

pub use argo_environment::argo_environment;
pub use controller::{ControllerError, ControllerSearch, find_controller};
pub use error::ExistingError;
use error::api;
pub use hold::{Hold, HoldError};
pub use kubeconfig::{KubeconfigError, write as write_kubeconfig};
pub use rights::{
    ClusterRights, MissingRight, Need, OptionalRight, Right, RightsProblem, Subject, manifests,
    missing as missing_rights, problem as rights_problem,
};
pub use target::{NameError, TargetNamespaces};

/// Label of a prepared namespace. The value is `true`.
pub const PREPARED: &str = "argo-conformance/prepared";

/// Checks that cases can run in a place, and finds the controller of its Argo.
///
/// # Errors
/// [`ExistingError::Lacks`] has every problem of the first stage that fails. The stages are: the
/// namespaces are prepared, the rights are given, one controller exists and watches the namespaces.
pub async fn examine(
    client: &Client,
    place: &TargetNamespaces,
    search: &ControllerSearch,
) -> Result<FoundController, ExistingError> {
    let mut lacks = Vec::new();
    for namespace in place.namespaces() {
        lacks.extend(not_prepared(client, namespace).await?);
    }
    if lacks.is_empty() {
        let missing = rights::missing(client, place).await?;
        let required = missing.iter().filter(|missing| missing.need == Need::Required);
        let problem = rights::problem(required.map(|missing| &missing.right), place);
        lacks.extend(
            problem.map(|RightsProblem { message, remedy }| {
                format!("  {message}\n    remedy: {remedy}")
            }),
        );
    }
    if !lacks.is_empty() {
        return Err(ExistingError::Lacks(lacks));
    }
    let found = match find_controller(client, place.argo(), search).await {
        Ok(found) => found,
        Err(ControllerError::Api { action, cause }) => {
            return Err(ExistingError::Api { action, cause });
        }
        Err(error) => return Err(ExistingError::Lacks(vec![lack(&error, error.hint())])),
    };
    match not_watched(&found, place) {
        Some(error) => Err(ExistingError::Lacks(vec![lack(&error, error.hint())])),
        None => Ok(found),
    }
}

/// A problem with its remedy, as [`ExistingError::Lacks`] has them.
fn lack(problem: &ControllerError, remedy: Option<String>) -> String {
    let remedy = remedy.map(|remedy| format!("\n    remedy: {remedy}"));
    format!("  {problem}{}", remedy.unwrap_or_default())
}

/// The problem of a controller that does not watch every prepared namespace.
pub fn not_watched(found: &FoundController, place: &TargetNamespaces) -> Option<ControllerError> {
    let unwatched = found.unwatched(place.namespaces());
    match &found.scope {
        ControllerScope::Namespace(watched) if !unwatched.is_empty() => {
            Some(ControllerError::NotWatched {
                controller: found.words(),
                watched: watched.clone(),
                unwatched: unwatched.into_iter().map(str::to_owned).collect(),
            })
        }
        ControllerScope::Namespace(_) | ControllerScope::Cluster => None,
    }
}

/// The problem of a namespace, with its remedy. `None`: the namespace is prepared.
async fn not_prepared(client: &Client, name: &str) -> Result<Option<String>, ExistingError> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let problem = match namespaces.get(name).await {
        Ok(namespace) => {
            let labels = namespace.metadata.labels.unwrap_or_default();
            if labels.get(PREPARED).is_some_and(|value| value == "true") {
                return Ok(None);
            }
            format!("namespace {name} is not prepared: it has no label {PREPARED}=true")
        }
        Err(Error::Api(status)) if status.code == 404 => format!("there is no namespace {name}"),
        Err(Error::Api(status)) if status.code == 403 => {
            format!("namespace {name} may not be looked at: {}", status.message)
        }
        Err(error) => return Err(api(&format!("look at namespace {name}"))(error)),
    };
    Ok(Some(format!(
        "  {problem}\n    remedy: `argo-conformance prepare {name} --user YOU` prints what makes it so; \
         whatever is in a namespace that is prepared may be deleted"
    )))
}
