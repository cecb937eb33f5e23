//! `MinIO` in a container beside the cluster, by testcontainers.

use std::time::Duration;

use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};

use super::docker::{Docker, LABEL};
use super::error::KindError;
use crate::store::{Store, StoreAddress};

/// How long the store may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(90);
/// `MinIO`'s port in its container.
const PORT: u16 = 9000;

/// The store's container. Dropped, it is removed.
pub(super) struct StoreContainer {
    container: ContainerAsync<GenericImage>,
    name: String,
    address: StoreAddress,
}

impl StoreContainer {
    /// Starts it. It may not answer yet.
    pub(super) async fn start(image: &str, cluster: &str) -> Result<Self, KindError> {
        let failed = KindError::docker("start the object store's container");
        let random = |cause| KindError::File { path: "/dev/urandom".into(), cause };
        let address = StoreAddress::with_new_keys(String::new()).map_err(random)?;
        let name = format!("{cluster}-store");
        let (image, tag) = split(image);
        let request = GenericImage::new(image, tag)
            .with_exposed_port(PORT.tcp())
            // Whether it is ready, S3 says.
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

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Puts it where pods reach it; a client that reaches it from here.
    pub(super) async fn join_network(&mut self, docker: &Docker) -> Result<Store, KindError> {
        let address = docker.join_network(&self.name).await?;
        self.address.endpoint = format!("{address}:{PORT}");
        // Asked only now: Docker publishes a port anew when a container joins a network.
        let failed = || KindError::docker("ask where the object store is published");
        let host = self.container.get_host().await.map_err(failed())?;
        let port = self.container.get_host_port_ipv4(PORT.tcp()).await.map_err(failed())?;
        Ok(Store::at(&format!("{host}:{port}"), &self.address))
    }

    /// Where it is, for pods.
    pub(super) fn address(&self) -> &StoreAddress {
        &self.address
    }

    /// Removes it.
    pub(super) async fn end(self) -> Result<(), KindError> {
        self.container.rm().await.map_err(KindError::docker("remove the object store's container"))
    }
}

/// A reference as testcontainers wants it: what is before the last colon of the last part, and what
/// is after it.
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
