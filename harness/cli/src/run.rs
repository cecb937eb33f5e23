//! `run`: a cluster, Argo at each version, the cases, the verdicts.

mod cases;
mod cores;
mod hold;
mod overlap;
mod slots;
mod there;
mod versions;

use std::fs::File;
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use model::Case;
use model::verdict::CaseVerdict;
use provision::argo::install::Profile;
use provision::installation::{Installation, ReadBack};
use report::observed::Observed;
use report::run::{ArgoReport, RunReport, Untested};
use report::{Asked, Judged};

use crate::args::{Format, Provider, RunArgs};
use crate::maker;
use crate::resume::{self, Earlier, Resumed};
use crate::session::Session;
use crate::tries::Notes;
use crate::wanted::{self, Wanted};
use crate::{asked, begun, conclusion, out, record, rejudge, selection, shard, telling};

use cases::cases;
use slots::Slots;
use versions::on_each;

/// The values that are the same for every version of a run.
pub(crate) struct Bench {
    args: RunArgs,
    asked: Asked,
    /// The installations that were asked for, where they are put up.
    wanted: Vec<Wanted>,
    /// Those of the cases that were asked for that run here.
    cases: Vec<Case>,
    slots: Slots,
    session: Arc<Session>,
    /// The results of earlier sessions in the directory.
    earlier: Earlier,
    /// The chain of the attempts.
    notes: Notes,
}

/// The results of a run.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) judged: Vec<Judged>,
    /// Each as it was read back.
    installed: Vec<ArgoReport>,
    pub(crate) untested: Vec<Untested>,
    observed: Vec<Observed>,
}

impl Found {
    fn extend(&mut self, more: Self) {
        self.judged.extend(more.judged);
        self.installed.extend(more.installed);
        self.untested.extend(more.untested);
        self.observed.extend(more.observed);
    }
}

/// Runs the cases on each version; the exit code.
pub(crate) async fn run(args: RunArgs) -> anyhow::Result<u8> {
    let (code, _) = reported(args).await?;
    Ok(code)
}

/// Runs the cases on each version; the exit code, and the report as it is in the run directory.
pub(crate) async fn reported(mut args: RunArgs) -> anyhow::Result<(u8, RunReport)> {
    args.provider = maker::provider(&args).await?;
    let (bench, _lock) = match args.resume.take() {
        Some(directory) => Bench::resume(args, &directory)?,
        None => Bench::begin(args)?,
    };
    let mut found = Found::default();
    if let Some(shard) = &bench.asked.shard {
        let all = bench.asked.cases.len();
        bench.session.show.say(&format!("shard {shard}: {} of {all} cases", bench.cases.len()));
    }
    for judged in &bench.earlier.judged {
        said(&bench, judged);
        found.judged.push(judged.clone());
    }
    let left = bench.left();
    match (bench.args.on, &bench.args.shared) {
        _ if bench.args.provider == Provider::Existing => {
            there::on_prepared(&bench, &mut found).await?;
        }
        _ if left.is_empty() => {}
        (Some(slot), _) => there::on_kept(&bench, slot, &mut found).await?,
        (None, Some(name)) => {
            there::on_shared(&bench, name, &bench.wanted(&left), &mut found).await?;
        }
        (None, None) => match each(&bench, &left, &mut found).await {
            Err(error) if bench.session.stop.is_cancelled() => {
                bench.session.show.say(&format!("stopped: {}", out::chain(&error)));
            }
            outcome => outcome?,
        },
    }
    not_reached(&bench, &mut found);
    conclude(&bench, &found)
}

impl Bench {
    /// Opens the session of a run.
    pub(crate) fn open(args: RunArgs, cases: Vec<Case>) -> anyhow::Result<Arc<Self>> {
        Self::with(args, cases, |args| {
            Session::open(args.cache.cache.as_deref(), args.out.as_deref())
        })
    }

    /// Opens a session in a directory that is there.
    pub(crate) fn within(
        args: RunArgs,
        cases: Vec<Case>,
        directory: &Path,
    ) -> anyhow::Result<Arc<Self>> {
        Self::with(args, cases, |args| Session::within(args.cache.cache.as_deref(), directory))
    }

    fn with(
        args: RunArgs,
        cases: Vec<Case>,
        session: impl FnOnce(&RunArgs) -> anyhow::Result<Session>,
    ) -> anyhow::Result<Arc<Self>> {
        let wanted = wanted::of(&args)?;
        let asked = asked::of(&args, &wanted, &cases)?;
        let cases = shard::to_run(cases, &asked);
        let (session, earlier) = (Arc::new(session(&args)?), Earlier::default());
        let slots = Slots::new(&args, wanted.len(), &session.show);
        let notes = Notes::begin(&session)?;
        Self { args, asked, wanted, cases, slots, session, earlier, notes }.ready()
    }

    /// Begins a run, and writes its manifest. A run on an installation that others put up has no
    /// manifest and cannot be resumed.
    fn begin(args: RunArgs) -> anyhow::Result<(Arc<Self>, File)> {
        let cases = selection::select(&args.cases)?;
        let bench = Self::open(args, cases)?;
        let lock = begun::lock(&bench.session.directory)?;
        if bench.args.installs() {
            bench.earlier.go_on(&bench.asked, bench.args.provider, &bench.session)?;
        }
        Ok((bench, lock))
    }

    /// Goes on with a run.
    fn resume(args: RunArgs, directory: &Path) -> anyhow::Result<(Arc<Self>, File)> {
        let Resumed { args, asked, wanted, cases, earlier, lock } =
            resume::resume(args, directory)?;
        let session = Session::within(args.cache.cache.as_deref(), directory)?;
        earlier.go_on(&asked, args.provider, &session)?;
        let session = Arc::new(session);
        let slots = Slots::new(&args, wanted.len(), &session.show);
        let notes = Notes::begin(&session)?;
        let bench = Self { args, asked, wanted, cases, slots, session, earlier, notes }.ready()?;
        Ok((bench, lock))
    }

