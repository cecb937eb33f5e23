//! The namespace of a case: a new one, or a prepared one that is empty.

use futures::future::try_join_all;
use kube::Client;
use model::history::Kind;
use provision::installation::{Installation, Namespaces};
use provision::objects::{self, CHALLENGE, ObjectError, RUN};
use provision::store::RepositoryError;
use serde_json::{Value, json};

use crate::answer::words;
use crate::budgets;
use crate::repository;
use crate::watch;

/// A namespace is not ready for a case.
#[derive(Debug, thiserror::Error)]
pub enum NamespaceError {
    /// An object in the namespace could not be made.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// The configured artifact repository cannot be read.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// The manifest of the harness cannot be read.
    #[error("failed to read the manifest of a case's namespace: {0}")]
    Manifest(String),
    /// The objects in a prepared namespace cannot be listed.
    #[error("failed to list the objects of namespace {0}: {1}")]
    List(String, String),
    /// A prepared namespace has objects of another user, or of a case that was not taken down.
    #[error("namespace {namespace} is not empty: {what}")]
    NotEmpty {
        /// Name of the namespace.
        namespace: String,
        /// Number of objects of each kind.
        what: String,
    },
}

/// Makes the namespace unless it is prepared, and the objects that every case needs. Returns a
/// version for a prepared namespace. Events up to that version are not of this case.
///
/// # Errors
/// [`NamespaceError`].
pub async fn set_up(
    installation: &Installation,
    namespace: &str,
    challenge: Option<&str>,
) -> Result<Option<u64>, NamespaceError> {
    let client = &installation.client;
    let text =
        include_str!("../../../manifests/case/namespace.yaml").replace("${NAMESPACE}", namespace);
    let mut manifests = model::parse::manifest(&text).map_err(|(line, _, message)| {
        NamespaceError::Manifest(format!("line {line}: {message}"))
    })?;
    let mut since = None;
    if let Namespaces::Prepared(_) = installation.namespaces {
        since = Some(empty(client, namespace).await?);
        manifests = in_prepared(manifests);
    }
    manifests.extend(repository::objects(installation, namespace).await?);
    for manifest in &mut manifests {
        manifest["metadata"]["labels"][RUN] = json!(installation.run);
        if let Some(challenge) = challenge {
            manifest["metadata"]["labels"][CHALLENGE] = json!(challenge);
        }
    }
    // A namespace comes before its objects, and a role before its bindings. A user who is no
    // administrator may bind only an existing role.
    let (namespaces, rest): (Vec<Value>, Vec<Value>) =
        manifests.into_iter().partition(|manifest| manifest["kind"] == "Namespace");
    let (bindings, rest): (Vec<Value>, Vec<Value>) =
        rest.into_iter().partition(|manifest| manifest["kind"] == "RoleBinding");
    for objects in [namespaces, rest, bindings] {
        objects::apply_all(client, &objects).await?;
    }
    let account = json!({ "apiVersion": "v1", "kind": "ServiceAccount",
        "metadata": { "name": "default", "namespace": namespace } });
    objects::until(client, &account, "there", budgets::SERVICE_ACCOUNT.time, |_| true).await?;
    Ok(since)
}

/// The objects of a prepared namespace. The namespace exists, so its manifest is left out.
fn in_prepared(mut manifests: Vec<Value>) -> Vec<Value> {
    manifests.retain(|object| object["kind"] != "Namespace");
    manifests
}

/// Checks that a prepared namespace has no object of a recorded kind. Returns the version of the
/// check.
async fn empty(client: &Client, namespace: &str) -> Result<u64, NamespaceError> {
    let (there, version) = count_objects(client, namespace)
        .await
        .map_err(|error| NamespaceError::List(namespace.to_owned(), words(&error)))?;
    if there.is_empty() {
        return Ok(version);
    }
    Err(NamespaceError::NotEmpty { namespace: namespace.to_owned(), what: there })
}

/// The number of objects of each recorded kind in a namespace, in words, and the version of the
/// lists.
pub async fn count_objects(client: &Client, namespace: &str) -> Result<(String, u64), kube::Error> {
    let lists = Kind::ALL.map(|kind| async move {
        let listed = watch::in_namespace(client, kind, namespace).await?;
        Ok::<_, kube::Error>((kind, listed))
    });
    let (mut words, mut last) = (Vec::new(), 0);
    for (kind, (items, version)) in try_join_all(lists).await? {
        if !items.is_empty() {
            words.push(format!("{} {kind:?}", items.len()));
        }
        last = last.max(version.parse().unwrap_or_default());
    }
    Ok((words.join(", "), last))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::in_prepared;

    #[rstest]
    #[case::namespace_first(&["Namespace", "Secret", "Role"])]
    #[case::namespace_in_the_middle(&["Secret", "Namespace", "Role"])]
    #[case::namespace_last(&["Secret", "Role", "Namespace"])]
    fn a_prepared_namespace_is_not_made_and_gets_the_rest(#[case] order: &[&str]) {
        let manifests = order.iter().map(|kind| json!({ "kind": kind })).collect();
        let made = in_prepared(manifests);
        let mut kinds: Vec<&str> = made.iter().filter_map(|o| o["kind"].as_str()).collect();
        kinds.sort_unstable();
        assert_eq!(kinds, ["Role", "Secret"], "{}", Value::from(made.clone()));
    }
}
