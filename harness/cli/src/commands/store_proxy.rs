//! The proxy before the object store of a native cluster, a server of its sandbox.

use anyhow::Context;
use model::history::Request;

use crate::args::StoreProxyArgs;
use crate::terminal::out;

/// Serves until the sandbox ends. Each request that has ended is a line of its log.
pub(crate) async fn serve(args: StoreProxyArgs) -> anyhow::Result<u8> {
    let StoreProxyArgs { listen, store, socket } = args;
    proxy::serve(proxy::Addresses { listen, store, socket }, log)
        .await
        .context("failed to serve the object store")?;
    Ok(report::exit::PASS)
}

fn log(request: &Request) {
    out::result(&serde_json::to_string(request).unwrap_or_default());
}
