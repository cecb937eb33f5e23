//! Access to a running cluster, from any provider that the harness starts.

use std::path::PathBuf;

use kube::Client;

use crate::installation::Alarm;
use crate::requests::Requests;
use crate::store::{Store, StoreAddress};

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
    /// Name of the cgroup of the pods' processes on this machine. `None`: they run elsewhere.
    pub cgroup: Option<String>,
    /// Socket of etcd. `None` if the harness does not run etcd.
    pub etcd: Option<PathBuf>,
}
