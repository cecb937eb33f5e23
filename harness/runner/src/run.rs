//! A run: a cluster for each version, Argo, the cases, the verdicts.

mod existing;
mod versions;

use std::path::Path;
use std::sync::Arc;

use report::run::{ArgoReport, RunReport};
use rundir::{error, installed, output};

use crate::config::RunConfig;
use crate::console::Console;
use crate::context::{RunContext, RunResults, show_verdict, untested};
use crate::installation::spec::InstallationSpec;

use versions::on_each;

/// The end of a run: the exit code, the report, and whether the run was stopped.
pub struct Finished {
    /// One of [`report::exit`].
    pub code: u8,
    /// The report, as it is in the run directory.
    pub report: RunReport,
    /// The run directory.
    pub directory: std::path::PathBuf,
    /// Seconds since the start, for the last line of progress.
    pub progress: Arc<crate::progress::ProgressLog>,
}

/// Runs the cases on each version, and writes the reports.
///
/// # Errors
/// The configuration is wrong, the machine lacks something, or the run directory cannot be written.
pub async fn run(config: RunConfig, console: Arc<dyn Console>) -> anyhow::Result<Finished> {
    let (bench, _lock) = match config.resume.clone() {
        Some(directory) => RunContext::resume(config, &directory, console)?,
        None => RunContext::begin(config, console)?,
    };
    let mut found = RunResults::default();
    if let Some(shard) = &bench.asked.shard {
        let all = bench.asked.cases.len();
        bench.session.progress.say(&format!("shard {shard}: {} of {all} cases", bench.cases.len()));
    }
    for judged in &bench.earlier.judged {
        show_verdict(&bench, judged);
        found.judged.push(judged.clone());
    }
    let left = bench.left();
    match (bench.config.on, &bench.config.shared) {
        _ if !bench.config.provider.installs() => {
            existing::on_prepared(&bench, &mut found).await?;
        }
        _ if left.is_empty() => {}
        (Some(slot), _) => existing::on_released(&bench, slot, &mut found).await?,
        (None, Some(name)) => {
            existing::on_shared(&bench, name, &bench.specs(&left), &mut found).await?;
        }
        (None, None) => match each(&bench, &left, &mut found).await {
            Err(error) if bench.session.stop.is_cancelled() => {
                bench.session.progress.say(&format!("stopped: {}", error::chain(&error)));
            }
            outcome => outcome?,
        },
    }
    not_reached(&bench, &mut found);
    conclude(&bench, &found)
}

/// Runs the cases on each of these installations.
async fn each(
    bench: &Arc<RunContext>,
    left: &[String],
    found: &mut RunResults,
) -> anyhow::Result<()> {
    on_each(bench, bench.specs(left), &bench.session.directory, found).await
}

/// Runs the cases on one installation, whose directory is made below `under`.
pub(crate) async fn on(
    bench: &Arc<RunContext>,
    spec: InstallationSpec,
    under: &Path,
) -> anyhow::Result<RunResults> {
    let mut found = RunResults::default();
    on_each(bench, vec![spec], under, &mut found).await?;
    Ok(found)
}

/// Adds each version that a stopped run did not reach as untested.
fn not_reached(bench: &RunContext, found: &mut RunResults) {
    let reached = |version: &String| {
        found.installed.iter().any(|argo| argo.versions.name() == *version)
            || found.untested.iter().any(|untested| untested.argo == *version)
    };
    let missing: Vec<String> =
        bench.left().into_iter().filter(|version| !reached(version)).collect();
    if bench.session.stop.is_cancelled() {
        for version in missing {
            untested(bench, found, &version, "the run was stopped before this version".to_owned());
        }
    }
}

/// Writes the reports.
fn conclude(bench: &RunContext, found: &RunResults) -> anyhow::Result<Finished> {
    let session = &bench.session;
    let report = run_report(bench, found);
    let stance = bench.config.known_issues;
    let report = bench.earlier.complete(&session.directory, stance, report)?;
    output::write(&session.directory, &report)?;
    let code = if session.stop.is_cancelled() {
        report::exit::UNKNOWN
    } else {
        report::exit_code_of_run(&output::verdicts(&report), &report.untested)
    };
    let (directory, progress) = (session.directory.clone(), Arc::clone(&session.progress));
    Ok(Finished { code, report, directory, progress })
}

fn run_report(bench: &RunContext, found: &RunResults) -> RunReport {
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
        elapsed_ms: session.progress.elapsed_ms(),
        provider: bench.config.provider,
        kubernetes: report::run::kubernetes(&installed),
        argo: installed,
        stages: session.progress.stages(),
        verdicts: found.judged.iter().map(|j| installed::relative(j, &session.directory)).collect(),
        untested: found.untested.clone(),
        observed: found.observed.clone(),
        asked: Some(asked),
        parts: Vec::new(),
    }
}
