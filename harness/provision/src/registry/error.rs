//! Errors of pulls.

use oci_client::Reference;
use oci_client::errors::OciDistributionError;

use super::credentials::NoCredentials;
use crate::cache::CacheError;

/// Error of a pull.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The text names no image.
    #[error("invalid image `{image}`: it is not like REGISTRY/NAME:TAG")]
    Name {
        /// The text.
        image: String,
    },
    /// The registry does not give the image.
    #[error("failed to pull {image}{missing}")]
    Pull {
        /// Name of the image.
        image: String,
        /// The reasons for a pull without credentials. Empty for a pull with credentials.
        missing: NoCredentials,
        /// Error of the client.
        #[source]
        cause: Box<OciDistributionError>,
    },
    /// A part of the image has another digest than the manifest names.
    #[error("failed to pull {image}: a part has another digest than the manifest names")]
    Digest {
        /// Name of the image.
        image: String,
    },
    /// An operation on the cache failed.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl RegistryError {
    pub(super) fn pull(
        image: &Reference,
        missing: NoCredentials,
        cause: OciDistributionError,
    ) -> Self {
        Self::Pull { image: image.to_string(), missing, cause: Box::new(cause) }
    }

    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Name { .. } | Self::Pull { .. } | Self::Digest { .. } => Some(
                "log in with `docker login` if the registry wants credentials, name another with \
                 --image-mirror, or an archive of `docker save` with --load-image"
                    .to_owned(),
            ),
            Self::Cache(error) => error.hint(),
        }
    }
}
