//! The results of the earlier sessions of a run that is resumed.
//!
//! The verdicts come from the case directories: a killed run has no report. [`crate::attempt`] has
//! the rules for the cases that run again.

pub mod archive;
pub mod scan;

pub use scan::read_back;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use judge::KnownIssues;
use model::{Case, Provider};
use report::run::{ArgoReport, RunSession};
use report::{Judged, RunReport, RunRequest};

use crate::attempt::Attempt;
use crate::manifest::{RunManifest, SessionRecord};

/// The results of earlier sessions of a run. A new run has none.
#[derive(Default)]
pub struct Earlier {
    /// Sessions that ran in the directory before, in order.
    sessions: Vec<SessionRecord>,
    /// Verdicts of cases that came to an end, and of attempts that were put back.
    pub judged: Vec<Judged>,
    /// Versions and cases that are not tried again.
    over: BTreeSet<(String, String)>,
    /// Each version as it was read back.
    pub installed: BTreeMap<String, ArgoReport>,
    /// Attempts that were set aside, with their directories.
    aside: Vec<(PathBuf, Attempt)>,
    /// The report of the last session that came to write one.
    report: Option<RunReport>,
    /// Milliseconds that each session took, where it is known.
    elapsed_ms: BTreeMap<String, u64>,
}

impl Earlier {
    /// The cases that are to be tried on a version.
    pub fn left<'a>(&self, version: &str, cases: &'a [Case]) -> Vec<&'a Case> {
        let over = |case: &Case| self.over.contains(&(version.to_owned(), case.id.clone()));
        cases.iter().filter(|case| !over(case)).collect()
    }

    /// Says in the directory that another session goes on.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn go_on(
        &self,
        request: &RunRequest,
        provider: Provider,
        this: SessionRecord,
        directory: &Path,
    ) -> anyhow::Result<()> {
        let sessions = self.sessions.iter().cloned().chain([this]).collect();
        let request = request.clone();
        RunManifest { request, provider, sessions }.write(directory)
    }

    /// Whether a version is what it was when cases were tried on it before.
    ///
    /// # Errors
    /// In what it differs.
    pub fn same(&self, argo: &ArgoReport) -> anyhow::Result<()> {
        let Some(before) = self.installed.get(&argo.versions.name()) else { return Ok(()) };
        let differences = report::merge::differences(before, argo);
        anyhow::ensure!(
            differences.is_empty(),
            "the installation has changed since the interruption: {}",
            differences.join("; ")
        );
        Ok(())
    }

    /// Makes the report of a session that of the whole run.
    ///
    /// # Errors
    /// If a history that was set aside and has to be reported cannot be put back.
    pub fn complete(
        &self,
        directory: &Path,
        stance: KnownIssues,
        mut run: RunReport,
    ) -> anyhow::Result<RunReport> {
        let Some(first) = self.sessions.first() else { return Ok(run) };
        let this = SessionRecord { run: run.run.clone(), started: run.started };
        let this_ms = run.elapsed_ms;
        let pause = this.started.duration_since(first.started);
        let pause = u64::try_from(pause.as_millis()).unwrap_or_default();
        (run.run, run.started) = (first.run.clone(), first.started);
        run.elapsed_ms = run.elapsed_ms.saturating_add(pause);
        for stage in &mut run.stages {
            stage.began_ms = stage.began_ms.saturating_add(pause);
        }
        if let Some(report) = &self.report {
            run.stages.splice(..0, report.stages.iter().cloned());
            run.observed.splice(..0, report.observed.iter().cloned());
        }
        for aside in &self.aside {
            run.verdicts.extend(archive::taken_back(directory, aside, stance, &run)?);
        }
        let mut sessions: Vec<RunSession> = Vec::new();
        for began in self.sessions.iter().chain([&this]) {
            let known = self.elapsed_ms.get(&began.run).copied();
            let elapsed_ms = if began == &this { Some(this_ms) } else { known };
            sessions.push(archive::session(directory, began, elapsed_ms, &run)?);
        }
        run.sessions = sessions;
        Ok(run)
    }
}
