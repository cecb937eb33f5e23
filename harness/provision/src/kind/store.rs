//! Object store of a kind cluster: `MinIO` in a container, by testcontainers.

use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};

use super::docker::{Docker, LABEL};
use super::error::KindError;
use crate::store::{Store, StoreAddress};

/// Port of `MinIO` in its container.
const PORT: u16 = 9000;

/// Container of the object store. Drop removes the container.
pub(super) struct StoreContainer {
    container: ContainerAsync<GenericImage>,
    name: String,
    address: StoreAddress,
}

impl StoreContainer {
    /// Starts the container. The object store may not answer yet.
    pub(super) async fn start(image: &str, cluster: &str) -> Result<Self, KindError> {
        let failed = KindError::docker("start the object store's container");
        let random = |cause| KindError::File { path: "/dev/urandom".into(), cause };
        let address = StoreAddress::with_new_keys(String::new()).map_err(random)?;
        let name = format!("{cluster}-store");
        let (image, tag) = split(image);
        let request = GenericImage::new(image, tag)
            .with_exposed_port(PORT.tcp())
            // An S3 request, not testcontainers, tells that the object store is ready.
            .with_wait_for(WaitFor::Nothing)
            .with_container_name(&name)
            .with_label(LABEL, cluster)
            .with_env_var("MINIO_ROOT_USER", &address.user)
            .with_env_var("MINIO_ROOT_PASSWORD", &address.password)
            .with_env_var("MINIO_BROWSER", "off")
            .with_env_var("MINIO_UPDATE", "off")
            .with_env_var("MINIO_CALLHOME_ENABLE", "off")
            .with_cmd(["server", "--quiet", "/data"]);
        let container = request.start().await.map_err(failed)?;
        Ok(Self { container, name, address })
    }

    /// Name of the container.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Connects the container to the network of the pods. Returns a client for the harness.
    pub(super) async fn join_network(&mut self, docker: &Docker) -> Result<Store, KindError> {
        let address = docker.join_network(&self.name).await?;
        self.address.endpoint = format!("{address}:{PORT}");
        // The port is read after the connection: Docker publishes a new port on each connection to
        // a network.
        let failed = || KindError::docker("ask where the object store is published");
        let host = self.container.get_host().await.map_err(failed())?;
        let port = self.container.get_host_port_ipv4(PORT.tcp()).await.map_err(failed())?;
        Ok(Store::at(&format!("{host}:{port}"), &self.address))
    }

    /// Address of the object store, for pods.
    pub(super) fn address(&self) -> &StoreAddress {
        &self.address
    }

    /// Removes the container.
    pub(super) async fn end(self) -> Result<(), KindError> {
        self.container.rm().await.map_err(KindError::docker("remove the object store's container"))
    }
}

/// Name and tag of an image reference, as the arguments of testcontainers. A colon before the last
/// slash is no tag. Default of the tag: `latest`.
fn split(reference: &str) -> (&str, &str) {
    match reference.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, tag),
        _ => (reference, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::split;

    #[rstest]
    #[case::tag("quay.io/minio/minio:RELEASE.1", "quay.io/minio/minio", "RELEASE.1")]
    #[case::nothing("minio", "minio", "latest")]
    #[case::port("here:5000/minio", "here:5000/minio", "latest")]
    #[case::port_and_tag("here:5000/minio:1", "here:5000/minio", "1")]
    #[case::digest("minio@sha256:12ab", "minio@sha256", "12ab")]
    #[case::tag_and_digest("minio:1@sha256:12ab", "minio:1@sha256", "12ab")]
    fn a_reference_in_two(#[case] reference: &str, #[case] name: &str, #[case] tag: &str) {
        assert_eq!(split(reference), (name, tag));
    }
}
