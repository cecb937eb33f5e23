//! Time budgets of clusters, object stores and installations.

use std::time::Duration;

model::budgets! {
    /// Wait for each part of a native cluster at the start.
    patience NATIVE_PART_READY = Duration::from_secs(90);

    /// Wait for the answer of the Docker daemon.
    patience DOCKER_ANSWER = Duration::from_secs(5);

    /// Wait for the removal of the containers of a kind cluster.
    patience CONTAINERS_REMOVED = Duration::from_mins(1);

    /// Time in which the Docker daemon may still make a container of a killed `kind`.
    patience LATE_CONTAINERS = Duration::from_secs(2);

    /// Wait for the object store of a kind cluster.
    patience KIND_STORE_READY = Duration::from_secs(90);

    /// Wait for kube-proxy after the creation of a kind cluster.
    patience KUBE_PROXY_READY = Duration::from_mins(1);

    /// Wait for a connection to the Kubernetes API.
    patience API_CONNECTION = Duration::from_secs(5);

    /// Wait for the answer to one request to the object store.
    patience STORE_ANSWER = Duration::from_secs(5);

    /// Wait for each connection and each read of a download.
    patience DOWNLOAD_READ = Duration::from_secs(30);

    /// Wait for the connection to a server of published programs, before the first download.
    patience DOWNLOAD_CONNECTION = Duration::from_secs(3);

    /// Time in which a download of a program receives 1 MB. A slower download ends.
    patience DOWNLOAD_WINDOW = Duration::from_secs(30);

    /// Time without a change after which a run takes the Lease of another run. Another run can use
    /// the namespace of a killed run after this time.
    promise NAMESPACE_LEASE = Duration::from_mins(1);
}
