//! Definitions of Argo as an API server stores them in etcd. The cache keeps the stored values for
//! later clusters.
//!
//! An API server needs about 10 s of one core for the definitions of Argo 4. The server validates
//! each definition and writes its status twice before it serves the kinds. Measured on 4.0.5,
//! 2026-11-29, two cores: 6 s from ready to served.
//!
//! An API server that finds the definitions in etcd serves the kinds at once. The first cluster of
//! an Argo version creates the definitions through the API. The cache then keeps the values of
//! etcd. These values belong to one release of Kubernetes.

use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::etcd::{Etcd, EtcdError};
use crate::argo::rendered_manifests::RenderedManifests;
use crate::cache::entry::Entry;
use crate::cache::lock::{Lock, Tried};
use crate::cache::workplace::Workplace;
use crate::cache::{Cache, CacheError, failed};

/// Version of the files of an entry. A change of these files raises the version.
const RECIPE: u32 = 1;
/// Prefix of the keys of definitions in etcd. The name of the definition follows.
const KEYS: &str = "/registry/apiextensions.k8s.io/customresourcedefinitions/";

/// Stored definitions of one rendering and one release of Kubernetes.
#[derive(Clone, Debug)]
pub struct StoredDefinitions {
    entry: Entry,
}

/// Error of an operation on stored definitions.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// A request to etcd failed.
    #[error(transparent)]
    Etcd(#[from] EtcdError),
    /// An operation on the cache failed.
    #[error("failed to keep stored definitions")]
    Cache(#[from] CacheError),
    /// Etcd lacks a definition that the API server serves.
    #[error("failed to keep the definition {0}: etcd does not have it")]
    Missing(String),
}

impl StoredDefinitions {
    /// Finds the stored definitions in the cache. `kubernetes` is the entry of the API server.
    pub fn find(cache: &Cache, rendered: &RenderedManifests, kubernetes: &Entry) -> Option<Self> {
        Entry::find(cache, &key(rendered, kubernetes)).map(|entry| Self { entry })
    }

    /// Keeps the definitions that a cluster serves in the cache. `names` are the names of the
    /// definitions, `etcd` is the path of etcd's socket. The function does nothing if another
    /// process keeps the same definitions at the moment.
    ///
    /// # Errors
    /// [`StoredError`]. After an error the cache has no new entry.
    pub async fn keep(
        cache: &Cache,
        rendered: &RenderedManifests,
        kubernetes: &Entry,
        names: impl Iterator<Item = &str>,
        etcd: &Path,
    ) -> Result<(), StoredError> {
        let key = key(rendered, kubernetes);
        let Tried::Held(_lock) = Lock::try_take(cache, &key, "keeping definitions")? else {
            return Ok(());
        };
        let work = Workplace::reserve(cache, "keeping definitions")?;
        let staged = work.dir().join("made");
        std::fs::create_dir_all(&staged).map_err(failed("create", &staged))?;
        let mut etcd = Etcd::connect(etcd).await?;
        for name in names {
            let value = etcd.read(&format!("{KEYS}{name}")).await?;
            let value = value.ok_or_else(|| StoredError::Missing(name.to_owned()))?;
            let path = staged.join(name);
            std::fs::write(&path, value).map_err(failed("write", &path))?;
        }
        let what = format!("stored {}", rendered.what());
        Entry::publish(cache, &key, &staged, &what, made_from(rendered, kubernetes))?;
        Ok(())
    }

    /// Writes the definitions to the etcd of a cluster, before the start of its API server.
    pub(super) async fn put(&self, etcd: &Path) -> Result<(), StoredError> {
        let mut etcd = Etcd::connect(etcd).await?;
        for file in &self.entry.manifest().files {
            let path = self.entry.dir().join(&file.path);
            let value = std::fs::read(&path).map_err(failed("read", &path))?;
            etcd.write(&format!("{KEYS}{}", file.path), &value).await?;
        }
        Ok(())
    }
}

fn key(rendered: &RenderedManifests, kubernetes: &Entry) -> String {
    let made_from = made_from(rendered, kubernetes).to_string();
    format!("definitions-{}", &hex::encode(Sha256::digest(made_from.as_bytes()))[..16])
}

fn made_from(rendered: &RenderedManifests, kubernetes: &Entry) -> serde_json::Value {
    // The name of an entry has a hash of its inputs.
    let kubernetes = kubernetes.dir().file_name().unwrap_or_default().to_string_lossy();
    json!({
        "definitions": rendered.sha256_of_definitions(),
        "kubernetes": kubernetes,
        "recipe": RECIPE,
    })
}
