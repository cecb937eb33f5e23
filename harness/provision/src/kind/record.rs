//! Record of a kind cluster: a directory of the cache, and a lock with its name.
//!
//! The harness holds the lock until its end.
//!
//! ```text
//! kind/NAME/docker       id of the Docker daemon with the containers
//! kind/NAME/unfinished   exists until every container is made
//! kind/NAME/kubeconfig   kubeconfig of the cluster, beside other files of the cluster
//! ```

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::docker::Docker;
use super::error::KindError;
use crate::budgets;
use crate::cache::lock::{Lock, Tried};
use crate::cache::{Cache, children};
use crate::poll::throughout;

/// Record of a cluster of this process, or of a harness that ended.
#[derive(Debug)]
pub(super) struct Record {
    name: String,
    directory: PathBuf,
    _lock: Lock,
}

/// Result of [`sweep`].
#[derive(Debug, Default)]
pub struct Swept {
    /// Names of the removed clusters.
    pub clusters: Vec<String>,
    /// Names of clusters that another process uses.
    pub in_use: Vec<String>,
    /// Errors of the clusters that were not removed.
    pub failed: Vec<KindError>,
}

impl Record {
    /// Makes the record, before the first container of the cluster.
    pub(super) fn make(cache: &Cache, name: &str, docker: &Docker) -> Result<Self, KindError> {
        let Some(record) = Self::take(cache, name)? else {
            let path = cache.locks().join(name);
            return Err(KindError::File { path, cause: ErrorKind::AlreadyExists.into() });
        };
        let made = fs::create_dir_all(&record.directory);
        made.map_err(|cause| KindError::File { path: record.directory.clone(), cause })?;
        write(&record.file("unfinished"), "")?;
        write(&record.file("docker"), &docker.id)?;
        Ok(record)
    }

    /// The record of this name. `None`: another harness holds its lock.
    fn take(cache: &Cache, name: &str) -> Result<Option<Self>, KindError> {
        match Lock::try_take(cache, name, &format!("cluster {name}"))? {
            Tried::By(_) => Ok(None),
            Tried::Held(lock) => {
                let directory = records(cache).join(name);
                Ok(Some(Self { name: name.to_owned(), directory, _lock: lock }))
            }
        }
    }

    /// Name of the cluster.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Name of the node's container.
    pub(super) fn node(&self) -> String {
        format!("{}-control-plane", self.name)
    }

    /// Path of a file in the record's directory.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Records that every container is made.
    pub(super) fn complete(&self) -> Result<(), KindError> {
        let path = self.file("unfinished");
        fs::remove_file(&path).map_err(|cause| KindError::File { path, cause })
    }

    /// Removes every container of the cluster, and then the record.
    pub(super) async fn clear(self, docker: &Docker) -> Result<(), KindError> {
        // A record without this file has no containers: the file is written first.
        if let Ok(id) = fs::read_to_string(self.file("docker")) {
            if id != docker.id {
                let Self { name, directory, .. } = self;
                return Err(KindError::OtherDaemon { name, record: directory });
            }
            docker.remove(&self.name).await?;
            if self.file("unfinished").exists() {
                let again =
                    throughout(budgets::LATE_CONTAINERS.time, || docker.remove_once(&self.name))
                        .await;
                again.map_err(KindError::docker("look for containers that came late"))?;
                docker.remove(&self.name).await?;
            }
        }
        match fs::remove_dir_all(&self.directory) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => {
                Err(KindError::File { path: self.directory, cause })
            }
            _ => Ok(()),
        }
    }
}

/// Removes the clusters of harnesses that ended. The function does not need Docker without such a
/// cluster.
///
/// # Errors
/// The records cannot be read. [`Swept::failed`] has the errors of clusters that were not removed.
pub async fn sweep(cache: &Cache) -> Result<Swept, KindError> {
    let (mut swept, mut dead) = (Swept::default(), Vec::new());
    let there = records(cache);
    let found = if there.exists() { children(&there)? } else { Vec::new() };
    for directory in found {
        let name = directory.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match Record::take(cache, &name)? {
            Some(record) => dead.push(record),
            None => swept.in_use.push(name),
        }
    }
    if dead.is_empty() {
        return Ok(swept);
    }
    let docker = match Docker::reach().await {
        Ok(docker) => docker,
        Err(error) => {
            swept.failed.push(error);
            return Ok(swept);
        }
    };
    for record in dead {
        let name = record.name.clone();
        match record.clear(&docker).await {
            Ok(()) => swept.clusters.push(name),
            Err(error) => swept.failed.push(error),
        }
    }
    Ok(swept)
}

/// Writes a file of the record.
pub(super) fn write(path: &Path, text: &str) -> Result<(), KindError> {
    fs::write(path, text).map_err(|cause| KindError::File { path: path.to_owned(), cause })
}

fn records(cache: &Cache) -> PathBuf {
    cache.root().join("kind")
}
