//! One invocation that works with the machine: its cache, its run directory, how it is stopped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use provision::cache::Cache;
use provision::cache::lock::Lock;
use provision::cache::removals::leave_removals;
use provision::cache::stage_times::StageTimes;
use provision::program::download::{Downloads, Mirror, Table};
use provision::program::supply::Supply;
use sandbox::guard::Guard;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::config::ProgramConfig;
use crate::console::Console;
use crate::progress::ProgressLog;
use rundir::error::{Error, Problem};
use rundir::new_directory::NewDirectory;

/// The values that are the same throughout an invocation.
pub struct Session {
    pub(crate) cache: Cache,
    /// The origin of programs.
    pub(crate) supply: Supply,
    /// The harness's own binary.
    pub exe: PathBuf,
    pub(crate) guard: Guard,
    /// Id of the run.
    pub(crate) run: String,
    /// The run directory: histories, logs and reports.
    pub directory: PathBuf,
    pub(crate) started: jiff::Timestamp,
    /// The progress of the invocation.
    pub progress: Arc<ProgressLog>,
    pub(crate) console: Arc<dyn Console>,
    /// Stops the invocation.
    pub stop: CancellationToken,
    /// The run directory, unless an earlier session made it.
    new: Option<NewDirectory>,
    _in_use: Lock,
}

impl Session {
    /// Opens the cache and makes the run directory: `out`, or a new one in the cache.
    ///
    /// # Errors
    /// The table of downloads is invalid, or a directory cannot be made.
    pub fn open(
        programs: &ProgramConfig,
        out: Option<&Path>,
        console: Arc<dyn Console>,
    ) -> anyhow::Result<Self> {
        Self::with(programs, console, |cache, run| {
            let path = match out {
                Some(path) => std::path::absolute(path)?,
                None => cache.root().join("runs").join(run),
            };
            let new = NewDirectory::create(&path)?;
            Ok((path, Some(new)))
        })
    }

    /// Opens the cache, for a run directory that is there.
    pub(crate) fn within(
        programs: &ProgramConfig,
        directory: &Path,
        console: Arc<dyn Console>,
    ) -> anyhow::Result<Self> {
        Self::with(programs, console, |_, _| Ok((std::path::absolute(directory)?, None)))
    }

    fn with(
        programs: &ProgramConfig,
        console: Arc<dyn Console>,
        directory: impl FnOnce(&Cache, &str) -> anyhow::Result<(PathBuf, Option<NewDirectory>)>,
    ) -> anyhow::Result<Self> {
        let exe =
            std::env::current_exe().context("failed to find the executable of this program")?;
        let supply = supply(programs)?;
        let cache = Cache::open(programs.cache.as_deref())?;
        let started = jiff::Timestamp::now();
        let run = format!("{}-{}", started.strftime("%Y%m%dt%H%M%S"), std::process::id());
        let (times, unread) = StageTimes::of_cache(&cache);
        if let Some(error) = unread {
            console.note(&format!("warning: {error}"));
        }
        let in_use = cache.hold(&format!("run {run}"))?;
        let (directory, new) = directory(&cache, &run)?;
        Ok(Self {
            guard: Guard::new(exe.clone()),
            stop: CancellationToken::new(),
            progress: Arc::new(ProgressLog::new(Arc::clone(&console), times)),
            console,
            _in_use: in_use,
            cache,
            supply,
            exe,
            run,
            directory,
            new,
            started,
        })
    }

    /// Removes the run directory of a run that ended before its first case. The directory of an
    /// earlier session stays. The next run can have the directory.
    pub(crate) fn discard(&self) {
        if let Some(new) = &self.new
            && let Err(error) = new.discard()
        {
            let directory = new.path().display();
            self.console.note(&format!("warning: failed to remove {directory}: {error}"));
        }
    }

    /// The first signal ends the cases and takes everything down; the second ends at once.
    pub fn stop_on_signals(self: &Arc<Self>) -> anyhow::Result<()> {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let mut signals = kinds.map(signal).into_iter().collect::<Result<Vec<_>, _>>()?;
        let session = Arc::clone(self);
        tokio::spawn(async move {
            next(&mut signals).await;
            session.progress.say("stopping; a second signal stops at once");
            session.stop.cancel();
            session.guard.kill_all();
            leave_removals();
            next(&mut signals).await;
            end_at_once(&*session.console);
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

/// The origin of programs, with the table of the user.
fn supply(programs: &ProgramConfig) -> anyhow::Result<Supply> {
    let table = match &programs.table {
        None => Table::of_project(),
        Some(path) => Table::read(path).map_err(|error| {
            let hint = error.hint();
            Error::one(report::exit::USAGE, Problem::of(&error.into()).with_hint_of(hint))
        })?,
    };
    let mirror = programs.mirror.clone().map(Mirror::without_credentials).transpose();
    let mirror = mirror.map_err(|error| {
        let hint = error.hint();
        Error::one(report::exit::USAGE, Problem::of(&error.into()).with_hint_of(hint))
    })?;
    let downloads = Downloads { table, mirror };
    Ok(Supply { preference: programs.preference, downloads })
}

async fn next(signals: &mut [tokio::signal::unix::Signal]) {
    let received = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
    futures::future::select_all(received).await;
}

#[expect(clippy::exit, reason = "the second signal; the sandbox dies with this process")]
fn end_at_once(console: &dyn Console) {
    console.restore();
    std::process::exit(130);
}
