//! Namespaces that cases take turns in.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Prepared namespaces that are free.
#[derive(Clone)]
pub(crate) struct NamespacePool {
    free: Arc<Mutex<Vec<String>>>,
    permits: Arc<Semaphore>,
}

/// A namespace for one case. Dropped, another case can have it.
pub(crate) struct Turn {
    pub(crate) namespace: String,
    free: Arc<Mutex<Vec<String>>>,
    _permit: OwnedSemaphorePermit,
}

impl NamespacePool {
    pub(crate) fn new(namespaces: &[String]) -> Self {
        let permits = Arc::new(Semaphore::new(namespaces.len()));
        Self { free: Arc::new(Mutex::new(namespaces.to_vec())), permits }
    }

    /// Waits for one that is free.
    pub(crate) async fn take(&self) -> anyhow::Result<Turn> {
        let permit = Arc::clone(&self.permits).acquire_owned().await?;
        let free = Arc::clone(&self.free);
        let namespace = free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let namespace =
            namespace.ok_or_else(|| anyhow::anyhow!("failed to take a namespace: none is free"))?;
        Ok(Turn { namespace, free, _permit: permit })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let namespace = std::mem::take(&mut self.namespace);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(namespace);
    }
}
