//! The values that are the same for every version of a run, and the results of a run.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use model::verdict::CaseVerdict;
use model::{Case, Profile, ReadBack};
use provision::installation::Installation;
use report::observed::Observed;
use report::run::{ArgoReport, Program, Untested};
use report::{CheckReport, Judged, RunRequest};
use rundir::attempt_log::AttemptLog;
use rundir::layout::{OBJECTS, copy_case};
use rundir::manifest::SessionRecord;
use rundir::resume::Earlier;
use rundir::{installed, shard};

use crate::config::RunConfig;
use crate::console::Console;
use crate::installation::spec::{self, InstallationSpec};
use crate::resume::{self, Resumed};
use crate::schedule::limiter::CaseLimiter;
use crate::session::Session;
use crate::{request, selection};

/// The values that are the same for every version of a run.
pub(crate) struct RunContext {
    pub(crate) config: RunConfig,
    pub(crate) request: RunRequest,
    /// The installations that were asked for, where they are put up.
    pub(crate) specs: Vec<InstallationSpec>,
    /// Those of the cases that were asked for that run here.
    pub(crate) cases: Vec<Case>,
    pub(crate) limiter: CaseLimiter,
    pub(crate) session: Arc<Session>,
    /// The results of earlier sessions in the directory.
    pub(crate) earlier: Earlier,
    /// The chain of the attempts.
    pub(crate) attempts: AttemptLog,
}

/// The results of a run.
#[derive(Default)]
pub(crate) struct RunResults {
    /// The verdicts.
    pub(crate) judged: Vec<Judged>,
    /// Each as it was read back.
    pub(crate) installed: Vec<ArgoReport>,
    /// Versions that were not tested.
    pub(crate) untested: Vec<Untested>,
    pub(crate) observed: Vec<Observed>,
    /// The origin of each program.
    pub(crate) programs: Vec<Program>,
    /// The checks of an existing cluster.
    pub(crate) checks: Vec<CheckReport>,
}

impl RunResults {
    pub(crate) fn extend(&mut self, more: Self) {
        self.judged.extend(more.judged);
        self.installed.extend(more.installed);
        self.untested.extend(more.untested);
        self.observed.extend(more.observed);
        self.programs.extend(more.programs);
        self.checks.extend(more.checks);
    }
}

impl RunContext {
    /// Opens the session of a run.
    pub(crate) fn open(
        config: RunConfig,
        cases: Vec<Case>,
        console: Arc<dyn Console>,
    ) -> anyhow::Result<Arc<Self>> {
        Self::with(config, cases, |config| {
            Session::open(&config.programs, config.out.as_deref(), console)
        })
    }

    /// Opens a session in a directory that is there.
    pub(crate) fn within(
        config: RunConfig,
        cases: Vec<Case>,
        directory: &Path,
        console: Arc<dyn Console>,
    ) -> anyhow::Result<Arc<Self>> {
        Self::with(config, cases, |config| Session::within(&config.programs, directory, console))
    }

    fn with(
        config: RunConfig,
        cases: Vec<Case>,
        session: impl FnOnce(&RunConfig) -> anyhow::Result<Session>,
    ) -> anyhow::Result<Arc<Self>> {
        let specs = spec::of(&config)?;
        let request = request::of(&config, &specs, &cases)?;
        let cases = shard::to_run(cases, &request);
        let (session, earlier) = (Arc::new(session(&config)?), Earlier::default());
        let limiter = CaseLimiter::new(&config, specs.len(), &session.progress);
        let this = Arc::clone(&session);
        let begun = AttemptLog::begin(&session.directory, &session.run).and_then(|attempts| {
            Self { config, request, specs, cases, limiter, session, earlier, attempts }.ready()
        });
        begun.inspect_err(|_| this.discard())
    }

