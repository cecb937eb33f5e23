//! A cluster of the provider `native` or `kind`.

use std::path::PathBuf;

use kube::Client;

use crate::installation::Alarm;
use crate::kind::{KindCluster, KindError};
use crate::native::{NativeCluster, NativeError};
use crate::requests::Requests;
use crate::store::{Store, StoreAddress};

/// Limit of the events that a kubelet writes, per second. The value 0 does not disable the limit:
/// client-go then uses 5 (`rest/config.go`). With that limit, 400 events of one version came after
/// the deletion of their namespaces.
pub(crate) const EVENTS_A_SECOND: u32 = 200;

/// Clients and addresses of a cluster and its object store.
#[derive(Clone)]
pub struct Access {
    /// Client of the Kubernetes API, with the rights of an administrator.
    pub client: Client,
    /// Number of requests of that client, by verb and resource.
    pub requests: Requests,
    /// Alarm for the end of a part of the cluster.
    pub alarm: Alarm,
    /// A kubeconfig of the administrator.
    pub kubeconfig: PathBuf,
    /// The object store.
    pub store: Store,
    /// Address of the object store, for pods.
    pub store_address: StoreAddress,
    /// Socket of the proxy between pods and object store. `None` without a proxy.
    pub proxy: Option<PathBuf>,
    /// Socket of etcd. `None` if the harness does not run etcd.
    pub etcd: Option<PathBuf>,
}

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
