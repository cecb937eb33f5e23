//! Rights of a run on an existing cluster. The manifests in `manifests/existing` list all rights.

use futures::{StreamExt, TryStreamExt};
use k8s_openapi::api::authorization::v1::SelfSubjectAccessReview;
use kube::api::{Api, PostParams};
use kube::{Client, Error};
use serde_json::{Value, json};

use super::error::{ExistingError, api};
use super::target::TargetNamespaces;

const OF_NAMESPACE: &str = include_str!("../../../../manifests/existing/namespace.yaml");
const OF_CLUSTER: &str = include_str!("../../../../manifests/existing/cluster.yaml");
/// Resources that a run does not require. The run reports a missing right to such a resource.
const OPTIONAL: [&str; 1] = ["pods/proxy"];
/// Largest number of concurrent requests.
const AT_ONCE: usize = 16;

/// The user or account that gets the rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Name of a user of the cluster.
    User(String),
    /// Namespace and name of a service account.
    ServiceAccount(String, String),
}

impl Subject {
    fn yaml(&self) -> String {
        match self {
            Self::User(name) => format!(
                "{{ apiGroup: rbac.authorization.k8s.io, kind: User, name: {} }}",
                json!(name)
            ),
            Self::ServiceAccount(namespace, name) => format!(
                "{{ kind: ServiceAccount, namespace: {}, name: {} }}",
                json!(namespace),
                json!(name)
            ),
        }
    }
}

/// The manifests that prepare the namespaces and give the rights, as YAML.
pub fn manifests(place: &TargetNamespaces, subject: &Subject) -> String {
    let texts = place.namespaces().iter().map(|name| OF_NAMESPACE.replace("${NAMESPACE}", name));
    let all: Vec<String> =
        texts.chain([OF_CLUSTER.replace("${ARGO_NAMESPACE}", place.argo())]).collect();
    all.join("---\n").replace("${SUBJECT}", &subject.yaml())
}

/// One right.
#[derive(Clone, Debug)]
struct Right {
    namespace: Option<String>,
    group: String,
    resource: String,
    verb: String,
}

/// One text for each right that is missing. Optional rights are left out.
pub(super) async fn missing(
    client: &Client,
    place: &TargetNamespaces,
) -> Result<Vec<String>, ExistingError> {
    let needed = needed(place)?.into_iter();
    let needed = needed.filter(|right| !OPTIONAL.contains(&right.resource.as_str()));
    let asked = needed.map(|right| async move {
        let allowed = is_allowed(client, &right).await?;
        Ok((!allowed).then(|| right.words()))
    });
    let answers = futures::stream::iter(asked).buffered(AT_ONCE);
    let missing: Result<Vec<Option<String>>, Error> = answers.try_collect().await;
    let missing = missing.map_err(api("ask which rights there are"))?;
    Ok(missing.into_iter().flatten().collect())
}

/// Every right of the manifests, with the optional rights.
fn needed(place: &TargetNamespaces) -> Result<Vec<Right>, ExistingError> {
    let nobody = Subject::User(String::new());
    let manifests = model::parse::manifest(&manifests(place, &nobody));
    let manifests = manifests.map_err(|(line, _, message)| ExistingError::Manifest(line, message));
    Ok(manifests?.iter().flat_map(rights).collect())
}

/// The rights that a role gives.
fn rights(role: &Value) -> Vec<Right> {
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

impl Right {
    fn words(&self) -> String {
        let place = match &self.namespace {
            Some(namespace) => format!("in namespace {namespace}"),
            None => "in the cluster".to_owned(),
        };
        format!("  the right to {} {} {place} is missing", self.verb, self.resource)
    }
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