    /// Begins a run, and writes its manifest. A run on an installation that others put up has no
    /// manifest and cannot be resumed.
    pub(crate) fn begin(config: RunConfig, console: Arc<dyn Console>) -> anyhow::Result<Arc<Self>> {
        let cases = match &config.stored {
            Some(of) => selection::stored(&config.selection, of, &*console)?,
            None if config.upgrades => selection::upgrades(selection::select(&config.selection)?)?,
            None => selection::select(&config.selection)?,
        };
        let context = Self::open(config, cases, console)?;
        if context.config.stored.is_some() {
            context.write_cases().inspect_err(|_| context.session.discard())?;
        }
        if context.config.installs() {
            context.write_manifest().inspect_err(|_| context.session.discard())?;
        }
        Ok(context)
    }

    /// Goes on with a run.
    pub(crate) fn resume(
        config: RunConfig,
        directory: &Path,
        console: Arc<dyn Console>,
    ) -> anyhow::Result<(Arc<Self>, File)> {
        let Resumed { config, request, specs, cases, earlier, lock } =
            resume::resume(config, directory)?;
        let session = Arc::new(Session::within(&config.programs, directory, console)?);
        let limiter = CaseLimiter::new(&config, specs.len(), &session.progress);
        let attempts = AttemptLog::begin(&session.directory, &session.run)?;
        let context = Self { config, request, specs, cases, limiter, session, earlier, attempts };
        context.write_manifest()?;
        Ok((context.ready()?, lock))
    }

    /// Writes the cases that are in no directory of cases.
    fn write_cases(&self) -> anyhow::Result<()> {
        let objects = self.session.directory.join(OBJECTS);
        self.cases.iter().try_for_each(|case| copy_case(case, &objects.join(&case.id)))
    }

    fn write_manifest(&self) -> anyhow::Result<()> {
        let Session { run, started, directory, .. } = &*self.session;
        let this = SessionRecord { run: run.clone(), started: *started };
        self.earlier.go_on(&self.request, self.config.provider, this, directory)
    }

    /// Removes the run directory if no case has begun.
    pub(crate) fn discard_unused(&self) {
        if !self.attempts.has_attempts() {
            self.session.discard();
        }
    }

    /// Whether the run was stopped before its first case, and has nothing to resume.
    pub(crate) fn is_stopped_unused(&self) -> bool {
        let stopped = self.session.stop.is_cancelled();
        stopped && !self.config.installs() && !self.attempts.has_attempts()
    }

    /// The session of the run.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// The settings that were asked for first.
    pub(crate) fn profile(&self) -> Profile {
        self.config.profiles.first().copied().unwrap_or(Profile::Fast)
    }

    fn ready(self) -> anyhow::Result<Arc<Self>> {
        self.session.stop_on_signals()?;
        if self.config.stop_with_input {
            self.session.stop_when_input_ends();
        } else {
            self.session.progress.show_running();
        }
        Ok(Arc::new(self))
    }

    /// Those of the installations that have these names.
    pub(crate) fn specs(&self, names: &[String]) -> Vec<InstallationSpec> {
        self.specs.iter().filter(|spec| names.contains(&spec.name())).cloned().collect()
    }

    /// The versions on which there is something to do.
    pub(crate) fn left(&self) -> Vec<String> {
        let left = |version: &&String| !self.earlier.left(version, &self.cases).is_empty();
        self.request.argo.iter().filter(left).cloned().collect()
    }
}

/// Prints and records that a version was not tested. An untested version is never a pass.
pub(crate) fn untested(context: &RunContext, found: &mut RunResults, argo: &str, reason: String) {
    context.session.progress.say(&format!("error: Argo {argo} was not tested: {reason}"));
    let untested = Untested { argo: argo.to_owned(), reason: reason.into() };
    context.session.console.untested(&untested);
    found.untested.push(untested);
}

/// An installation as it was read back.
pub(crate) fn read(installation: &Installation, read: &ReadBack) -> ArgoReport {
    installed::argo(&installation.versions, installation.profile, read)
}

/// Shows a verdict.
pub(crate) fn show_verdict(context: &RunContext, judged: &Judged) {
    let CaseVerdict { case, argo, verdict, .. } = &judged.verdict;
    context.session.progress.live(|live, _| live.verdict(argo, case, *verdict));
    context.session.console.verdict(&installed::relative(judged, &context.session.directory));
}
