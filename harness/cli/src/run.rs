//! `run`: a cluster, Argo at each version, the cases, the verdicts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use drive::health::Health;
use drive::watch::Watches;
use model::Case;
use model::history::{Header, MAJOR, MINOR, Versions};
use provision::argo::install::{self, Overlay};
use provision::argo_source::ArgoSource;
use provision::cache::Cache;
use provision::cache::entry::Entry;
use provision::installation::Installation;
use provision::native::{Ingredients, NativeCluster, SHELL_IMAGE};
use provision::program::{self, DEFAULT_KUBERNETES};
use provision::progress::{Notice, Progress};
use report::{Judged, Measured};
use sandbox::guard::{Guard, GuardedCommand};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::args::{Format, RunArgs};
use crate::observer::Bench;
use crate::show::Show;
use crate::{out, rejudge, selection};

/// What is the same for every version of a run.
struct Setting {
    args: RunArgs,
    cases: Vec<Case>,
    cache: Cache,
    exe: PathBuf,
    guard: Guard,
    run: String,
    directory: PathBuf,
    show: Arc<Show>,
    stop: CancellationToken,
}

/// Runs the cases on each version.
pub(crate) async fn run(args: RunArgs) -> anyhow::Result<u8> {
    let cases = selection::select(&args.cases)?;
    let show = Arc::new(Show::new());
    let setting = Arc::new(prepare(args, cases, Arc::clone(&show))?);
    stop_on_signals(&setting);
    let entries = build(&setting).await?;
    let mut verdicts = Vec::new();
    for version in setting.args.argo.clone() {
        if setting.stop.is_cancelled() {
            break;
        }
        verdicts.extend(Box::pin(one_version(&setting, &version, &entries)).await?);
    }
    let rows: Vec<Measured> = verdicts.iter().map(Measured::from).collect();
    std::fs::write(setting.directory.join("measured.json"), report::measured::write(&rows))?;
    if setting.args.format == Format::Text {
        if setting.args.argo.len() > 1 {
            out::result(&report::matrix::text(&rows, out::style()));
        }
        let elapsed = Duration::from_millis(show.elapsed_ms());
        out::result(&report::summary(&verdicts, elapsed, out::style()));
    }
    let stages = serde_json::to_string_pretty(&show.stages())?;
    std::fs::write(setting.directory.join("stages.json"), stages)?;
    show.say(&format!("histories and logs: {}", setting.directory.display()));
    if setting.stop.is_cancelled() {
        return Ok(report::exit::UNKNOWN);
    }
    Ok(report::exit_code(&verdicts))
}

fn prepare(args: RunArgs, cases: Vec<Case>, show: Arc<Show>) -> anyhow::Result<Setting> {
    let exe = std::env::current_exe().context("find the harness's own binary")?;
    let cache = Cache::open(args.cache.cache.as_deref())?;
    let missing = sandbox::requirements::missing(&exe, cache.root());
    if !missing.is_empty() {
        let lines: Vec<String> =
            missing.iter().map(|m| format!("  {}\n    remedy: {}", m.what, m.remedy)).collect();
        let text = format!("error: this machine lacks:\n{}", lines.join("\n"));
        return Err(out::Explained { code: report::exit::NO_ENVIRONMENT, text }.into());
    }
    let now = jiff::Timestamp::now();
    let run = format!("{}-{}", now.strftime("%Y%m%dt%H%M%S"), std::process::id());
    let directory = match &args.out {
        Some(path) => std::path::absolute(path)?,
        None => cache.root().join("runs").join(&run),
    };
    std::fs::create_dir_all(&directory)
        .with_context(|| format!("make the run directory {}", directory.display()))?;
    let guard = Guard::new(exe.clone());
    let stop = CancellationToken::new();
    Ok(Setting { args, cases, cache, exe, guard, run, directory, show, stop })
}

/// The first Ctrl-C ends the cases and takes everything down; the second ends at once.
fn stop_on_signals(setting: &Arc<Setting>) {
    let setting = Arc::clone(setting);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            setting.show.say("stopping; once more to stop at once");
            setting.stop.cancel();
            setting.guard.kill_all();
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            end_at_once();
        }
    });
}

#[expect(clippy::exit, reason = "the second Ctrl-C; the sandbox dies with this process")]
fn end_at_once() {
    std::process::exit(130);
}

