//! The harness's side of the proxy: a connection for one case.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use model::history::Request;
use model::step::StoreFault;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex, watch};

use crate::wire::{Message, Order, line};

/// The proxy does not answer, or has ended. The harness is unhealthy then.
#[derive(Debug, thiserror::Error)]
#[error("failed to use the proxy before the object store, at {}: {why}", socket.display())]
pub struct FollowError {
    socket: PathBuf,
    why: String,
}

/// The reports of the proxy, in order.
#[derive(Debug)]
pub struct Followed {
    socket: PathBuf,
    lines: Lines<BufReader<OwnedReadHalf>>,
    armed: watch::Sender<Vec<String>>,
}

/// The faults of a case. The faults end when both this value and its [`Followed`] are dropped.
#[derive(Debug)]
pub struct Faults {
    socket: PathBuf,
    says: Mutex<OwnedWriteHalf>,
    armed: watch::Receiver<Vec<String>>,
}

/// A report of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyEvent {
    /// A request has ended. Field `asked` of the request is 0.
    Ended {
        /// The request, with its status and its numbers of bytes.
        request: Request,
        /// Duration of the request, in milliseconds.
        took: u64,
    },
    /// The object store gave no whole answer. The text has the cause.
    Trouble(String),
}

/// Follows the requests for keys that begin with the prefix.
///
/// # Guarantees
/// The proxy reports each of these requests that ends after the return. The proxy also reports the
/// requests for keys that begin with no follower's prefix. Requests without a key are not reported.
///
/// # Errors
/// If the proxy cannot be reached, has ended, or does not confirm the prefix.
pub async fn follow(socket: &Path, prefix: &str) -> Result<(Followed, Faults), FollowError> {
    let failed = |why: String| FollowError { socket: socket.to_owned(), why };
    let stream = connect(socket).await.map_err(|error| failed(error.to_string()))?;
    let (hears, says) = stream.into_split();
    let (tell, armed) = watch::channel(Vec::new());
    let lines = BufReader::new(hears).lines();
    let mut followed = Followed { socket: socket.to_owned(), lines, armed: tell };
    let faults = Faults { socket: socket.to_owned(), says: Mutex::new(says), armed };
    faults.say(&Order::Follow { prefix: prefix.to_owned() }).await?;
    match followed.word().await? {
        Message::Following => Ok((followed, faults)),
        other => Err(failed(format!("it said {other:?}"))),
    }
}

/// Connects to a Unix socket by its directory, so the path may exceed 107 bytes.
///
/// # Errors
/// If the path names no file, or nothing listens on the socket.
pub async fn connect(socket: &Path) -> std::io::Result<UnixStream> {
    let nowhere = || std::io::Error::other("it is no path of a file");
    let directory = File::open(socket.parent().ok_or_else(nowhere)?)?;
    let name = socket.file_name().ok_or_else(nowhere)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd())).join(name);
    UnixStream::connect(short).await
}

impl Followed {
    /// Waits for the next report.
    ///
    /// # Errors
    /// If the proxy has ended.
    pub async fn next(&mut self) -> Result<ProxyEvent, FollowError> {
        loop {
            match self.word().await? {
                Message::Ended { request, took } => return Ok(ProxyEvent::Ended { request, took }),
                Message::Trouble { why } => return Ok(ProxyEvent::Trouble(why)),
                Message::Faulty { step } => self.armed.send_modify(|steps| steps.push(step)),
                Message::Following => {}
            }
        }
    }

    async fn word(&mut self) -> Result<Message, FollowError> {
        let failed = |why: String| FollowError { socket: self.socket.clone(), why };
        let line = self.lines.next_line().await.map_err(|error| failed(error.to_string()))?;
        let line = line.ok_or_else(|| failed("it is gone".to_owned()))?;
        serde_json::from_str(&line).map_err(|error| failed(format!("it said nonsense: {error}")))
    }
}

impl Faults {
    /// Arms a fault for the requests of the case. The call returns once the proxy applies the fault
    /// to the next request that the fault is meant for.
    ///
    /// # Assumptions
    /// Another task calls [`Followed::next`] meanwhile.
    ///
    /// # Errors
    /// If the proxy has ended.
    pub async fn arm(&self, step: &str, fault: &StoreFault) -> Result<(), FollowError> {
        self.say(&Order::Fault { step: step.to_owned(), fault: fault.clone() }).await?;
        let mut armed = self.armed.clone();
        let done = armed.wait_for(|steps| steps.iter().any(|armed| armed == step)).await;
        done.map(drop).map_err(|_| self.failed("it is gone".to_owned()))
    }

    async fn say(&self, order: &Order) -> Result<(), FollowError> {
        let said = self.says.lock().await.write_all(&line(order)).await;
        said.map_err(|error| self.failed(error.to_string()))
    }

    fn failed(&self, why: String) -> FollowError {
        FollowError { socket: self.socket.clone(), why }
    }
}