    /// The session of the run.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// The settings that were asked for first.
    pub(crate) fn profile(&self) -> Profile {
        self.args.profile.first().map_or(Profile::Fast, |&profile| profile.into())
    }

    fn ready(self) -> anyhow::Result<Arc<Self>> {
        self.session.stop_on_signals()?;
        if self.args.until_input_ends {
            self.session.stop_when_input_ends();
        } else if self.args.format == Format::Text || !std::io::stdout().is_terminal() {
            self.session.show.on_terminal();
        }
        Ok(Arc::new(self))
    }

    /// Those of the installations that have these names.
    fn wanted(&self, names: &[String]) -> Vec<Wanted> {
        self.wanted.iter().filter(|wanted| names.contains(&wanted.name())).cloned().collect()
    }

    /// The versions on which there is something to do.
    fn left(&self) -> Vec<String> {
        let left = |version: &&String| !self.earlier.left(version, &self.cases).is_empty();
        self.asked.argo.iter().filter(left).cloned().collect()
    }
}

/// Runs the cases on each of these installations.
async fn each(bench: &Arc<Bench>, left: &[String], found: &mut Found) -> anyhow::Result<()> {
    on_each(bench, bench.wanted(left), &bench.session.directory, found).await
}

/// Runs the cases on one installation, whose directory is made below `under`.
pub(crate) async fn on(bench: &Arc<Bench>, wanted: Wanted, under: &Path) -> anyhow::Result<Found> {
    let mut found = Found::default();
    on_each(bench, vec![wanted], under, &mut found).await?;
    Ok(found)
}

/// Adds each version that a stopped run did not reach as untested.
fn not_reached(bench: &Bench, found: &mut Found) {
    let reached = |version: &String| {
        found.installed.iter().any(|argo| argo.versions.name() == *version)
            || found.untested.iter().any(|untested| untested.argo == *version)
    };
    let missing: Vec<String> =
        bench.left().into_iter().filter(|version| !reached(version)).collect();
    if bench.session.stop.is_cancelled() {
        for version in missing {
            untested(bench, found, &version, "the run was stopped before it".to_owned());
        }
    }
}

/// Prints and records that a version was not tested. An untested version is never a pass.
fn untested(bench: &Bench, found: &mut Found, argo: &str, because: String) {
    bench.session.show.say(&format!("error: Argo {argo} was not tested: {because}"));
    let untested = Untested { argo: argo.to_owned(), because };
    if bench.args.format == Format::Json {
        out::result(&report::json_untested(&untested));
    }
    found.untested.push(untested);
}

/// Writes the reports and prints the table and the sum; the exit code, and the report.
fn conclude(bench: &Bench, found: &Found) -> anyhow::Result<(u8, RunReport)> {
    let session = &bench.session;
    let report = run_report(bench, found);
    let stance = bench.args.known_issues.into();
    let report = bench.earlier.complete(&session.directory, stance, report)?;
    conclusion::write(&session.directory, &report)?;
    if let Some(done) = &bench.args.done {
        telling::hand_over(&session.directory, &bench.args.cases.directory, done)?;
    }
    if bench.args.format == Format::Text {
        conclusion::say(&report);
    }
    session.show.say(&format!("histories and logs: {}", session.directory.display()));
    if session.stop.is_cancelled() {
        return Ok((report::exit::UNKNOWN, report));
    }
    let code = report::exit::of_run(&conclusion::verdicts(&report), &report.untested);
    Ok((code, report))
}

fn run_report(bench: &Bench, found: &Found) -> RunReport {
    let session = &bench.session;
    let earlier = &bench.earlier.installed;
    let new = |argo: &&ArgoReport| !earlier.contains_key(&argo.versions.name());
    let installed: Vec<ArgoReport> =
        earlier.values().chain(found.installed.iter().filter(new)).cloned().collect();
    let mut asked = bench.asked.clone();
    if asked.argo.is_empty() {
        // The request was the installation that was there.
        asked.argo = installed.iter().map(|argo| argo.versions.name()).collect();
    }
    RunReport {
        format: (report::run::MAJOR, report::run::MINOR),
        run: session.run.clone(),
        started: session.started,
        elapsed_ms: session.show.elapsed_ms(),
        provider: match bench.args.provider {
            Provider::Kind => model::Provider::Kind,
            Provider::Native | Provider::Auto => model::Provider::Native,
            Provider::Existing => model::Provider::Existing,
        },
        kubernetes: report::run::kubernetes(&installed),
        argo: installed,
        stages: session.show.stages(),
        verdicts: found.judged.iter().map(|j| record::relative(j, &session.directory)).collect(),
        untested: found.untested.clone(),
        observed: found.observed.clone(),
        asked: Some(asked),
        parts: Vec::new(),
    }
}

fn read(installation: &Installation, read: &ReadBack) -> ArgoReport {
    record::argo(&installation.versions, installation.profile.map(Profile::name), read)
}

/// Says a verdict.
fn said(bench: &Bench, judged: &Judged) {
    let CaseVerdict { case, argo, verdict, .. } = &judged.verdict;
    bench.session.show.live(|live, _| live.verdict(argo, case, *verdict));
    match bench.args.format {
        Format::Text => rejudge::show(judged, Format::Text),
        Format::Json => {
            let judged = record::relative(judged, &bench.session.directory);
            rejudge::show(&judged, Format::Json);
        }
    }
}
