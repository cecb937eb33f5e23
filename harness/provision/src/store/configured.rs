//! An artifact repository that is configured in the cluster.

use std::fmt;
use std::str::FromStr;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::Client;
use kube::api::Api;
use model::argo_api::annotation::DEFAULT_REPOSITORY;
use serde_json::Value;

use super::given::OWN_KEYS;

/// Name of the `ConfigMap` in which Argo looks for the default repository of a namespace.
pub const REPOSITORIES: &str = "artifact-repositories";
/// Word for the default repository.
const DEFAULT: &str = "default";

/// The artifact repository that cases use, in the words of the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RepositoryRef {
    /// The repository that Argo uses for a workflow without a reference.
    Default,
    /// A key of a `ConfigMap` in the namespace of each case.
    Key {
        /// Name of the `ConfigMap`.
        config_map: String,
        /// Key with the repository.
        key: String,
    },
}

/// A text is no reference to an artifact repository.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not of the form CONFIGMAP:KEY, and is not `{DEFAULT}`")]
pub struct RepositoryRefError(String);

impl FromStr for RepositoryRef {
    type Err = RepositoryRefError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == DEFAULT {
            return Ok(Self::Default);
        }
        match text.split_once(':') {
            Some((config_map, key)) if !config_map.is_empty() && !key.is_empty() => {
                Ok(Self::Key { config_map: config_map.to_owned(), key: key.to_owned() })
            }
            _ => Err(RepositoryRefError(text.to_owned())),
        }
    }
}

impl fmt::Display for RepositoryRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str(DEFAULT),
            Self::Key { config_map, key } => write!(f, "{config_map}:{key}"),
        }
    }
}

/// A configured repository cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// A `ConfigMap` cannot be read.
    #[error("failed to read the ConfigMap {name} in namespace {namespace}: {cause}")]
    Read {
        /// Namespace of the `ConfigMap`.
        namespace: String,
        /// Name of the `ConfigMap`.
        name: String,
        /// The answer of the API server.
        cause: kube::Error,
    },
    /// There is no such `ConfigMap`, or it has no such key.
    #[error("failed to find artifact repository {reference} in namespace {namespace}: {reason}")]
    Missing {
        /// The reference.
        reference: RepositoryRef,
        /// Namespace of the case.
        namespace: String,
        /// The missing object.
        reason: String,
    },
    /// The harness cannot list the objects of cases in this repository.
    #[error("invalid --store: artifact repository {reference} of namespace {namespace} {reason}")]
    NotListed {
        /// The reference.
        reference: RepositoryRef,
        /// Namespace of the case.
        namespace: String,
        /// The property that the listing needs.
        reason: String,
    },
}

impl RepositoryError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        Some(
            match self {
                Self::Read { .. } => "Give the run the right to get the ConfigMap.",
                Self::Missing { .. } => {
                    "Make the ConfigMap in each prepared namespace, or use the installation's \
                     repository by --artifact-repository default."
                }
                Self::NotListed { .. } => {
                    "Leave --store out, or correct the repository: cases that need a listing are \
                     then not applicable."
                }
            }
            .to_owned(),
        )
    }
}

/// A repository as a namespace has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredRepository {
    /// The repository, as YAML.
    pub text: String,
    /// Whether Argo uses this repository for a workflow without a reference.
    pub is_default: bool,
}

impl RepositoryRef {
    /// Reads the repository of a namespace. `controller` is the namespace and the name of the
    /// controller's `ConfigMap`. For the default, `None` means that the namespace and the
    /// controller have none.
    ///
    /// # Errors
    /// [`RepositoryError::Read`], [`RepositoryError::Missing`].
    pub async fn read(
        &self,
        client: &Client,
        namespace: &str,
        controller: (&str, &str),
    ) -> Result<Option<ConfiguredRepository>, RepositoryError> {
        let (config_map, key) = match self {
            Self::Default => return default_of(client, namespace, controller).await,
            Self::Key { config_map, key } => (config_map, key),
        };
        let missing = |reason: String| RepositoryError::Missing {
            reference: self.clone(),
            namespace: namespace.to_owned(),
            reason,
        };
        let found = get(client, namespace, config_map).await?;
        let found = found.ok_or_else(|| missing(format!("there is no ConfigMap {config_map}")))?;
        let is_default = config_map == REPOSITORIES && default_key(&found) == Some(key.as_str());
        if config_map == REPOSITORIES && !is_default {
            let reason = format!("the annotation {DEFAULT_REPOSITORY} does not name this key");
            return Err(missing(reason));
        }
        let text = found.data.unwrap_or_default().remove(key);
        let text = text.ok_or_else(|| missing(format!("the ConfigMap has no key {key}")))?;
        Ok(Some(ConfiguredRepository { text, is_default }))
    }

