//! One invocation that works with the machine: its cache, its run directory, how it is stopped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use provision::cache::Cache;
use provision::cache::lock::Lock;
use provision::program::{Item, Missing, prerequisites_of_builds};
use sandbox::guard::Guard;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::maker::Maker;
use crate::screen;
use crate::show::Show;
use crate::wanted::Wanted;

/// The values that are the same throughout an invocation.
pub(crate) struct Session {
    pub(crate) cache: Cache,
    /// The harness's own binary.
    pub(crate) exe: PathBuf,
    pub(crate) guard: Guard,
    /// Id of the run.
    pub(crate) run: String,
    /// The run directory: histories, logs and reports.
    pub(crate) directory: PathBuf,
    pub(crate) started: jiff::Timestamp,
    pub(crate) show: Arc<Show>,
    pub(crate) stop: CancellationToken,
    _in_use: Lock,
}

impl Session {
    /// Opens the cache and makes the run directory: `out`, or a new one in the cache.
    pub(crate) fn open(cache: Option<&Path>, out: Option<&Path>) -> anyhow::Result<Self> {
        Self::with(cache, |cache, run| match out {
            Some(path) => fresh(&std::path::absolute(path)?),
            None => Ok(cache.root().join("runs").join(run)),
        })
    }

    /// Opens the cache, for a run directory that is there.
    pub(crate) fn within(cache: Option<&Path>, directory: &Path) -> anyhow::Result<Self> {
        Self::with(cache, |_, _| Ok(std::path::absolute(directory)?))
    }

    fn with(
        cache: Option<&Path>,
        directory: impl FnOnce(&Cache, &str) -> anyhow::Result<PathBuf>,
    ) -> anyhow::Result<Self> {
        let exe =
            std::env::current_exe().context("failed to find the executable of this program")?;
        let cache = Cache::open(cache)?;
        let started = jiff::Timestamp::now();
        let run = format!("{}-{}", started.strftime("%Y%m%dt%H%M%S"), std::process::id());
        let in_use = cache.hold(&format!("run {run}"))?;
        let directory = directory(&cache, &run)?;
        std::fs::create_dir_all(&directory).with_context(|| {
            format!("failed to create the run directory {}", directory.display())
        })?;
        Ok(Self {
            guard: Guard::new(exe.clone()),
            stop: CancellationToken::new(),
            show: Arc::new(Show::new()),
            _in_use: in_use,
            cache,
            exe,
            run,
            directory,
            started,
        })
    }

    /// Everything that this machine lacks to build these programs and run a cluster of them.
    pub(crate) async fn require(
        &self,
        maker: &Maker,
        wanted: &[Wanted],
        items: &[Item],
    ) -> anyhow::Result<()> {
        let mut lacking = maker.lacks(self, wanted).await;
        lacking.extend(prerequisites_of_builds(&self.cache, items, &self.guard));
        let line = |m: &Missing| format!("  {}\n    remedy: {}", m.what, m.remedy);
        let lines: Vec<String> = lacking.iter().map(line).collect();
        if lines.is_empty() {
            return Ok(());
        }
        Err(Error::no_environment(format!("this machine lacks:\n{}", lines.join("\n"))).into())
    }

    /// The first signal ends the cases and takes everything down; the second ends at once.
    pub(crate) fn stop_on_signals(self: &Arc<Self>) -> anyhow::Result<()> {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let mut signals = kinds.map(signal).into_iter().collect::<Result<Vec<_>, _>>()?;
        let session = Arc::clone(self);
        tokio::spawn(async move {
            next(&mut signals).await;
            session.show.say("stopping; a second signal stops at once");
            session.stop.cancel();
            session.guard.kill_all();
            next(&mut signals).await;
            end_at_once();
        });
        Ok(())
    }

    /// For a harness that another program runs: it must not outlive that program.
    pub(crate) fn stop_when_input_ends(self: &Arc<Self>) {
        let session = Arc::clone(self);
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            session.stop.cancel();
            session.guard.kill_all();
        });
    }
}

async fn next(signals: &mut [tokio::signal::unix::Signal]) {
    let received = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
    futures::future::select_all(received).await;
}

#[expect(clippy::exit, reason = "the second signal; the sandbox dies with this process")]
fn end_at_once() {
    screen::end_at_once();
    std::process::exit(130);
}

/// A run directory that holds nothing yet: a second run's histories do not mix with a first one's.
pub(crate) fn fresh(path: &Path) -> anyhow::Result<PathBuf> {
    let used = std::fs::read_dir(path).is_ok_and(|mut inside| inside.next().is_some());
    if used {
        let error = Error::usage(format!("invalid --out: {} is not empty", path.display()));
        return Err(error.with_hint("Name a new directory by --out, or remove that one.").into());
    }
    Ok(path.to_owned())
}
