//! A published release of Argo: the manifest and the `argo` program.
//!
//! The images of a release are pulled, or the user provides them as archives.

use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use semver::Version;
use sha2::{Digest, Sha256};

use crate::cache::entry::Entry;
use crate::cache::lock::Lock;
use crate::cache::{Cache, CacheError, failed};
use crate::fetch::{FetchError, WITHOUT_CREDENTIALS, fetch, host_behind_credentials};
use crate::image::architecture;

/// Default URL of the directory of Argo's releases.
pub const RELEASES: &str = "https://github.com/argoproj/argo-workflows/releases/download";
/// The prefix of a source that is a published release.
pub const MARK: &str = "release:";

/// The manifest of a release, and its directory in the entry of the cache.
const MANIFEST: &str = "install.yaml";
const KEPT: &str = "manifests/cluster-install";
/// Kustomization that makes the directory [`KEPT`] of Argo's source from the manifest. The overlay
/// of an installation names no namespace, so the patch removes the namespace `argo`.
const KUSTOMIZATION: &str = "\
resources: [install.yaml]
patches:
  - target: { namespace: argo }
    patch: |-
      - { op: remove, path: /metadata/namespace }
";

/// A published release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    version: String,
    /// URL of the directory of releases, without a slash at the end.
    base: String,
    /// SHA-256 that the manifest must have, in hexadecimal.
    sha256: Option<String>,
}

/// Error of [`ArgoSource::release`](super::ArgoSource::release): the text names no release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseNameError {
    /// The text is not a version.
    #[error("invalid release `{0}`: it is not a version of Argo")]
    Version(String),
    /// The URL of the releases has a user name or a password.
    #[error("invalid URL of releases of {host}: it has a user name or a password")]
    Credentials {
        /// Host of the URL.
        host: String,
    },
}

impl ReleaseNameError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Version(_) => {
                "write it like release:3.7.18, or release:3.7.18@sha256:… with the checksum of \
                 install.yaml"
            }
            Self::Credentials { .. } => WITHOUT_CREDENTIALS,
        };
        Some(text.to_owned())
    }
}

/// Error of [`Release::get`]: a release is not available.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// A file of the release failed to download.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The manifest has another checksum than the user named.
    #[error("invalid checksum of {url}: sha256:{found}, expected sha256:{wanted}")]
    Checksum {
        /// URL of the manifest.
        url: String,
        /// SHA-256 of the downloaded manifest, in hexadecimal.
        found: String,
        /// SHA-256 that the user named, in hexadecimal.
        wanted: String,
    },
    /// The `argo` program is not a gzip file.
    #[error("failed to unpack {url}: it is not a program in gzip")]
    Program {
        /// URL of the program.
        url: String,
        /// Error of the decompression.
        #[source]
        cause: std::io::Error,
    },
    /// An operation on the cache failed.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl ReleaseError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Fetch(error) => error.hint(),
            Self::Checksum { .. } => {
                Some("compare both checksums with the release before you install it".to_owned())
            }
            Self::Program { .. } => Some("name another mirror with --releases".to_owned()),
            Self::Cache(error) => error.hint(),
        }
    }
}

impl Release {
    /// A release by the text after [`MARK`]: `3.7.18`, or `3.7.18@sha256:…`.
    pub(super) fn named(text: &str, base: &str) -> Result<Self, ReleaseNameError> {
        if let Some(host) = host_behind_credentials(base) {
            return Err(ReleaseNameError::Credentials { host });
        }
        let wrong = || ReleaseNameError::Version(format!("{MARK}{text}"));
        let (version, sha256) = match text.split_once('@') {
            None => (text, None),
            Some((version, digest)) => {
                let sha256 = digest.strip_prefix("sha256:").unwrap_or_default();
                let is_hexadecimal = sha256.len() == 64
                    && sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
                (version, Some(is_hexadecimal.then_some(sha256).ok_or_else(wrong)?))
            }
        };
        let version = version.strip_prefix('v').unwrap_or(version);
        let parsed = version.parse::<Version>().ok();
        parsed.filter(|v| v.major >= 3 && v.build.is_empty()).ok_or_else(wrong)?;
        Ok(Self {
            version: version.to_owned(),
            base: base.trim_end_matches('/').to_owned(),
            sha256: sha256.map(str::to_owned),
        })
    }

