//! The process behind a shared installation. The process puts the installation up, and ends it when
//! no run has used it for a while.

use std::os::fd::AsFd;
use std::os::unix::net::UnixListener as StdListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use futures::FutureExt;
use provision::installation::Alarm;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::budgets;
use crate::config::{ImageConfig, ProgramConfig};
use crate::console::Console;
use crate::installation::programs::Programs;
use crate::installation::provider::ClusterProvider;
use crate::installation::released::ReleasedInstallation;
use crate::installation::shared::{self, Word};
use crate::installation::spec;
use crate::installation::start::{RunningInstallation, Start};
use crate::session::Session;
use rundir::error::{Error, Problem};

/// The answer to every run.
#[derive(Clone)]
struct Answer {
    line: Arc<str>,
    /// Raised when a part of the installation has ended.
    alarm: Alarm,
}

/// The answer, when there is one.
type AnswerReceiver = watch::Receiver<Option<Answer>>;

/// The installation that the process keeps.
#[derive(Clone, Debug)]
pub struct KeepConfig {
    /// The programs.
    pub programs: ProgramConfig,
    /// Name of the installation.
    pub argo: String,
    /// Path of the socket. The listening socket is standard input.
    pub socket: PathBuf,
}

impl KeepConfig {
    /// Path of the log of the process.
    fn log(&self) -> PathBuf {
        self.socket.with_extension("log")
    }
}

/// Puts up an installation and keeps it while runs hold shares. Returns the exit code.
///
/// # Errors
/// The socket cannot be used, or the installation cannot be ended.
pub async fn keep(config: KeepConfig, console: Arc<dyn Console>) -> anyhow::Result<u8> {
    let listener = StdListener::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    listener.set_nonblocking(true)?;
    let listener =
        UnixListener::from_std(listener).context("failed to listen on the inherited socket")?;
    let session = Arc::new(Session::open(&config.programs, None, console)?);
    session.stop_on_signals()?;
    let (say, told) = watch::channel(None);
    let starting = tokio::spawn(start(Arc::clone(&session), config.clone(), say));
    serve(&listener, &session, &config, &told).await?;
    session.stop.cancel();
    session.guard.kill_all();
    if let Some(running) = starting.await? {
        running.end(&session).await?;
    }
    sandbox::slot::sweep(Path::new(sandbox::slot::LOCKS))?;
    shared::remove(&config.log())?;
    Ok(report::exit::PASS)
}

/// Puts the installation up, and publishes the answer: the installation, or the reason of the
/// failure.
async fn start(
    session: Arc<Session>,
    config: KeepConfig,
    say: watch::Sender<Option<Answer>>,
) -> Option<RunningInstallation> {
    let put_up = async {
        let specs = vec![spec::version(&config.argo)?];
        let images = ImageConfig::default();
        let programs = Programs::get(&session, &ClusterProvider::Native, specs, &images).await?;
        let built = programs.argo.first().context("failed to find the built programs of Argo")?;
        let start = Start { provider: &ClusterProvider::Native, argo: built };
        RunningInstallation::put_up(&session, &programs, &start, &session.directory).await
    };
    let outcome = tokio::select! {
        outcome = Box::pin(put_up) => outcome,
        () = session.stop.cancelled() => Err(anyhow::anyhow!("the installation was stopped")),
    };
    let (word, alarm) = match &outcome {
        Ok(running) => (
            Word::Ready(Box::new(ReleasedInstallation::of(running, &session))),
            running.installation.alarm.clone(),
        ),
        Err(error) => (failed(error), Alarm::default()),
    };
    say.send_replace(Some(Answer { line: word.line().into(), alarm }));
    outcome.ok()
}

fn failed(error: &anyhow::Error) -> Word {
    let known = error.downcast_ref::<Error>().cloned();
    Word::Failed(
        known.unwrap_or_else(|| Error::one(report::exit::NO_ENVIRONMENT, Problem::of(error))),
    )
}

/// Serves runs until none has been connected for a while, or the process is told to stop. The
/// socket is removed then.
async fn serve(
    listener: &UnixListener,
    session: &Session,
    config: &KeepConfig,
    told: &AnswerReceiver,
) -> anyhow::Result<()> {
    let mut runs = JoinSet::new();
    let mut since = Instant::now();
    loop {
        let alone = runs.is_empty();
        tokio::select! {
            connected = listener.accept() => {
                runs.spawn(answer(connected?.0, told.clone()));
            }
            Some(_) = runs.join_next() => since = Instant::now(),
            () = session.stop.cancelled() => return shared::remove(&config.socket),
            () = passed(since + budgets::SHARED_GRACE.time), if alone => {
                let _lock = shared::lock()?;
                // Runs connect under the lock, so from here on no run connects.
                match listener.accept().now_or_never() {
                    Some(connected) => drop(runs.spawn(answer(connected?.0, told.clone()))),
                    None => return shared::remove(&config.socket),
                }
            }
        }
    }
}

async fn passed(moment: Instant) {
    let _elapsed = tokio::time::timeout_at(moment, std::future::pending::<()>()).await;
}

/// Sends a run the answer, and the alarm when it is raised, until the run disconnects.
async fn answer(mut run: UnixStream, mut told: AnswerReceiver) {
    let (mut hears, mut says) = run.split();
    let mut byte = [0];
    let notices = async {
        let answer = told.wait_for(Option::is_some).await.map(|answer| answer.clone());
        let answer = answer.ok()??;
        says.write_all(answer.line.as_bytes()).await.ok()?;
        let trouble = Word::Trouble(answer.alarm.raised().await);
        says.write_all(trouble.line().as_bytes()).await.ok()
    };
    tokio::select! {
        // A run says nothing; its end of the connection closes when it ends.
        _ = hears.read(&mut byte) => {}
        () = async { notices.await; std::future::pending().await } => {}
    }
}