/// Programs of the cluster first, then one entry for each version of Argo.
async fn build(setting: &Arc<Setting>) -> anyhow::Result<Vec<Entry>> {
    let mut items = program::cluster_programs(DEFAULT_KUBERNETES);
    for version in &setting.args.argo {
        items.push(ArgoSource::module(version)?.item().clone());
    }
    let setting = Arc::clone(setting);
    let building = tokio::task::spawn_blocking(move || {
        program::ensure(&setting.cache, &items, &setting.guard, &*setting.show)
    });
    Ok(building.await??)
}

/// One version: cluster, Argo, cases, teardown.
async fn one_version(
    setting: &Arc<Setting>,
    version: &str,
    entries: &[Entry],
) -> anyhow::Result<Vec<model::verdict::CaseVerdict>> {
    let count = setting.args.argo.len();
    let (programs, argos) = entries.split_at(entries.len() - count);
    let index = setting.args.argo.iter().position(|v| v == version).unwrap_or_default();
    let argo = &argos[index];
    let directory = setting.directory.join(version);
    let logs = directory.join("servers");
    std::fs::create_dir_all(&logs)?;
    let began = Instant::now();
    let tag = format!("v{version}");
    let bins: Vec<PathBuf> = programs.iter().map(Entry::bin).collect();
    let ingredients = Ingredients {
        exe: &setting.exe,
        programs: &bins,
        data: &setting.cache.root().join("sandboxes"),
        logs: &logs,
        images: provision::argo::images(&argo.bin(), &tag).to_vec(),
    };
    let cluster = Box::pin(NativeCluster::start(ingredients, &*setting.show)).await?;
    let installed = install(setting, &cluster, argo, version, &directory).await;
    let outcome = match installed {
        Ok(installation) => {
            let stage = format!("Argo {version}: controller Available since nothing ran");
            setting.show.notice(Notice::Finished { stage, elapsed: began.elapsed() });
            cases(setting, installation, &directory).await
        }
        Err(error) => Err(error),
    };
    let ended = cluster.ended();
    for end in &ended {
        setting.show.say(&format!("{} ended by itself: {}", end.name, end.how));
    }
    cluster.end()?;
    outcome
}

async fn install(
    setting: &Arc<Setting>,
    cluster: &NativeCluster,
    argo: &Entry,
    version: &str,
    directory: &Path,
) -> anyhow::Result<Installation> {
    let tag = format!("v{version}");
    let overlay = Overlay {
        controller_tag: tag.clone(),
        executor_tag: tag,
        profile: setting.args.profile.into(),
        store: cluster.store_address.clone(),
    };
    let manifests = directory.join("manifests");
    overlay.lay_out(&argo.dir().join("manifests"), &manifests)?;
    let rendered = kustomize(setting, &manifests).await?;
    install::apply(&cluster.client, &rendered).await?;
    install::wait(&cluster.client, &rendered, Duration::from_secs(90)).await?;
    let installation = Installation {
        run: setting.run.clone(),
        client: cluster.client.clone(),
        store: cluster.store.clone(),
        store_address: cluster.store_address.clone(),
        argo: argo.bin().join("argo"),
        kubeconfig: cluster.kubeconfig.clone(),
        guard: setting.guard.clone(),
        shell_image: SHELL_IMAGE.to_owned(),
        versions: Versions {
            controller: version.to_owned(),
            executor: version.to_owned(),
            cli: version.to_owned(),
        },
        profile: setting.args.profile.into(),
    };
    let read_back = installation.read_back().await.context("read back what runs")?;
    let text = serde_json::to_string_pretty(&read_back)?;
    std::fs::write(directory.join("installation.json"), text)?;
    Ok(installation)
}

async fn kustomize(
    setting: &Arc<Setting>,
    manifests: &Path,
) -> anyhow::Result<Vec<serde_json::Value>> {
    let kustomize = program::cluster_programs(DEFAULT_KUBERNETES)
        .into_iter()
        .filter(|item| item.name == "kustomize")
        .collect::<Vec<_>>();
    let (guard, cache) = (setting.guard.clone(), setting.cache.clone());
    let manifests = manifests.to_owned();
    let rendered = tokio::task::spawn_blocking(move || -> anyhow::Result<String> {
        let entries = program::ensure(&cache, &kustomize, &guard, &provision::progress::Silent)?;
        let command = GuardedCommand {
            program: entries[0].bin().join("kustomize"),
            args: vec!["build".into(), manifests.into()],
            env: vec![("HOME".into(), "/nonexistent".into())],
            cwd: "/".into(),
        };
        let output = guard.run(command, &mut |_| {})?;
        anyhow::ensure!(output.success(), "kustomize: {}", output.stderr.trim());
        Ok(output.stdout)
    });
    Ok(install::rendered(&rendered.await??)?)
}

