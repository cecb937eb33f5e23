//! A run: a cluster for each version, Argo, the cases, the verdicts.

mod existing;
mod versions;

use std::path::Path;
use std::sync::Arc;

use model::hints::chain;
use report::run::{ArgoReport, RunReport};
use rundir::error::{Error, Problem};
use rundir::{installed, output};

use crate::config::RunConfig;
use crate::console::Console;
use crate::context::{RunContext, RunResults, show_verdict, untested};
use crate::installation::spec::InstallationSpec;

use versions::on_each;

/// The results of a run that ended.
pub struct Finished {
    /// One of [`report::exit`].
    pub code: u8,
    /// The report, as it is in the run directory.
    pub report: RunReport,
    /// The run directory.
    pub directory: std::path::PathBuf,
}

/// Runs the cases on each version, and writes the reports.
///
/// # Errors
/// The configuration is wrong, the machine lacks something, or the run directory cannot be written.
pub async fn run(config: RunConfig, console: Arc<dyn Console>) -> anyhow::Result<Finished> {
    let (context, _lock) = match config.resume.clone() {
        Some(directory) => {
            let (context, lock) = RunContext::resume(config, &directory, console)?;
            (context, Some(lock))
        }
        None => (RunContext::begin(config, console)?, None),
    };
    let found = on_installations(&context).await.inspect_err(|_| context.discard_unused())?;
    conclude(&context, &found)
}

/// Runs the cases on each installation.
///
/// # Errors
/// An installation cannot be reached, or was stopped before the first case of a run that cannot be
/// resumed.
async fn on_installations(context: &Arc<RunContext>) -> anyhow::Result<RunResults> {
    let mut found = RunResults::default();
    if let Some(shard) = &context.request.shard {
        let all = context.request.cases.len();
        context
            .session
            .progress
            .say(&format!("shard {shard}: {} of {all} cases", context.cases.len()));
    }
    for judged in &context.earlier.judged {
        show_verdict(context, judged);
        found.judged.push(judged.clone());
    }
    let left = context.left();
    match (context.config.on, &context.config.shared) {
        _ if !context.config.provider.installs() => {
            existing::on_prepared(context, &mut found).await?;
        }
        _ if left.is_empty() => {}
        (Some(slot), _) => existing::on_released(context, slot, &mut found).await?,
        (None, Some(name)) => {
            existing::on_shared(context, name, &context.specs(&left), &mut found).await?;
        }
        (None, None) => match each(context, &left, &mut found).await {
            Err(error) if context.session.stop.is_cancelled() => {
                context.session.progress.say(&format!("stopped: {}", chain(error.as_ref())));
            }
            outcome => outcome?,
        },
    }
    if context.is_stopped_unused() {
        let problem = Problem::new("the run was stopped before its first case");
        return Err(Error::one(report::exit::UNKNOWN, problem).into());
    }
    not_reached(context, &mut found);
    Ok(found)
}

/// Runs the cases on each of these installations.
async fn each(
    context: &Arc<RunContext>,
    left: &[String],
    found: &mut RunResults,
) -> anyhow::Result<()> {
    on_each(context, context.specs(left), &context.session.directory, found).await
}

/// Runs the cases on one installation, whose directory is made below `under`.
pub(crate) async fn on(
    context: &Arc<RunContext>,
    spec: InstallationSpec,
    under: &Path,
) -> anyhow::Result<RunResults> {
    let mut found = RunResults::default();
    on_each(context, vec![spec], under, &mut found).await?;
    Ok(found)
}

/// Adds each version that a stopped run did not reach as untested.
fn not_reached(context: &RunContext, found: &mut RunResults) {
    let reached = |version: &String| {
        found.installed.iter().any(|argo| argo.versions.name() == *version)
            || found.untested.iter().any(|untested| untested.argo == *version)
    };
    let missing: Vec<String> =
        context.left().into_iter().filter(|version| !reached(version)).collect();
    if context.session.stop.is_cancelled() {
        for version in missing {
            untested(
                context,
                found,
                &version,
                "the run was stopped before this version".to_owned(),
            );
        }
    }
}

/// Writes the reports.
fn conclude(context: &RunContext, found: &RunResults) -> anyhow::Result<Finished> {
    let session = &context.session;
    let report = run_report(context, found);
    let stance = context.config.known_issues;
    let report = context.earlier.complete(&session.directory, stance, report)?;
    output::write(&session.directory, &report)?;
    let code = if session.stop.is_cancelled() {
        report::exit::UNKNOWN
    } else {
        report::exit_code_of_run(&output::verdicts(&report), &report.untested)
    };
    Ok(Finished { code, report, directory: session.directory.clone() })
}

fn run_report(context: &RunContext, found: &RunResults) -> RunReport {
    let session = &context.session;
    let earlier = &context.earlier.installed;
    let new = |argo: &&ArgoReport| !earlier.contains_key(&argo.versions.name());
    let installed: Vec<ArgoReport> =
        earlier.values().chain(found.installed.iter().filter(new)).cloned().collect();
    let mut request = context.request.clone();
    if request.argo.is_empty() {
        // The request was the installation that was there.
        request.argo = installed.iter().map(|argo| argo.versions.name()).collect();
    }
    RunReport {
        format: (report::run::MAJOR, report::run::MINOR),
        run: session.run.clone(),
        started: session.started,
        elapsed_ms: session.progress.elapsed_ms(),
        provider: context.config.provider,
        kubernetes: report::run::kubernetes(&installed),
        argo: installed,
        stages: session.progress.stages(),
        verdicts: found.judged.iter().map(|j| installed::relative(j, &session.directory)).collect(),
        untested: found.untested.clone(),
        observed: found.observed.clone(),
        request: Some(request),
        sessions: Vec::new(),
        programs: report::merge::programs(found.programs.iter()),
        checks: found.checks.clone(),
    }
}
