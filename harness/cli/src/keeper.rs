//! The process behind a shared installation. The process puts the installation up, and ends it when
//! no run has used it for a while.

use std::os::fd::AsFd;
use std::os::unix::net::UnixListener as StdListener;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use futures::FutureExt;
use provision::installation::Alarm;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::args::KeepArgs;
use crate::budgets;
use crate::kept::Kept;
use crate::lease::{self, Word};
use crate::maker::Maker;
use crate::out::{self, Explained};
use crate::programs::Programs;
use crate::session::Session;
use crate::standing::{Standing, Which};
use crate::wanted;

/// The answer to every run.
#[derive(Clone)]
struct Answer {
    line: Arc<str>,
    /// Raised when a part of the installation has ended.
    alarm: Alarm,
}

/// The answer, when there is one.
type Told = watch::Receiver<Option<Answer>>;

/// Puts up an installation and keeps it while runs hold shares.
pub(crate) async fn keep(args: KeepArgs) -> anyhow::Result<u8> {
    let listener = StdListener::from(std::io::stdin().as_fd().try_clone_to_owned()?);
    listener.set_nonblocking(true)?;
    let listener = UnixListener::from_std(listener).context("listen on what was inherited")?;
    let session = Arc::new(Session::open(args.cache.cache.as_deref(), None)?);
    session.stop_on_signals()?;
    let (say, told) = watch::channel(None);
    let starting = tokio::spawn(start(Arc::clone(&session), args.clone(), say));
    serve(&listener, &session, &args, &told).await?;
    session.stop.cancel();
    session.guard.kill_all();
    if let Some(standing) = starting.await? {
        standing.end(&session).await?;
    }
    sandbox::slot::sweep(Path::new(sandbox::slot::LOCKS))?;
    lease::remove(&args.log())?;
    Ok(report::exit::PASS)
}

/// Puts the installation up, and publishes the answer: the installation, or the reason of the
/// failure.
async fn start(
    session: Arc<Session>,
    args: KeepArgs,
    say: watch::Sender<Option<Answer>>,
) -> Option<Standing> {
    let put_up = async {
        let wanted = vec![wanted::version(&args.argo)?];
        let programs = Programs::get(&session, &Maker::Native, wanted).await?;
        let built = programs.argo.first().context("find the built programs of Argo")?;
        let which = Which { maker: &Maker::Native, argo: built, archives: &[] };
        Standing::put_up(&session, &programs, &which, &session.directory).await
    };
    let outcome = tokio::select! {
        outcome = Box::pin(put_up) => outcome,
        () = session.stop.cancelled() => Err(anyhow::anyhow!("the installation was stopped")),
    };
    let (word, alarm) = match &outcome {
        Ok(standing) => (
            Word::Ready(Box::new(Kept::of(standing, &session))),
            standing.installation.alarm.clone(),
        ),
        Err(error) => (failed(error), Alarm::default()),
    };
    say.send_replace(Some(Answer { line: word.line().into(), alarm }));
    outcome.ok()
}

fn failed(error: &anyhow::Error) -> Word {
    match error.downcast_ref::<Explained>() {
        Some(explained) => Word::Failed { code: explained.code, because: explained.text.clone() },
        None => Word::Failed {
            code: report::exit::NO_ENVIRONMENT,
            because: format!("error: {}", out::chain(error)),
        },
    }
}

/// Serves runs until none has been connected for a while, or the process is told to stop. The
/// socket is removed then.
async fn serve(
    listener: &UnixListener,
    session: &Session,
    args: &KeepArgs,
    told: &Told,
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
            () = session.stop.cancelled() => return lease::remove(&args.socket),
            () = passed(since + budgets::SHARED_GRACE.time), if alone => {
                let _lock = lease::lock()?;
                // Runs connect under the lock, so from here on no run connects.
                match listener.accept().now_or_never() {
                    Some(connected) => drop(runs.spawn(answer(connected?.0, told.clone()))),
                    None => return lease::remove(&args.socket),
                }
            }
        }
    }
}

async fn passed(moment: Instant) {
    let _elapsed = tokio::time::timeout_at(moment, std::future::pending::<()>()).await;
}

/// Sends a run the answer, and the alarm when it is raised, until the run disconnects.
async fn answer(mut run: UnixStream, mut told: Told) {
    let (mut hears, mut says) = run.split();
    let mut byte = [0];
    let telling = async {
        let answer = told.wait_for(Option::is_some).await.map(|answer| answer.clone());
        let answer = answer.ok()??;
        says.write_all(answer.line.as_bytes()).await.ok()?;
        let trouble = Word::Trouble(answer.alarm.raised().await);
        says.write_all(trouble.line().as_bytes()).await.ok()
    };
    tokio::select! {
        // A run says nothing; its end of the connection closes when it ends.
        _ = hears.read(&mut byte) => {}
        () = async { telling.await; std::future::pending().await } => {}
    }
}
