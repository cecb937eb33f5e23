//! Provider `existing`: a cluster with an installed Argo that the harness did not start.
//!
//! The harness makes nothing outside the prepared namespaces, and a label marks each of them. The
//! harness needs no rights beyond `manifests/existing`.

mod argo_environment;
mod error;
mod hold;
mod kubeconfig;
mod rights;
mod target;

use k8s_openapi::api::core::v1::{Namespace, Pod};
use kube::api::{Api, ListParams};
use kube::{Client, Error};
use model::argo_api::{CONTROLLER, CONTROLLER_SELECTOR};
use semver::Version;

pub use argo_environment::argo_environment;
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

/// Versions of the installed Argo, by the pod of its controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalledVersions {
    /// Version of the controller. `None` if the tag of the image is not a version.
    pub controller: Option<String>,
    /// Version of the executor. `None` if the tag of the image is not a version. Default: the
    /// version of the controller, if no argument names an image.
    pub executor: Option<String>,
}

/// Checks that cases can run in a place, and reads the versions of its Argo.
///
/// # Errors
/// [`ExistingError::Lacks`] has every problem of the first stage that fails. The stages are: the
/// namespaces are prepared, the rights are given, one pod of the controller exists.
pub async fn examine(
    client: &Client,
    place: &TargetNamespaces,
) -> Result<InstalledVersions, ExistingError> {
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
    let pods: Api<Pod> = Api::namespaced(client.clone(), place.argo());
    let labelled = ListParams::default().labels(CONTROLLER_SELECTOR);
    let listed = pods.list(&labelled).await.map_err(api("look for the workflow controller"))?;
    match listed.items.as_slice() {
        [pod] => Ok(found(pod)),
        pods => Err(ExistingError::Lacks(vec![format!(
            "  {} pods in namespace {} carry the label {CONTROLLER_SELECTOR}\n    remedy: name the \
             namespace of the controller with --argo-namespace; it must have one replica",
            pods.len(),
            place.argo(),
        )])),
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

fn found(pod: &Pod) -> InstalledVersions {
    let containers = pod.spec.as_ref().map(|spec| spec.containers.as_slice()).unwrap_or_default();
    let container = containers.iter().find(|container| container.name == CONTROLLER);
    let container = container.or(containers.first());
    let image = container.and_then(|container| container.image.as_deref());
    let mut args = container.and_then(|c| c.args.as_deref()).unwrap_or_default().iter();
    let executor = args.find(|arg| *arg == "--executor-image").and_then(|_| args.next());
    let controller = image.and_then(version);
    InstalledVersions {
        // The executor has the version of the controller, unless an argument names its image.
        executor: executor.map_or_else(|| controller.clone(), |image| version(image)),
        controller,
    }
}

/// The version in the tag of an image. `None`: the tag is missing or is not a version.
fn version(image: &str) -> Option<String> {
    let (_, tag) = image.split('@').next()?.rsplit_once(':')?;
    let version = tag.strip_prefix('v').unwrap_or(tag);
    Version::parse(version).ok().map(|version| version.to_string())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::version;

    #[rstest]
    #[case::tag("quay.io/argoproj/workflow-controller:v3.5.12", Some("3.5.12"))]
    #[case::digest("quay.io/argoproj/workflow-controller:v3.5.12@sha256:12", Some("3.5.12"))]
    #[case::candidate("here:5000/controller:4.0.0-rc2", Some("4.0.0-rc2"))]
    #[case::port_without_tag("here:5000/controller", None)]
    #[case::latest("quay.io/argoproj/workflow-controller:latest", None)]
    #[case::nothing("", None)]
    fn the_version_of_an_image(#[case] image: &str, #[case] expected: Option<&str>) {
        assert_eq!(version(image).as_deref(), expected);
    }
}