/// Runs the cases, several at once, and says each verdict when it is there.
async fn cases(
    setting: &Arc<Setting>,
    installation: Installation,
    directory: &Path,
) -> anyhow::Result<Vec<model::verdict::CaseVerdict>> {
    let watches = Watches::start(&installation.client).await?;
    let _health = Health::start(&installation.client, &watches);
    let jobs = Arc::new(Semaphore::new(setting.args.jobs.unwrap_or(64).max(1)));
    let running = setting.cases.iter().enumerate().map(|(index, case)| {
        let (setting, installation) = (Arc::clone(setting), installation.clone());
        let (watches, jobs) = (watches.clone(), Arc::clone(&jobs));
        let (case, directory) = (case.clone(), directory.to_owned());
        tokio::spawn(async move {
            let _permit = jobs.acquire().await;
            one_case(&setting, &installation, &watches, &case, index, &directory).await
        })
    });
    let running: Vec<_> = running.collect();
    let mut verdicts = Vec::new();
    for case in running {
        verdicts.push(case.await??);
    }
    watches.stop();
    Ok(verdicts)
}

async fn one_case(
    setting: &Arc<Setting>,
    installation: &Installation,
    watches: &Watches,
    case: &Case,
    index: usize,
    directory: &Path,
) -> anyhow::Result<model::verdict::CaseVerdict> {
    let began = Instant::now();
    let version = rejudge::version_of(case, &installation.versions)?;
    if let Some(because) = case.not_applicable(&version) {
        let verdict = not_applicable(case, &version, because);
        let judged = Judged { verdict, elapsed_ms: 0, history: None };
        rejudge::show(&judged, setting.args.format);
        return Ok(judged.verdict);
    }
    let directory = directory.join("cases").join(case.id.replace('/', "."));
    copy_case(case, &directory.join("case"))?;
    let slug: String = case.id.replace(['/', '@'], "-").chars().take(48).collect();
    let run = drive::case::Run {
        installation,
        watches,
        namespace: format!("{slug}-{index}"),
        directory: &directory,
        stop: setting.stop.clone(),
    };
    let bench = Bench::new(judge::Judge::new(&blank_header(case, &run.namespace), &case.claims));
    let driven = drive::case::run(&run, &case.plan, Box::new(bench.clone())).await;
    let mut findings = bench.findings();
    if let Err(error) = &driven {
        // Trouble of the harness is never said of Argo, and never a pass.
        for finding in &mut findings {
            finding.outcome = model::verdict::Outcome::Unknown;
            finding.doubt = Some(model::verdict::Doubt::Harness);
            finding.because = format!("the harness: {error:?}");
        }
    }
    let stance = setting.args.known_issues.into();
    let verdict = judge::verdict(case, &version, findings, stance);
    let elapsed_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let history = directory.join("history.jsonl").display().to_string();
    let judged = Judged { verdict, elapsed_ms, history: Some(history) };
    std::fs::write(directory.join("verdict.json"), report::json(&judged))?;
    rejudge::show(&judged, setting.args.format);
    if !judged.verdict.failed_claims().is_empty() || driven.is_err() {
        let diagnosis = directory.join("diagnosis");
        drive::diagnosis::collect(&installation.client, &run.namespace, &diagnosis).await;
    }
    let left = drive::teardown::case(installation, &run.namespace).await;
    std::fs::write(directory.join("leftovers.txt"), left.join("\n"))?;
    Ok(judged.verdict)
}

fn not_applicable(
    case: &Case,
    version: &semver::Version,
    because: &str,
) -> model::verdict::CaseVerdict {
    model::verdict::CaseVerdict {
        case: case.id.clone(),
        argo: version.to_string(),
        verdict: model::verdict::Verdict::NotApplicable,
        reason: because.to_owned(),
        known_issue: None,
        findings: Vec::new(),
    }
}

/// What the judge needs to know before the history has begun.
fn blank_header(case: &Case, namespace: &str) -> Header {
    let nothing = String::new;
    Header {
        format: (MAJOR, MINOR),
        run: nothing(),
        case: case.id.clone(),
        argo: Versions { controller: nothing(), executor: nothing(), cli: nothing() },
        namespace: namespace.to_owned(),
        workflow: drive::case::workflow_name(&case.id),
        started: nothing(),
        steps: case.plan.steps.iter().map(|s| s.name.clone()).collect(),
    }
}

fn copy_case(case: &Case, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for (name, text) in &case.source.files {
        std::fs::write(to.join(name), text)?;
    }
    Ok(())
}
