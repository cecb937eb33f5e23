//! The proxy as a server.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use model::history::Request;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::exchange::{Broken, exchange};
use crate::hub::Hub;
use crate::tally::Route;
use crate::wire::{Message, Order, line};

/// The addresses of the proxy.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// The address that pods connect to.
    pub listen: SocketAddr,
    /// The address of the object store. The proxy connects to no other address.
    pub store: SocketAddr,
    /// Path of the Unix socket for followers. The proxy replaces an existing file.
    pub socket: PathBuf,
}

/// Serves until an error. `log` receives each request that has ended, also one without a key.
///
/// # Errors
/// If the proxy cannot listen on an address, or cannot accept a connection.
pub async fn serve(
    places: Addresses,
    log: impl Fn(&Request) + Send + Sync + 'static,
) -> std::io::Result<()> {
    let hub = Hub::default();
    let pods = TcpListener::bind(places.listen).await?;
    // The socket comes last: a client that finds the socket finds everything else.
    let followers = listen(&places.socket)?;
    let log: Arc<dyn Fn(&Request) + Send + Sync> = Arc::new(log);
    let mut id = 0;
    // The drop of this set ends the connections.
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = pods.accept() => {
                let (stream, from) = accepted?;
                let (hub, log) = (hub.clone(), Arc::clone(&log));
                let route = Route { hub, from: from.ip(), store: places.store, log };
                open.spawn(connection(stream, route));
            }
            accepted = followers.accept() => {
                id += 1;
                let (stream, hub, id) = (accepted?.0, hub.clone(), id);
                open.spawn(async move {
                    // The hub forgets a follower that sends an invalid line, or has gone.
                    let _ended = follower(stream, &hub, id).await;
                    hub.forget(id);
                });
            }
            Some(_) = open.join_next() => {}
        }
    }
}

fn listen(socket: &Path) -> std::io::Result<UnixListener> {
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    UnixListener::bind(socket)
}

/// Serves one connection of a pod.
async fn connection(stream: TcpStream, route: Route) {
    let (reset, mut resets) = mpsc::channel(1);
    let service = service_fn(move |request| {
        let (route, reset) = (route.clone(), reset.clone());
        // The pin lets the connection be polled and then taken apart.
        Box::pin(async move {
            let answer = exchange(&route, request).await;
            if let Err(Broken::Reset) = &answer {
                // One reset is enough.
                let _full = reset.try_send(());
            }
            answer
        })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // The exchange has reported its own error.
    let _ended = std::future::poll_fn(|cx| connection.poll_without_shutdown(cx)).await;
    let stream = connection.into_parts().io.into_inner();
    if resets.try_recv().is_ok() {
        // A close with zero linger sends a reset to the other side.
        let _gone = stream.set_zero_linger();
    }
}

/// Serves one follower until its connection ends.
async fn follower(stream: UnixStream, hub: &Hub, id: u64) -> std::io::Result<()> {
    let (hears, mut says) = stream.into_split();
    let mut lines = BufReader::new(hears).lines();
    let (tell, mut told) = mpsc::unbounded_channel();
    loop {
        let word = tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { return Ok(()) };
                match serde_json::from_str(&line)? {
                    Order::Follow { prefix } => {
                        hub.follow(id, prefix, tell.clone());
                        Message::Following
                    }
                    Order::Fault { step, fault } => {
                        hub.arm(id, step.clone(), fault);
                        Message::Faulty { step }
                    }
                }
            }
            Some(word) = told.recv() => word,
        };
        says.write_all(&line(&word)).await?;
    }
}
