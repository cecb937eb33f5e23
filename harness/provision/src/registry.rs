//! Images of a registry, as archives in the cache.
//!
//! A native cluster pulls no images. The harness pulls the images of a published release, and
//! imports the archives.

mod archive;
pub(crate) mod credentials;
mod error;
mod mirror;

use std::fs;
use std::path::Path;

use docker_credential::DockerCredential;
use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::manifest::{OciDescriptor, OciImageManifest};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference};
use sha2::{Digest, Sha256};

pub use credentials::{Credentials, NoCredentials};
pub use error::RegistryError;
pub use mirror::{ImageMirror, ImageMirrorError};

use crate::budgets;
use crate::cache::entry::{self, Entry};
use crate::cache::workplace::Workplace;
use crate::cache::{Cache, failed};
use crate::progress::{Count, Notice, Progress, awaited};

/// The archive in an entry.
const ARCHIVE: &str = "image.tar";

/// Registries of images.
#[derive(Clone, Debug, Default)]
pub struct Registries {
    /// A registry in place of the registry of each image.
    pub mirror: Option<ImageMirror>,
    /// Credentials for the registries. A registry without credentials gets none.
    pub credentials: Credentials,
}

impl Registries {
    /// The archive of an image, from the cache or from its registry. An image of a release keeps
    /// its tag, so a cached archive is not compared with the registry. The archive names the image
    /// as `image` does, also with a mirror.
    ///
    /// # Errors
    /// [`RegistryError`]. The cache has no new entry.
    pub async fn archive(
        &self,
        cache: &Cache,
        image: &str,
        progress: &dyn Progress,
    ) -> Result<std::path::PathBuf, RegistryError> {
        let key = key(image);
        if let Some(entry) = Entry::find(cache, &key) {
            return Ok(entry.dir().join(ARCHIVE));
        }
        let name = format!("pull {image}");
        let pulled = awaited(progress, &name, self.pull(cache, image, &key, &name, progress));
        Ok(pulled.await?.dir().join(ARCHIVE))
    }

    async fn pull(
        &self,
        cache: &Cache,
        image: &str,
        key: &str,
        stage: &str,
        progress: &dyn Progress,
    ) -> Result<Entry, RegistryError> {
        let place = self.mirror.as_ref().map_or(image.to_owned(), |mirror| mirror.place(image));
        let reference: Reference =
            place.parse().map_err(|_| RegistryError::Name { image: place.clone() })?;
        let client = client(self.mirror.as_ref());
        let found = self.credentials.find(&reference).await;
        let missing = found.as_ref().err().cloned().unwrap_or_default();
        let auth = authentication(found.ok());
        let (manifest, digest) = client
            .pull_image_manifest(&reference, &auth)
            .await
            .map_err(|cause| RegistryError::pull(&reference, missing, cause))?;
        let work = Workplace::reserve(cache, &format!("pulling {image}"))?;
        let blobs = work.dir().join("blobs");
        fs::create_dir_all(&blobs).map_err(failed("create", &blobs))?;
        let parts: Vec<&OciDescriptor> = parts(&manifest).collect();
        for (number, part) in (1..).zip(&parts) {
            let detail = format!("{number} of {} parts", parts.len());
            let count = Some(Count { done: number - 1, of: Some(parts.len() as u64) });
            progress.notice(Notice::Advanced { stage: stage.to_owned(), detail, count });
            bring(&client, &reference, part, &blobs).await?;
        }
        let staged = work.dir().join("entry");
        fs::create_dir_all(&staged).map_err(failed("create", &staged))?;
        let path = staged.join(ARCHIVE);
        archive::write(&path, image, &manifest, &blobs).map_err(failed("write", &path))?;
        let made_from = serde_json::json!({ "image": image, "digest": digest });
        Ok(Entry::publish(cache, key, &staged, image, made_from)?)
    }
}

/// Credentials in the form of the client. An identity token has no such form.
fn authentication(credentials: Option<DockerCredential>) -> RegistryAuth {
    match credentials {
        Some(DockerCredential::UsernamePassword(user, password)) => {
            RegistryAuth::Basic(user, password)
        }
        Some(DockerCredential::IdentityToken(_)) | None => RegistryAuth::Anonymous,
    }
}

/// Brings one part of an image into the directory, and checks its digest.
async fn bring(
    client: &Client,
    reference: &Reference,
    part: &OciDescriptor,
    blobs: &Path,
) -> Result<(), RegistryError> {
    let digits = archive::digits(&part.digest)
        .ok_or_else(|| RegistryError::Digest { image: reference.to_string() })?;
    let path = blobs.join(digits);
    let file = tokio::fs::File::create(&path).await.map_err(failed("create", &path))?;
    let pulled = client.pull_blob(reference, part, file).await;
    pulled.map_err(|cause| RegistryError::pull(reference, NoCredentials::default(), cause))?;
    let mut sum = Sha256::new();
    let content = fs::File::open(&path).map_err(failed("open", &path))?;
    entry::hash_all(&mut sum, content).map_err(failed("read", &path))?;
    if hex::encode(sum.finalize()) == digits {
        Ok(())
    } else {
        Err(RegistryError::Digest { image: reference.to_string() })
    }
}

/// The configuration and the layers of an image.
fn parts(manifest: &OciImageManifest) -> impl Iterator<Item = &OciDescriptor> {
    std::iter::once(&manifest.config).chain(&manifest.layers)
}

/// Name of the entry of an image.
fn key(image: &str) -> String {
    let hash = hex::encode(Sha256::digest(image.as_bytes()));
    let name = image.rsplit('/').next().unwrap_or(image).replace([':', '@'], "-");
    format!("image-{name}-{}", &hash[..16])
}

/// A client with the TLS of this program. A mirror on the loopback interface has no TLS.
fn client(mirror: Option<&ImageMirror>) -> Client {
    // A provider that is installed already is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let plain = mirror.and_then(ImageMirror::plain).into_iter().collect();
    Client::new(ClientConfig {
        protocol: ClientProtocol::HttpsExcept(plain),
        connect_timeout: Some(budgets::DOWNLOAD_READ.time),
        read_timeout: Some(budgets::DOWNLOAD_READ.time),
        ..ClientConfig::default()
    })
}

#[cfg(test)]
mod tests;
