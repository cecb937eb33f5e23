//! A share in an installation that several runs use at once.
//!
//! The first run that asks for the installation starts a process, which puts it up and listens on a
//! socket. Every run holds a connection to that socket while it uses the installation. The kernel
//! closes the connection of a run that dies, so the process notices when no run is left. Sockets
//! are made, connected to and removed under one lock.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Context;
use provision::installation::{Alarm, Installation};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::net::UnixStream;

use crate::config::ProgramConfig;
use crate::installation::released::ReleasedInstallation;
use crate::session::Session;
use rundir::error::Error;

/// Directory of the sockets.
pub(crate) const LEASES: &str = "/run/argo-conformance/leases";
/// The longest path that a socket may have, in bytes.
const LONGEST: usize = 107;

/// A message of the process behind a shared installation, one JSON object a line.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Word {
    /// The installation is there.
    Ready(Box<ReleasedInstallation>),
    /// The installation could not be put up: the reason.
    Failed(Error),
    /// A part of the installation has ended: the reason.
    Trouble(String),
}

impl Word {
    /// The message as a line.
    pub(crate) fn line(&self) -> String {
        // Text and numbers with text keys: there is nothing to fail.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// A shared installation: its name, its Argo, and its programs.
pub(crate) struct Share<'a> {
    pub(crate) name: &'a str,
    pub(crate) argo: &'a str,
    pub(crate) programs: &'a ProgramConfig,
}

/// A share that is held. Dropped, it is given back.
pub(crate) struct Lease {
    pub(crate) installation: Installation,
    hearing: tokio::task::JoinHandle<()>,
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.hearing.abort();
    }
}

impl Share<'_> {
    /// Takes a share, waiting until the installation is there.
    ///
    /// # Errors
    /// The installation could not be put up; the error has the exit code for that.
    pub(crate) async fn take(&self, session: &Session) -> anyhow::Result<Lease> {
        let socket = self.socket()?;
        let log = socket.with_extension("log");
        let stream = {
            let _lock = lock()?;
            if let Ok(stream) = UnixStream::connect(&socket).await {
                stream
            } else {
                self.start_daemon(session, &socket, &log)?;
                UnixStream::connect(&socket)
                    .await
                    .context("failed to connect to the process of the shared installation")?
            }
        };
        let mut words = BufReader::new(stream).lines();
        let released = match word(&mut words).await? {
            Some(Word::Ready(released)) => released,
            Some(Word::Failed(error)) => return Err(error.into()),
            Some(Word::Trouble(_)) | None => {
                anyhow::bail!("the process of the shared installation ended; see {}", log.display())
            }
        };
        let installation = released.installation(session)?;
        let hearing = tokio::spawn(hear(words, installation.alarm.clone()));
        Ok(Lease { installation, hearing })
    }

    fn socket(&self) -> anyhow::Result<PathBuf> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let path = format!("{LEASES}/{}-{}.socket", self.name, self.argo);
        if self.name.is_empty() || !self.name.chars().all(plain) || path.len() > LONGEST {
            let message = format!("invalid name of a shared installation: `{}`", self.name);
            let hint = "Use a short name of letters, digits, `-`, `_` and `.`.";
            return Err(Error::usage(message).with_hint(hint).into());
        }
        Ok(path.into())
    }

    /// Starts the process behind the installation, and passes it the listening socket. From then on
    /// runs can wait on the socket. The process outlives this one. Its process group is its own, so
    /// signals to the group of this process do not reach it.
    fn start_daemon(&self, session: &Session, socket: &Path, log: &Path) -> anyhow::Result<()> {
        remove(socket)?;
        let listener = UnixListener::bind(socket)
            .with_context(|| format!("failed to create the socket {}", socket.display()))?;
        let log =
            File::create(log).with_context(|| format!("failed to create {}", log.display()))?;
        let mut command = Command::new(&session.exe);
        command.args(["keep", "--argo", self.argo]);
        command.arg("--socket").arg(socket);
        let ProgramConfig { cache, preference, mirror, table } = self.programs;
        for (flag, path) in [("--cache", cache), ("--download-table", table)] {
            if let Some(path) = path {
                command.arg(flag).arg(std::path::absolute(path)?);
            }
        }
        if let Some(mirror) = mirror {
            command.arg("--mirror").arg(mirror.to_string());
        }
        command.args(["--programs", preference.name()]);
        command.stdin(Stdio::from(OwnedFd::from(listener)));
        command.stdout(log.try_clone()?).stderr(log).current_dir("/").process_group(0);
        command.spawn().context("failed to start the process of the shared installation")?;
        Ok(())
    }
}

/// The next message. `None`: the process behind the installation is gone.
async fn word(words: &mut Lines<BufReader<UnixStream>>) -> anyhow::Result<Option<Word>> {
    let line = words.next_line().await.unwrap_or_default();
    line.map(|line| {
        serde_json::from_str(&line)
            .context("failed to parse a message of the process of the shared installation")
    })
    .transpose()
}

/// Raises the alarm when something of the installation has ended.
async fn hear(mut words: Lines<BufReader<UnixStream>>, alarm: Alarm) {
    while let Ok(Some(said)) = word(&mut words).await {
        if let Word::Trouble(trouble) = said {
            alarm.raise(trouble);
        }
    }
    alarm.raise("the process of the shared installation ended".to_owned());
}

/// The lock under which sockets are made, connected to and removed.
pub(crate) fn lock() -> anyhow::Result<File> {
    let path = Path::new(LEASES).join("lock");
    let lock = || {
        std::fs::create_dir_all(LEASES)?;
        let file = File::options().create(true).append(true).open(&path)?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    };
    lock().with_context(|| format!("failed to lock {}", path.display()))
}

/// Removes a file that may not be there.
pub(crate) fn remove(path: &Path) -> anyhow::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("failed to remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// Removes the sockets on which no process listens, and their logs. Returns the number of removed
/// sockets.
pub fn sweep() -> anyhow::Result<usize> {
    let _lock = lock()?;
    let entries = std::fs::read_dir(LEASES).with_context(|| format!("failed to list {LEASES}"))?;
    let mut removed = 0;
    for entry in entries {
        let path = entry?.path();
        let socket = path.extension().is_some_and(|extension| extension == "socket");
        if socket && std::os::unix::net::UnixStream::connect(&path).is_err() {
            remove(&path)?;
            remove(&path.with_extension("log"))?;
            removed += 1;
        }
    }
    Ok(removed)
}
