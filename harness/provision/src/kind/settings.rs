//! Images of a kind cluster.

/// Default image of the node, with the Kubernetes minor version of native clusters. The image
/// belongs to the release of `kind` that the harness builds.
pub const NODE_IMAGE: &str = "kindest/node:v1.34.3@sha256:\
    08497ee19eace7b4b5348db5c6a1591d7752b164530a36f855cb0f2bdcbadd48";
/// Default image of the object store.
pub const STORE_IMAGE: &str = "quay.io/minio/minio:RELEASE.2025-09-07T16-13-09Z";

/// Images of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Image of the node. The image decides the version of Kubernetes.
    pub node_image: String,
    /// Image of the object store.
    pub store_image: String,
}

impl Settings {
    /// Minor version of Kubernetes by the tag of the node's image. `None`: the tag is no version.
    pub(super) fn kubernetes_minor(&self) -> Option<u32> {
        let (named, _digest) = self.node_image.split_once('@').unwrap_or((&self.node_image, ""));
        let (_, version) = named.rsplit_once(":v")?;
        version.split('.').nth(1)?.parse().ok()
    }

    /// These settings with the tag of the node's image set to a version of Kubernetes. The result
    /// has no digest.
    #[must_use]
    pub fn with_kubernetes(&self, version: &str) -> Self {
        let (named, _digest) = self.node_image.split_once('@').unwrap_or((&self.node_image, ""));
        let repository = match named.rsplit_once(':') {
            Some((repository, tag)) if !tag.contains('/') => repository,
            _ => named,
        };
        Self { node_image: format!("{repository}:v{version}"), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{NODE_IMAGE, Settings};

    #[rstest]
    #[case::default(NODE_IMAGE, Some(34))]
    #[case::of_a_registry_with_a_port("localhost:5000/node", None)]
    #[case::with_both("localhost:5000/node:v1.35.0", Some(35))]
    #[case::other_tag("kindest/node:latest", None)]
    fn the_tag_has_the_minor_version(#[case] image: &str, #[case] expected: Option<u32>) {
        let settings = Settings { node_image: image.to_owned(), store_image: String::new() };
        assert_eq!(settings.kubernetes_minor(), expected);
    }

    #[rstest]
    #[case::as_it_is(NODE_IMAGE, "kindest/node:v1.33.7")]
    #[case::of_a_registry_with_a_port("localhost:5000/node", "localhost:5000/node:v1.33.7")]
    #[case::with_both("localhost:5000/node:v1.34.4", "localhost:5000/node:v1.33.7")]
    fn the_tag_of_the_node_image_is_the_release(#[case] image: &str, #[case] expected: &str) {
        let node_image = image.to_owned();
        let settings = Settings { node_image, store_image: "minio".to_owned() };
        let settings = settings.with_kubernetes("1.33.7");
        assert_eq!(
            (settings.node_image.as_str(), settings.store_image.as_str()),
            (expected, "minio")
        );
    }
}
