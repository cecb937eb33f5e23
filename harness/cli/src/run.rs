//! `run`: a cluster, Argo at each version, the cases, the verdicts.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use drive::health::Health;
use drive::watch::Watches;
use model::Case;
use model::verdict::CaseVerdict;
use provision::installation::{Installation, Namespaces, ReadBack};
use report::observed::Observed;
use report::run::{RunReport, Untested};
use report::{Judged, Measured};
use tokio::sync::Semaphore;

use crate::args::{Format, Provider, RunArgs};
use crate::existing::Lent;
use crate::kept::Kept;
use crate::lease::Share;
use crate::programs::{self, Programs, Wanted};
use crate::session::Session;
use crate::standing::{Standing, Which};
use crate::trial::{self, Trial, Tried};
use crate::turns::Turns;
use crate::{out, record, rejudge, selection};

/// What is the same for every version of a run.
pub(crate) struct Bench {
    args: RunArgs,
    cases: Vec<Case>,
    session: Arc<Session>,
}

/// What a run found.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) judged: Vec<Judged>,
    installed: Vec<(Installation, ReadBack)>,
    pub(crate) untested: Vec<Untested>,
    observed: Vec<Observed>,
}

/// Runs the cases on each version.
pub(crate) async fn run(args: RunArgs) -> anyhow::Result<u8> {
    let cases = selection::select(&args.cases)?;
    let wanted = programs::wanted(&args.argo())?;
    let bench = Bench::open(args, cases)?;
    let mut found = Found::default();
    match (bench.args.on, &bench.args.shared) {
        _ if bench.args.provider == Provider::Existing => on_lent(&bench, &mut found).await?,
        (Some(slot), _) => on_kept(&bench, slot, &mut found).await?,
        (None, Some(name)) => on_shared(&bench, name, wanted, &mut found).await?,
        (None, None) => match on_each(&bench, wanted, &mut found).await {
            Err(error) if bench.session.stop.is_cancelled() => {
                bench.session.show.say(&format!("stopped: {}", out::chain(&error)));
            }
            outcome => outcome?,
        },
    }
    conclude(&bench, &found)
}

impl Bench {
    /// Opens the session of a run.
    pub(crate) fn open(args: RunArgs, cases: Vec<Case>) -> anyhow::Result<Arc<Self>> {
        let session = Session::open(args.cache.cache.as_deref(), args.out.as_deref())?;
        let session = Arc::new(session);
        session.stop_on_signals()?;
        if args.until_input_ends {
            session.stop_when_input_ends();
        } else if args.format == Format::Text || !std::io::stdout().is_terminal() {
            session.show.on_terminal();
        }
        Ok(Arc::new(Self { args, cases, session }))
    }
}

/// Runs the cases on one version.
pub(crate) async fn on_version(bench: &Arc<Bench>, version: &str) -> anyhow::Result<Found> {
    let mut found = Found::default();
    on_each(bench, programs::wanted(&[version.to_owned()])?, &mut found).await?;
    Ok(found)
}

/// On a cluster of its own for each version.
async fn on_each(bench: &Arc<Bench>, wanted: Vec<Wanted>, found: &mut Found) -> anyhow::Result<()> {
    let programs = Programs::get(&bench.session, wanted).await?;
    for (argo, because) in &programs.refused {
        untested(bench, found, argo, because.clone());
    }
    for (index, (version, entry)) in programs.argo.iter().enumerate() {
        if bench.session.stop.is_cancelled() {
            break;
        }
        bench.session.show.live(|live, _| live.version(version, index + 1, programs.argo.len()));
        let (profile, archives) =
            (bench.args.profile.into(), bench.args.images.archives.as_slice());
        let which = Which { version, entry, profile, archives };
        if let Err(error) = Box::pin(one_version(bench, &which, &programs, found)).await {
            untested(bench, found, version, out::chain(&error));
        }
    }
    if bench.session.stop.is_cancelled() {
        // What was cut off in the middle of being put up.
        sandbox::slot::sweep(Path::new(sandbox::slot::LOCKS))?;
    }
    Ok(())
}

