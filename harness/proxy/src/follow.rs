//! The harness's end of it: a connection for one case.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use model::history::Request;
use model::step::StoreFault;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Mutex, watch};

use crate::wire::{Order, Word, line};

/// The proxy is not there, or not any more. Trouble of the harness.
#[derive(Debug, thiserror::Error)]
#[error("the proxy before the object store, at {}: {why}", socket.display())]
pub struct FollowError {
    socket: PathBuf,
    why: String,
}

/// What the proxy tells.
#[derive(Debug)]
pub struct Followed {
    socket: PathBuf,
    lines: Lines<BufReader<OwnedReadHalf>>,
    armed: watch::Sender<Vec<String>>,
}

/// The faults of a case. They end when this and its [`Followed`] are dropped.
#[derive(Debug)]
pub struct Faults {
    socket: PathBuf,
    says: Mutex<OwnedWriteHalf>,
    armed: watch::Receiver<Vec<String>>,
}

/// Something that the proxy tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A request that has ended; `asked` is 0.
    Ended {
        /// Which.
        request: Request,
        /// Milliseconds that it took.
        took: u64,
    },
    /// The store could not be reached.
    Trouble(String),
}

/// Follows the requests for keys that begin with the prefix. From here on each is told.
///
/// # Errors
/// If the proxy does not answer.
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
        Word::Following => Ok((followed, faults)),
        other => Err(failed(format!("it said {other:?}"))),
    }
}

/// Connects to a socket by way of its directory: the address of a socket has at most 107 bytes.
///
/// # Errors
/// If nothing listens there.
pub async fn connect(socket: &Path) -> std::io::Result<UnixStream> {
    let nowhere = || std::io::Error::other("it is no path of a file");
    let directory = File::open(socket.parent().ok_or_else(nowhere)?)?;
    let name = socket.file_name().ok_or_else(nowhere)?;
    let short = PathBuf::from(format!("/proc/self/fd/{}", directory.as_raw_fd())).join(name);
    UnixStream::connect(short).await
}

impl Followed {
    /// What is told next.
    ///
    /// # Errors
    /// If the proxy is gone.
    pub async fn next(&mut self) -> Result<Told, FollowError> {
        loop {
            match self.word().await? {
                Word::Ended { request, took } => return Ok(Told::Ended { request, took }),
                Word::Trouble { why } => return Ok(Told::Trouble(why)),
                Word::Faulty { step } => self.armed.send_modify(|steps| steps.push(step)),
                Word::Following => {}
            }
        }
    }

    async fn word(&mut self) -> Result<Word, FollowError> {
        let failed = |why: String| FollowError { socket: self.socket.clone(), why };
        let line = self.lines.next_line().await.map_err(|error| failed(error.to_string()))?;
        let line = line.ok_or_else(|| failed("it is gone".to_owned()))?;
        serde_json::from_str(&line).map_err(|error| failed(format!("it said nonsense: {error}")))
    }
}

impl Faults {
    /// Lets the store misbehave towards the case; done when the next request will meet it.
    ///
    /// # Assumptions
    /// Somebody asks the [`Followed`] for what is told next.
    ///
    /// # Errors
    /// If the proxy is gone.
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
