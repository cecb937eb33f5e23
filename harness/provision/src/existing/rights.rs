//! Rights of a run on an existing cluster. The manifests in `manifests/existing` list all rights.

mod optional;
mod subject;
mod summary;

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::authorization::v1::SelfSubjectAccessReview;
use kube::api::{Api, PostParams};
use kube::{Client, Error};
use serde_json::{Value, json};

use super::error::{ExistingError, api};
use super::target::TargetNamespaces;

pub use optional::OptionalRight;
pub use subject::Subject;
pub(super) use summary::prepare;
pub use summary::{RightsProblem, problem};

/// Required rights in a prepared namespace.
const OF_NAMESPACE: &str = include_str!("../../../../manifests/existing/namespace.yaml");
/// Required rights outside the prepared namespaces.
const OUTSIDE: &str = include_str!("../../../../manifests/existing/cluster.yaml");
/// Optional rights in the namespace of the controller.
const OPTIONAL: &str = include_str!("../../../../manifests/existing/optional.yaml");
/// Optional rights that only an administrator of the cluster can give.
const OF_CLUSTER: &str = include_str!("../../../../manifests/existing/nodes.yaml");
/// Largest number of concurrent requests.
const AT_ONCE: usize = 16;

/// Rights that only an administrator of the cluster can give. All of them are optional.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterRights {
    /// The manifests have them.
    Included,
    /// The manifests have rights in namespaces alone.
    LeftOut,
}

/// The manifests that prepare the namespaces and give the rights, as YAML.
pub fn manifests(place: &TargetNamespaces, subject: &Subject, cluster: ClusterRights) -> String {
    let mut texts = vec![required(place)];
    texts.push(OPTIONAL.replace("${ARGO_NAMESPACE}", place.argo()));
    match cluster {
        ClusterRights::Included => texts.push(OF_CLUSTER.to_owned()),
        ClusterRights::LeftOut => {}
    }
    for_subject(&texts.join("---\n"), subject)
}

/// Manifests with the subject of their bindings. Each subject has bindings of its own.
fn for_subject(manifests: &str, subject: &Subject) -> String {
    let manifests = manifests.replace("${SUBJECT_HASH}", &subject.hash());
    manifests.replace("${SUBJECT}", &subject.yaml())
}

/// The manifests of the prepared namespaces and of the required rights.
fn required(place: &TargetNamespaces) -> String {
    let texts = place.namespaces().iter().map(|name| OF_NAMESPACE.replace("${NAMESPACE}", name));
    let outside = OUTSIDE.replace("${ARGO_NAMESPACE}", place.argo());
    texts.chain([outside]).collect::<Vec<_>>().join("---\n")
}

/// One right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// Namespace of the objects. `None`: objects of the cluster.
    pub namespace: Option<String>,
    /// Group of the API. Empty: the core group.
    pub group: String,
    /// Resource, with its subresource after a slash: `pods/log`.
    pub resource: String,
    /// Verb of the request: `get`.
    pub verb: String,
}

/// The importance of a right for a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A run without the right does not begin.
    Required,
    /// A run without the right continues, and names the part that it does not observe.
    Optional(OptionalRight),
}

/// A right that the user or account of a run does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRight {
    /// The right.
    pub right: Right,
    /// Its importance.
    pub need: Need,
}

/// Every right of the manifests that the client does not have, in their order.
///
/// # Errors
/// The API server does not answer, or refuses the question.
pub async fn missing(
    client: &Client,
    place: &TargetNamespaces,
) -> Result<Vec<MissingRight>, ExistingError> {
    let asked = needed(place)?.into_iter().map(|needed| async move {
        let allowed = is_allowed(client, &needed.right).await?;
        Ok((!allowed).then_some(needed))
    });
    let answers = futures::stream::iter(asked).buffered(AT_ONCE);
    let missing: Result<Vec<Option<MissingRight>>, Error> = answers.try_collect().await;
    let missing = missing.map_err(api("ask which rights there are"))?;
    Ok(missing.into_iter().flatten().collect())
}

/// Every right of the manifests.
fn needed(place: &TargetNamespaces) -> Result<Vec<MissingRight>, ExistingError> {
    let required = rights(&required(place))?.into_iter();
    let mut needed: Vec<_> =
        required.map(|right| MissingRight { right, need: Need::Required }).collect();
    let optional = OPTIONAL.replace("${ARGO_NAMESPACE}", place.argo());
    for right in rights(&format!("{optional}---\n{OF_CLUSTER}"))? {
        // A test has every right of these manifests.
        let need = OptionalRight::of(&right.resource).map_or(Need::Required, Need::Optional);
        needed.push(MissingRight { right, need });
    }
    Ok(needed)
}

/// The rights that the roles of manifests give.
fn rights(manifests: &str) -> Result<Vec<Right>, ExistingError> {
    let nobody = Subject::User(String::new());
    let manifests = model::parse::manifest(&for_subject(manifests, &nobody));
    let manifests = manifests.map_err(|(line, _, message)| ExistingError::Manifest(line, message));
    Ok(manifests?.iter().flat_map(rights_of).collect())
}

/// The rights that a role gives.
fn rights_of(role: &Value) -> Vec<Right> {
    let list = |value: &Value| -> Vec<String> {
        let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let namespace = role["metadata"]["namespace"].as_str().map(str::to_owned);
    let mut rights = Vec::new();
    for rule in role["rules"].as_array().into_iter().flatten() {
        for group in list(&rule["apiGroups"]) {
            for resource in list(&rule["resources"]) {
                rights.extend(list(&rule["verbs"]).into_iter().map(|verb| Right {
                    namespace: namespace.clone(),
                    group: group.clone(),
                    resource: resource.clone(),
                    verb,
                }));
            }
        }
    }
    rights
}

async fn is_allowed(client: &Client, right: &Right) -> Result<bool, Error> {
    let (resource, subresource) = right.resource.split_once('/').unwrap_or((&right.resource, ""));
    let review = json!({ "spec": { "resourceAttributes": {
        "namespace": right.namespace, "group": right.group, "resource": resource,
        "subresource": subresource, "verb": right.verb,
        // The role of a namespace gives access to the namespace object by its name only.
        "name": right.namespace.as_ref().filter(|_| right.resource == "namespaces"),
    } } });
    let review: SelfSubjectAccessReview =
        serde_json::from_value(review).map_err(Error::SerdeError)?;
    let reviews: Api<SelfSubjectAccessReview> = Api::all(client.clone());
    let answer = reviews.create(&PostParams::default(), &review).await?;
    Ok(answer.status.is_some_and(|status| status.allowed))
}

#[cfg(test)]
mod tests;
