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
pub use controller::{ControllerError, ControllerSearch, Electors, find_controller, settings_of};
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

/// The reason for which no case may run in a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unprepared {
    /// Name of the namespace.
    pub namespace: String,
    /// The reason.
    pub message: String,
}

impl Unprepared {
    /// The remedy, in sentences. It names the subject that the namespace is prepared for.
    pub fn remedy(&self, place: &TargetNamespaces, subject: Option<&Subject>) -> String {
        let prepare = rights::prepare(std::slice::from_ref(&self.namespace), place, subject);
        format!("{prepare}. A run may delete everything in a prepared namespace.")
    }
}

/// Looks whether a namespace is prepared. `None`: it is.
///
/// # Errors
/// [`ExistingError::Api`]: the API server did not answer, or does not know the user.
pub async fn unprepared(client: &Client, name: &str) -> Result<Option<Unprepared>, ExistingError> {
    let namespaces: Api<Namespace> = Api::all(client.clone());
    let message = match namespaces.get(name).await {
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
    Ok(Some(Unprepared { namespace: name.to_owned(), message }))
}