/// On an installation that `up` left running.
async fn on_kept(bench: &Arc<Bench>, slot: u16, found: &mut Found) -> anyhow::Result<()> {
    let kept = Kept::read(slot)?;
    bench.session.show.live(|live, _| live.version(&kept.argo, 1, 1));
    let installation = kept.installation(&bench.session).await?;
    on_installation(bench, installation, found).await
}

/// On installations that other runs use as well, one version after the other.
async fn on_shared(
    bench: &Arc<Bench>,
    name: &str,
    wanted: Vec<Wanted>,
    found: &mut Found,
) -> anyhow::Result<()> {
    let (profile, cache) = (bench.args.profile, bench.args.cache.cache.as_deref());
    for (index, one) in wanted.iter().enumerate() {
        bench.session.show.live(|live, _| live.version(one.version(), index + 1, wanted.len()));
        let share = Share { name, argo: one.version(), profile, cache };
        let lease = tokio::select! {
            lease = share.take(&bench.session) => lease?,
            () = bench.session.stop.cancelled() => return Ok(()),
        };
        on_installation(bench, lease.installation.clone(), found).await?;
    }
    Ok(())
}

/// On a cluster that somebody else put up.
async fn on_lent(bench: &Arc<Bench>, found: &mut Found) -> anyhow::Result<()> {
    let (args, session) = (&bench.args, &bench.session);
    let argo = args.argo.first().map(|version| version.trim_start_matches('v'));
    let lent = tokio::select! {
        lent = Box::pin(Lent::reach(session, &args.existing, argo)) => lent?,
        () = session.stop.cancelled() => return Ok(()),
    };
    let argo = &lent.installation.versions.controller;
    session.show.live(|live, _| live.version(argo, 1, 1));
    let outcome = on_installation(bench, lent.installation.clone(), found).await;
    lent.give_back().await;
    outcome
}

/// On an installation that is there.
async fn on_installation(
    bench: &Arc<Bench>,
    installation: Installation,
    found: &mut Found,
) -> anyhow::Result<()> {
    let read_back = installation.read_back().await.context("read back what runs")?;
    let directory = bench.session.directory.join(&installation.versions.controller);
    let (judged, observed) = cases(bench, &installation, &directory).await?;
    found.judged.extend(judged);
    found.observed.push(observed);
    found.installed.push((installation, read_back));
    Ok(())
}

/// Says and remembers that a version was not tested. That is never a pass.
fn untested(bench: &Bench, found: &mut Found, argo: &str, because: String) {
    bench.session.show.say(&format!("error: Argo {argo} was not tested: {because}"));
    found.untested.push(Untested { argo: argo.to_owned(), because });
}

/// Writes the reports, prints the table and the sum, and says the exit code.
fn conclude(bench: &Bench, found: &Found) -> anyhow::Result<u8> {
    let session = &bench.session;
    let verdicts: Vec<CaseVerdict> = found.judged.iter().map(|j| j.verdict.clone()).collect();
    let rows: Vec<Measured> = verdicts.iter().map(Measured::from).collect();
    let write = |name: &str, text: String| {
        let path = session.directory.join(name);
        std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))
    };
    write("measured.json", report::measured::write(&rows))?;
    write("run.json", run_report(bench, found).to_json())?;
    if bench.args.format == Format::Text {
        if bench.args.argo.len() > 1 {
            out::result(&report::matrix::text(&rows, out::style()));
        }
        let elapsed = Duration::from_millis(session.show.elapsed_ms());
        out::result(&report::summary(&verdicts, elapsed, out::style()));
    }
    session.show.say(&format!("histories and logs: {}", session.directory.display()));
    if session.stop.is_cancelled() {
        return Ok(report::exit::UNKNOWN);
    }
    Ok(report::exit::of_run(&verdicts, &found.untested))
}

