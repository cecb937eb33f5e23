//! A cluster that this program put up.

use std::path::PathBuf;

use kube::Client;

use crate::installation::Alarm;
use crate::requests::Requests;
use crate::store::{Store, StoreAddress};

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
}
