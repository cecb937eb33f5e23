//! What the proxy before the object store is told.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// Where everything is, for the proxy of a cluster.
#[derive(Clone, Debug, Args)]
pub(crate) struct StoreProxyArgs {
    /// Where pods are listened to.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// The store.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) store: SocketAddr,
    /// The socket for runs.
    #[arg(long, value_name = "FILE")]
    pub(crate) socket: PathBuf,
}