fn run_report(bench: &Bench, found: &Found) -> RunReport {
    let session = &bench.session;
    let kubernetes = found.installed.first().map(|(_, read)| read.kubernetes.clone());
    RunReport {
        format: (report::run::MAJOR, report::run::MINOR),
        run: session.run.clone(),
        started: session.started,
        elapsed_ms: session.show.elapsed_ms(),
        provider: match bench.args.provider {
            Provider::Native => "native".to_owned(),
            Provider::Existing => "existing".to_owned(),
        },
        kubernetes: kubernetes.unwrap_or_default(),
        argo: found.installed.iter().map(|(i, read)| record::argo(i, read)).collect(),
        stages: session.show.stages(),
        verdicts: found.judged.iter().map(|j| record::relative(j, &session.directory)).collect(),
        untested: found.untested.clone(),
        observed: found.observed.clone(),
    }
}

/// One version: cluster, Argo, cases, teardown.
async fn one_version(
    bench: &Arc<Bench>,
    which: &Which<'_>,
    programs: &Programs,
    found: &mut Found,
) -> anyhow::Result<()> {
    let session = &bench.session;
    let directory = session.directory.join(which.version);
    let put_up = Standing::put_up(session, programs, which, &directory);
    let standing = tokio::select! {
        standing = put_up => standing?,
        () = session.stop.cancelled() => anyhow::bail!("stopped while the cluster was put up"),
    };
    let outcome = cases(bench, &standing.installation, &directory).await;
    found.installed.push((standing.installation.clone(), standing.read_back.clone()));
    standing.end(session)?;
    let (judged, observed) = outcome?;
    found.judged.extend(judged);
    found.observed.push(observed);
    Ok(())
}

/// Says a verdict.
fn said(bench: &Bench, judged: &Judged) {
    let CaseVerdict { case, verdict, .. } = &judged.verdict;
    bench.session.show.live(|live, _| live.verdict(case, *verdict));
    match bench.args.format {
        Format::Text => rejudge::show(judged, Format::Text),
        Format::Json => {
            let judged = record::relative(judged, &bench.session.directory);
            rejudge::show(&judged, Format::Json);
        }
    }
}

/// Runs the cases, several at once, and says each verdict when it is there.
async fn cases(
    bench: &Arc<Bench>,
    installation: &Installation,
    directory: &Path,
) -> anyhow::Result<(Vec<Judged>, Observed)> {
    let (began, before) = (Instant::now(), installation.requests.counts());
    let watches = Watches::start(installation).await?;
    let _health = Health::start(installation, &watches);
    let turns = match &installation.namespaces {
        Namespaces::Made => None,
        Namespaces::Lent(names) => Some(Turns::new(names)),
    };
    bench.session.show.live(|live, _| live.cases(bench.cases.iter().map(|c| c.id.as_str())));
    let jobs = Arc::new(Semaphore::new(bench.args.jobs.unwrap_or(64).max(1)));
    let running = bench.cases.iter().cloned().enumerate().map(|(index, case)| {
        let (bench, installation) = (Arc::clone(bench), installation.clone());
        let (watches, jobs, turns) = (watches.clone(), Arc::clone(&jobs), turns.clone());
        let directory = directory.to_owned();
        tokio::spawn(async move {
            let _permit = jobs.acquire().await;
            let turn = match &turns {
                Some(turns) => Some(turns.take().await?),
                None => None,
            };
            let own = bench.args.on.is_none() && bench.args.shared.is_none();
            let suffix =
                if own { index.to_string() } else { format!("{index}-{}", std::process::id()) };
            let made = || trial::namespace(&case, &suffix);
            let namespace = turn.as_ref().map_or_else(made, |turn| turn.namespace.clone());
            let trial = Trial {
                case: &case,
                namespace,
                installation: &installation,
                watches: &watches,
                directory: &directory,
                stance: bench.args.known_issues.into(),
                show: &bench.session.show,
                stop: bench.session.stop.clone(),
            };
            trial.run(|judged| said(&bench, judged)).await
        })
    });
    let running: Vec<_> = running.collect();
    let (mut judged, mut verdict_us) = (Vec::new(), Vec::new());
    for case in running {
        let Tried { judged: one, verdict_us: after } = case.await??;
        judged.push(one);
        verdict_us.extend(after);
    }
    watches.stop();
    verdict_us.sort_unstable();
    let observed = Observed {
        argo: installation.versions.controller.clone(),
        elapsed_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        requests: installation.requests.since(&before),
        verdict_us,
    };
    Ok((judged, observed))
}
