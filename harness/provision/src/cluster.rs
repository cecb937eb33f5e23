//! A cluster that this program put up, by either provider.

use std::path::PathBuf;

use kube::Client;

use crate::installation::Alarm;
use crate::kind::{KindCluster, KindError};
use crate::native::{NativeCluster, NativeError};
use crate::requests::Requests;
use crate::store::{Store, StoreAddress};

/// Events that kubelet may write, for each second. With 0, which stands for no limit, its client
/// falls back to five (client-go, `rest/config.go`): 400 of a version's came when their namespaces
/// were gone.
pub(crate) const EVENTS_A_SECOND: u32 = 200;

/// How a cluster and its object store are reached.
#[derive(Clone)]
pub struct Access {
    /// The Kubernetes API, as administrator.
    pub client: Client,
    /// What was asked of it through that client.
    pub requests: Requests,
    /// Raised when a part of the cluster has ended.
    pub alarm: Alarm,
    /// A kubeconfig of the administrator.
    pub kubeconfig: PathBuf,
    /// The object store.
    pub store: Store,
    /// Where the store is, for the pods.
    pub store_address: StoreAddress,
    /// Socket of the proxy between pods and store, where there is one.
    pub proxy: Option<PathBuf>,
    /// Socket of etcd, where the harness runs it.
    pub etcd: Option<PathBuf>,
}

/// A cluster that this program put up. Two providers, and the rest of the program knows none of
/// them: an enum says so with less than a trait.
pub enum Cluster {
    /// Plain processes in a sandbox.
    Native(Box<NativeCluster>),
    /// Containers of a Docker daemon.
    Kind(Box<KindCluster>),
}

/// A cluster could not be taken down.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The native one.
    #[error(transparent)]
    Native(#[from] NativeError),
    /// The one of kind.
    #[error(transparent)]
    Kind(#[from] KindError),
}

impl Cluster {
    /// How it is reached.
    pub fn access(&self) -> &Access {
        match self {
            Self::Native(cluster) => &cluster.access,
            Self::Kind(cluster) => &cluster.access,
        }
    }

    /// What of it has ended by itself, in words: there should be nothing.
    pub fn ended(&self) -> Vec<String> {
        match self {
            Self::Native(cluster) => {
                let ended = cluster.ended().into_iter();
                ended.map(|end| format!("{} ended by itself: {}", end.name, end.how)).collect()
            }
            Self::Kind(cluster) => cluster.access.alarm.trouble().into_iter().collect(),
        }
    }

    /// Ends everything and removes what is left.
    ///
    /// # Errors
    /// If something cannot be removed; the next sweep tries again.
    pub async fn end(self) -> Result<(), ClusterError> {
        match self {
            Self::Native(cluster) => cluster.end()?,
            Self::Kind(cluster) => cluster.end().await?,
        }
        Ok(())
    }
}
