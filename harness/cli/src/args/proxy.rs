//! Arguments of the proxy before the object store.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

/// The addresses of the proxy of a cluster.
#[derive(Clone, Debug, Args)]
pub(crate) struct StoreProxyArgs {
    /// Address on which the proxy listens for pods.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Address of the object store.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) store: SocketAddr,
    /// Path of the socket for runs.
    #[arg(long, value_name = "FILE")]
    pub(crate) socket: PathBuf,
}
