//! A cluster of the provider `native` or `kind`.

use crate::access::Access;
use crate::kind::{KindCluster, KindError};
use crate::native::{NativeCluster, NativeError};

/// A running cluster that the harness started, by its provider.
pub enum Cluster {
    /// Plain processes in a sandbox.
    Native(Box<NativeCluster>),
    /// Containers of a Docker daemon.
    Kind(Box<KindCluster>),
}

/// Error of [`Cluster::end`].
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Error of the provider `native`.
    #[error(transparent)]
    Native(#[from] NativeError),
    /// Error of the provider `kind`.
    #[error(transparent)]
    Kind(#[from] KindError),
}

impl Cluster {
    /// Clients and addresses of the cluster.
    pub fn access(&self) -> &Access {
        match self {
            Self::Native(cluster) => &cluster.access,
            Self::Kind(cluster) => &cluster.access,
        }
    }

    /// Parts of the cluster that ended by themselves, one text each. Empty for a healthy cluster.
    pub fn ended(&self) -> Vec<String> {
        match self {
            Self::Native(cluster) => {
                let ended = cluster.ended().into_iter();
                ended.map(|end| format!("{} ended by itself: {}", end.name, end.how)).collect()
            }
            Self::Kind(cluster) => cluster.access.alarm.trouble().into_iter().collect(),
        }
    }

    /// Ends every part of the cluster and removes its files.
    ///
    /// # Errors
    /// A part cannot be removed. The next sweep tries again.
    pub async fn end(self) -> Result<(), ClusterError> {
        match self {
            Self::Native(cluster) => cluster.end()?,
            Self::Kind(cluster) => cluster.end().await?,
        }
        Ok(())
    }
}
