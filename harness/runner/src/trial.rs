//! One case on one installation: driven, judged, diagnosed, taken down.

use std::path::Path;
use std::sync::Arc;

use drive::joint::Participant;
use drive::watch::Watches;
use model::history::{Header, MAJOR, MINOR, Versions};
use model::verdict::Verdict;
use model::{Case, PodSettings, Provider};
use provision::installation::Installation;
use report::Judged;
use tokio_util::sync::CancellationToken;

use crate::case_line::CaseLine;
use crate::live_judge::LiveJudge;
use crate::progress::ProgressLog;
use rundir::Challenge;
use rundir::attempt_log::AttemptLog;
use rundir::layout::{Conditions, copy_case, directory_of, left_out, not_applicable};
use rundir::verdicts;

/// A case and where it is tried.
pub(crate) struct Trial<'a> {
    pub(crate) case: &'a Case,
    /// The namespace of the case. No two trials on an installation have the same at the same time.
    pub(crate) namespace: String,
    pub(crate) installation: &'a Installation,
    /// The source of its cluster.
    pub(crate) provider: Provider,
    pub(crate) watches: &'a Watches,
    /// Directory of the version in the run directory.
    pub(crate) directory: &'a Path,
    pub(crate) stance: judge::KnownIssues,
    pub(crate) progress: &'a Arc<ProgressLog>,
    pub(crate) stop: CancellationToken,
    /// The value that a verifier gave for the run.
    pub(crate) challenge: Option<&'a Challenge>,
    /// Settings for the pods of the case.
    pub(crate) pods: &'a PodSettings,
    /// The chain that notes the attempt before it is made.
    pub(crate) attempts: &'a AttemptLog,
    /// The case among those that share the replacements of the installation.
    pub(crate) participant: Participant,
}

/// The result of a trial.
pub(crate) struct Tried {
    pub(crate) judged: Judged,
    /// Microseconds from the event that decided it to the verdict.
    pub(crate) verdict_us: Option<u64>,
}

impl Trial<'_> {
    /// Tries the case. `said` gets the verdict as soon as there is one, before anything is taken
    /// down. Events of the teardown cannot change the verdict.
    ///
    /// # Errors
    /// A version is invalid, or a file of the run directory cannot be written.
    pub(crate) async fn run(&self, said: impl FnOnce(&Judged)) -> anyhow::Result<Tried> {
        let line = CaseLine::begin(self.progress, self.installation.versions.name(), self.case);
        let version = verdicts::version_of(self.case, &self.installation.versions)?;
        if let Some(reason) = self.case.not_applicable(&version) {
            let judged = not_applicable(self.case, &self.installation.versions, reason);
            said(&judged);
            return Ok(Tried { judged, verdict_us: None });
        }
        let controller = self.installation.versions.controller.parse::<semver::Version>().ok();
        let conditions = Conditions {
            provider: self.provider,
            lists: self.installation.store.is_some(),
            pods: self.pods,
            controller: controller.as_ref(),
            pair: self.installation.pair.is_some(),
            profile: self.installation.profile,
        };
        if let Some(left_out) = left_out(self.case, conditions) {
            let reason = left_out.words();
            let judged = not_applicable(self.case, &self.installation.versions, reason);
            said(&judged);
            return Ok(Tried { judged, verdict_us: None });
        }
        let directory = self.directory.join("cases").join(directory_of(&self.case.id));
        copy_case(self.case, &directory.join("case"))?;
        self.attempts.attempt(&self.installation.versions.name(), &self.case.id)?;
        let run = drive::case::Run {
            installation: self.installation,
            watches: self.watches,
            namespace: self.namespace.clone(),
            directory: &directory,
            stop: self.stop.clone(),
            challenge: self.challenge.map(ToString::to_string),
            pods: self.pods.clone(),
            participant: &self.participant,
        };
        let requests = self.installation.proxy.is_some();
        let argo = self.installation.versions.clone();
        let header = Header { requests, argo, ..blank_header(self.case, &run.namespace) };
        let judge = LiveJudge::new(judge::Judge::new(&header, &self.case.claims), line);
        let earliest = self.installation.versions.earliest_controller();
        let plan = self.case.plan_on(earliest.as_ref());
        let driven = drive::case::run(&run, &plan, Box::new(judge.clone())).await;
        if let Err(error) = &driven {
            // The history says so itself, unless it is what could not be written.
            judge.could_not_go_on(error);
        }
        let versions = &self.installation.versions;
        let verdict = verdicts::found(self.case, versions, judge.findings(), self.stance)?;
        let history = directory.join("history.jsonl").display().to_string();
        let started = verdicts::started_of(&directory);
        let judged =
            Judged { verdict, started, elapsed_ms: judge.last_at(), history: Some(history) };
        said(&judged);
        let verdict_us = judge.decided().map(|decided| decided.elapsed().as_micros());
        let verdict_us = verdict_us.map(|us| u64::try_from(us).unwrap_or(u64::MAX));
        if let Ok(recorder) = &driven {
            let recorder = recorder.clone();
            tokio::task::spawn_blocking(move || recorder.sync()).await??;
        }
        let failed = !judged.verdict.failed_claims().is_empty();
        // A user who stops a run waits for its end.
        let unknown = judged.verdict.verdict == Verdict::Unknown && !self.stop.is_cancelled();
        self.take_down(failed || unknown, &directory).await?;
        Ok(Tried { judged, verdict_us })
    }

    async fn take_down(&self, diagnose: bool, directory: &Path) -> anyhow::Result<()> {
        let namespace = &self.namespace;
        if diagnose {
            let diagnosis = directory.join("diagnosis");
            drive::diagnosis::collect(self.installation, namespace, &diagnosis).await;
        }
        let left = drive::teardown::case(self.installation, namespace).await;
        std::fs::write(directory.join("leftovers.txt"), left.join("\n"))?;
        Ok(())
    }
}

/// The name of a namespace that is made for a case.
pub(crate) fn namespace(case: &Case, suffix: &str) -> String {
    let slug: String = case.id.replace(['/', '@'], "-").chars().take(48).collect();
    format!("{slug}-{suffix}")
}

/// The header with everything that the judge needs before the history has begun.
fn blank_header(case: &Case, namespace: &str) -> Header {
    let nothing = String::new;
    Header {
        format: (MAJOR, MINOR),
        run: nothing(),
        case: case.id.clone(),
        argo: Versions::all(""),
        namespace: namespace.to_owned(),
        workflow: model::case::workflow_name(&case.id),
        started: nothing(),
        steps: case.plan.steps.iter().map(|s| s.name.clone()).collect(),
        controller: None,
        requests: false,
        challenge: None,
    }
}