    /// The version, without a leading `v`.
    pub(super) fn version(&self) -> &str {
        &self.version
    }

    /// The text that selects this release: [`MARK`], the version, and the checksum if one was
    /// named.
    pub fn text(&self) -> String {
        let digest = self.sha256.as_ref().map(|sha256| format!("@sha256:{sha256}"));
        format!("{MARK}{}{}", self.version, digest.unwrap_or_default())
    }

    /// The manifests and the `argo` program of this release, from the cache or from its URL. An
    /// entry of the cache with another manifest than the user named is replaced.
    ///
    /// # Errors
    /// [`ReleaseError`]. After an error, the cache has no new entry.
    pub async fn get(&self, cache: &Cache) -> Result<Entry, ReleaseError> {
        let made_from = serde_json::json!({
            "release": self.version, "base": self.base, "kustomization": KUSTOMIZATION,
        });
        let hash = hex::encode(Sha256::digest(made_from.to_string().as_bytes()));
        let key = format!("argo-release-{}-{}", self.version, &hash[..16]);
        let known = Entry::find(cache, &key);
        let is_it = |entry: &Entry| self.sha256.is_none() || checksum(entry) == self.sha256;
        if let Some(entry) = known.filter(is_it) {
            return Ok(entry);
        }
        let manifest_url = self.url(MANIFEST);
        let manifest = fetch(&manifest_url).await?;
        let found = hex::encode(Sha256::digest(&manifest));
        if let Some(wanted) = self.sha256.clone().filter(|wanted| *wanted != found) {
            return Err(ReleaseError::Checksum { url: manifest_url, found, wanted });
        }
        let program_url = self.url(&format!("argo-linux-{}.gz", architecture()));
        let packed = fetch(&program_url).await?;
        let mut program = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice())
            .read_to_end(&mut program)
            .map_err(|cause| ReleaseError::Program { url: program_url, cause })?;
        let lock = Lock::of_this_process(cache, "build", "keeping a release")?;
        let staged = cache.builds().join(lock.name());
        lay_out(&staged, &manifest, &program)?;
        let what = format!("release {} of argo-workflows", self.version);
        Ok(Entry::publish(cache, &key, &staged, &what, made_from)?)
    }

    fn url(&self, file: &str) -> String {
        format!("{}/v{}/{file}", self.base, self.version)
    }
}

/// Writes the files of the entry. The layout is the layout of a build from source.
fn lay_out(staged: &Path, manifest: &[u8], program: &[u8]) -> Result<(), CacheError> {
    let kept = staged.join(KEPT);
    for directory in [&kept, &staged.join("bin")] {
        std::fs::create_dir_all(directory).map_err(failed("create", directory))?;
    }
    let argo = staged.join("bin/argo");
    for (path, content) in [
        (kept.join(MANIFEST), manifest),
        (kept.join("kustomization.yaml"), KUSTOMIZATION.as_bytes()),
        (argo.clone(), program),
    ] {
        std::fs::write(&path, content).map_err(failed("write", &path))?;
    }
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&argo, executable).map_err(failed("make executable", &argo))
}

/// URL of the manifest of a release. `None`: the entry is of no release.
pub fn manifest_url(entry: &Entry) -> Option<String> {
    let made_from = &entry.manifest().made_from;
    let text = |name: &str| made_from.get(name)?.as_str();
    Some(format!("{}/v{}/{MANIFEST}", text("base")?, text("release")?))
}

/// SHA-256 of the manifest of a release, in hexadecimal. `None`: the entry has no manifest.
pub fn checksum(entry: &Entry) -> Option<String> {
    let path = format!("{KEPT}/{MANIFEST}");
    let mut files = entry.manifest().files.iter();
    files.find(|file| file.path == path).map(|file| file.sha256.clone())
}

#[cfg(test)]
mod tests;