    /// Checks that a listing of the bucket shows the objects of a case. They must lie below the
    /// name of the namespace, where the harness deletes.
    ///
    /// # Errors
    /// [`RepositoryError::NotListed`].
    pub fn is_listed(
        &self,
        repository: Option<&ConfiguredRepository>,
        namespace: &str,
        bucket: &str,
    ) -> Result<(), RepositoryError> {
        let reason = match repository {
            None => Some("is not configured".to_owned()),
            Some(repository) => unlisted(&repository.text, bucket),
        };
        reason.map_or(Ok(()), |reason| {
            let (reference, namespace) = (self.clone(), namespace.to_owned());
            Err(RepositoryError::NotListed { reference, namespace, reason })
        })
    }
}

/// The reason why a listing does not show the objects of a case.
fn unlisted(repository: &str, bucket: &str) -> Option<String> {
    let Ok(repository) = serde_saphyr::from_str::<Value>(repository) else {
        return Some("is no YAML".to_owned());
    };
    let s3 = &repository["s3"];
    if !s3.is_object() {
        return Some("is not in an S3 bucket".to_owned());
    }
    let text = |key: &str| s3[key].as_str().unwrap_or_default();
    if text("bucket") != bucket {
        return Some(format!("is in bucket `{}`, not in `{bucket}`", text("bucket")));
    }
    let own = text("keyFormat").starts_with(OWN_KEYS);
    (!own).then(|| format!("has a keyFormat that does not begin with `{OWN_KEYS}`"))
}

/// The repository of a workflow without a reference: that of its namespace, else the controller's.
async fn default_of(
    client: &Client,
    namespace: &str,
    (argo, config_map): (&str, &str),
) -> Result<Option<ConfiguredRepository>, RepositoryError> {
    let found = get(client, namespace, REPOSITORIES).await?;
    let of_namespace = found.and_then(|found| {
        let key = default_key(&found)?.to_owned();
        found.data?.remove(&key)
    });
    let text = match of_namespace {
        Some(text) => Some(text),
        None => get(client, argo, config_map).await?.and_then(of_controller),
    };
    Ok(text.map(|text| ConfiguredRepository { text, is_default: true }))
}

/// The default repository in the `ConfigMap` of the controller.
fn of_controller(config_map: ConfigMap) -> Option<String> {
    let mut data = config_map.data?;
    if let Some(text) = data.remove("artifactRepository") {
        return Some(text);
    }
    let config: Value = serde_saphyr::from_str(data.get("config")?).ok()?;
    config.get("artifactRepository").map(Value::to_string)
}

fn default_key(config_map: &ConfigMap) -> Option<&str> {
    config_map.metadata.annotations.as_ref()?.get(DEFAULT_REPOSITORY).map(String::as_str)
}

async fn get(
    client: &Client,
    namespace: &str,
    name: &str,
) -> Result<Option<ConfigMap>, RepositoryError> {
    let config_maps: Api<ConfigMap> = Api::namespaced(client.clone(), namespace);
    config_maps.get_opt(name).await.map_err(|cause| RepositoryError::Read {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        cause,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{RepositoryRef, unlisted};

    #[rstest]
    #[case::default("default", Some("default"))]
    #[case::key("my-repositories:s3", Some("my-repositories:s3"))]
    #[case::no_key("my-repositories", None)]
    #[case::empty_key("my-repositories:", None)]
    #[case::empty_name(":s3", None)]
    #[case::nothing("", None)]
    fn a_reference(#[case] text: &str, #[case] expected: Option<&str>) {
        let read = text.parse::<RepositoryRef>().ok().map(|reference| reference.to_string());
        assert_eq!(read.as_deref(), expected);
    }

    #[rstest]
    #[case::own("s3: { bucket: b, keyFormat: '{{workflow.namespace}}/{{workflow.name}}' }", None)]
    #[case::other_keys("s3: { bucket: b, keyFormat: '{{workflow.name}}' }", Some("keyFormat"))]
    #[case::namespace_with_more(
        "s3: { bucket: b, keyFormat: '{{workflow.namespace}}-{{workflow.name}}' }",
        Some("keyFormat")
    )]
    #[case::default_keys("s3: { bucket: b }", Some("keyFormat"))]
    #[case::other_bucket("s3: { bucket: c, keyFormat: '{{workflow.namespace}}/' }", Some("`c`"))]
    #[case::other_store("gcs: { bucket: b }", Some("S3"))]
    #[case::text("x", Some("S3"))]
    fn the_objects_of_a_case_in_a_listing(#[case] text: &str, #[case] expected: Option<&str>) {
        let reason = unlisted(text, "b");
        assert_eq!(reason.is_some(), expected.is_some(), "{reason:?}");
        let expected = expected.unwrap_or_default();
        assert!(reason.as_deref().unwrap_or_default().contains(expected), "{reason:?}");
    }
}
