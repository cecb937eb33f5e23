//! A proxy between a client and a store that gives every request the same answer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::history::Request;
use proxy::{Addresses, Faults, Followed, ProxyEvent};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Longest wait of a test for one event.
const PATIENCE: Duration = Duration::from_secs(20);

/// The store's answer to every request.
pub(crate) const CONTENT: &str = "0123456789";
/// The store answers a key with this text by half of [`CONTENT`].
pub(crate) const BREAKS_OFF: &str = "half";

pub(crate) struct Bench {
    pub(crate) listen: SocketAddr,
    pub(crate) socket: PathBuf,
    /// The requests that reached the store.
    pub(crate) reached: Arc<Mutex<Vec<String>>>,
    store: JoinHandle<()>,
    _directory: tempfile::TempDir,
}

/// An address of the loopback that no other test has.
fn own() -> SocketAddr {
    static NEXT: AtomicU8 = AtomicU8::new(1);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    SocketAddr::from(([127, high, low, next], 9000))
}

impl Bench {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let store = listener.local_addr().expect("an address");
        let reached = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&reached);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&seen)));
            }
        });
        let directory = tempfile::tempdir().expect("a directory");
        // The path exceeds the longest address of a socket.
        let long = directory.path().join("d".repeat(120));
        std::fs::create_dir(&long).expect("a directory");
        std::os::unix::fs::symlink(&long, directory.path().join("s")).expect("a link");
        let socket = directory.path().join("s/proxy.sock");
        let listen = own();
        let places = Addresses { listen, store, socket };
        tokio::spawn(proxy::serve(places, |_: &Request| {}));
        let socket = long.join("proxy.sock");
        let bench = Self { listen, socket, reached, store: serving, _directory: directory };
        bench.ready().await;
        bench
    }

    async fn ready(&self) {
        let ready = async {
            while proxy::follow(&self.socket, "").await.is_err() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, ready).await.expect("it begins to serve");
    }

    /// Follows the requests for keys below a prefix.
    pub(crate) async fn follow(&self, prefix: &str) -> (Followed, Faults) {
        proxy::follow(&self.socket, prefix).await.expect("the proxy answers")
    }

    /// Ends the store.
    pub(crate) fn end_store(&self) {
        self.store.abort();
    }

    /// Sends a request, and returns the answer up to the end of the connection.
    pub(crate) async fn ask(&self, request: &str) -> Result<String, std::io::Error> {
        self.ask_whole(&format!("{request}Connection: close\r\n\r\n")).await
    }

    /// Sends a request that is complete, and returns the answer.
    pub(crate) async fn ask_whole(&self, request: &str) -> Result<String, std::io::Error> {
        let mut stream = TcpStream::connect(self.listen).await?;
        stream.write_all(request.as_bytes()).await?;
        read(&mut stream).await
    }

    pub(crate) async fn get(&self, key: &str) -> Result<String, std::io::Error> {
        self.ask(&format!("GET /b/{key} HTTP/1.1\r\nHost: signed:9000\r\n")).await
    }
}

async fn read(stream: &mut TcpStream) -> Result<String, std::io::Error> {
    let mut text = String::new();
    let reading = stream.read_to_string(&mut text);
    tokio::time::timeout(PATIENCE, reading).await.expect("the connection ends")?;
    Ok(text)
}

/// Arms a fault, and reads the proxy's reports meanwhile.
pub(crate) async fn arm(
    followed: &mut Followed,
    faults: &Faults,
    step: &str,
    fault: &model::step::StoreFault,
) {
    tokio::select! {
        armed = faults.arm(step, fault) => armed.expect("it is armed"),
        told = followed.next() => panic!("{told:?}"),
    }
}

/// The next report of the proxy.
pub(crate) async fn told(followed: &mut Followed) -> ProxyEvent {
    let next = tokio::time::timeout(PATIENCE, followed.next()).await;
    next.expect("something is told").expect("the proxy is there")
}

/// The request of the next report.
pub(crate) async fn ended(followed: &mut Followed) -> Request {
    match told(followed).await {
        ProxyEvent::Ended { request, .. } => request,
        other @ ProxyEvent::Trouble(_) => panic!("{other:?}"),
    }
}

/// Takes one request and answers it.
async fn answer(mut stream: TcpStream, reached: Arc<Mutex<Vec<String>>>) {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).await.unwrap_or_default();
        text += &String::from_utf8_lossy(&buffer[..read]);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
        let length = text.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok())?
        });
        if read == 0 || body.is_some_and(|body| body >= length.unwrap_or(0)) {
            break;
        }
    }
    let head = text.starts_with("HEAD");
    let half = text.lines().next().is_some_and(|line| line.contains(BREAKS_OFF));
    let body = if half { &CONTENT[..CONTENT.len() / 2] } else { CONTENT };
    reached.lock().expect("nobody panicked").push(text);
    let body = if head { "" } else { body };
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", CONTENT.len());
    let _gone = stream.write_all(answer.as_bytes()).await;
}
