//! Resumes a run that broke off: by a signal, by SIGKILL, with the machine.
//!
//! The verdicts are those of the case directories, and not of a report: a killed run has no report.
//! The cases, the versions and the settings are those that the run began with. [`crate::attempt`]
//! says which cases are tried again.

mod aside;
pub(crate) mod left;

pub(crate) use left::read_back;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use judge::KnownIssues;
use model::Case;
use report::run::{ArgoReport, Part};
use report::{Asked, Judged, RunReport};

use crate::args::{CaseArgs, Provider, RunArgs, UpTo};
use crate::attempt::Attempt;
use crate::begun::{Began, Begun};
use crate::certify::case_sha256;
use crate::error::{Error, Problem};
use crate::session::Session;
use crate::wanted::{self, Wanted};
use crate::{begun, selection, shard, this_build};

/// The results of earlier sessions of a run. A new run has none.
#[derive(Default)]
pub(crate) struct Earlier {
    /// Sessions that ran in the directory before, in order.
    sessions: Vec<Began>,
    /// Verdicts of cases that came to an end, and of attempts that were put back.
    pub(crate) judged: Vec<Judged>,
    /// Versions and cases that are not tried again.
    over: BTreeSet<(String, String)>,
    /// Each version as it was read back.
    pub(crate) installed: BTreeMap<String, ArgoReport>,
    /// Attempts that were set aside, with their directories.
    aside: Vec<(PathBuf, Attempt)>,
    /// The report of the last session that came to write one.
    report: Option<RunReport>,
    /// Milliseconds that each session took, where it is known.
    elapsed_ms: BTreeMap<String, u64>,
}

/// A run that is resumed.
pub(crate) struct Resumed {
    pub(crate) args: RunArgs,
    pub(crate) asked: Asked,
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) cases: Vec<Case>,
    pub(crate) earlier: Earlier,
    pub(crate) lock: std::fs::File,
}

/// Reads the run directory, and sets aside the attempts that are tried again.
///
/// # Errors
/// The run cannot be resumed. A refusal has every reason, and leaves the histories where they are.
pub(crate) fn resume(mut args: RunArgs, directory: &Path) -> anyhow::Result<Resumed> {
    let begun = Begun::read(directory)?;
    let lock = begun::lock(directory)?;
    let stance = ValueEnum::from_str(&begun.asked.known_issues, false);
    args.known_issues = stance
        .map_err(anyhow::Error::msg)
        .with_context(|| format!("invalid {}: unknown value of known_issues", begun::FILE))?;
    args.challenge =
        begun.asked.challenge.as_deref().map(str::parse).transpose().map_err(|error: String| {
            anyhow::anyhow!("invalid challenge in {}: {error}", begun::FILE)
        })?;
    let mut refusals = Vec::new();
    let this = this_build::get()?;
    if begun.asked.program != this {
        let begun_by = &begun.asked.program;
        refusals.push(format!("another build began the run: {begun_by}; this build is {this}"));
    }
    let (releases, cache) = (&args.components.releases, args.cache.cache.as_deref());
    let wanted = wanted::again(&begun.asked, releases, cache, &mut refusals)?;
    let cases = cases(&args.cases, &begun, &mut refusals)?;
    let stance = args.known_issues.into();
    let found = left::look(directory, &begun, &cases, stance, &mut refusals)?;
    if !refusals.is_empty() {
        let problems = refusals.into_iter().map(Problem::refused).collect();
        let error = Error::all(report::exit::BAD_CASE, problems);
        return Err(error.with_hint("Begin a new run.").into());
    }
    let earlier = aside::set(directory, &begun, &cases, found)?;
    let cases = shard::to_run(cases, &begun.asked);
    Ok(Resumed { args, asked: begun.asked, wanted, cases, earlier, lock })
}

/// The cases that the run began with: they must be the same.
fn cases(args: &CaseArgs, begun: &Begun, refusals: &mut Vec<String>) -> anyhow::Result<Vec<Case>> {
    let all =
        CaseArgs { cases: Vec::new(), directory: args.directory.clone(), level: UpTo::Provisional };
    let mut cases = selection::select(&all)?;
    cases.retain(|case| begun.asked.cases.contains_key(&case.id));
    for (id, digest) in &begun.asked.cases {
        match cases.iter().find(|case| case.id == *id) {
            None => refusals.push(format!("case {id} no longer exists")),
            Some(case) if case_sha256(case) != *digest => {
                refusals.push(format!("case {id} has changed since the run began"));
            }
            Some(_) => {}
        }
    }
    Ok(cases)
}

impl Earlier {
    /// The cases that are to be tried on a version.
    pub(crate) fn left<'a>(&self, version: &str, cases: &'a [Case]) -> Vec<&'a Case> {
        let over = |case: &Case| self.over.contains(&(version.to_owned(), case.id.clone()));
        cases.iter().filter(|case| !over(case)).collect()
    }

    /// Says in the directory that another session goes on.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn go_on(
        &self,
        asked: &Asked,
        provider: Provider,
        session: &Session,
    ) -> anyhow::Result<()> {
        let this = Began { run: session.run.clone(), started: session.started };
        let sessions = self.sessions.iter().cloned().chain([this]).collect();
        let asked = asked.clone();
        Begun { asked, provider, sessions }.write(&session.directory)
    }

    /// Whether a version is what it was when cases were tried on it before.
    ///
    /// # Errors
    /// In what it differs.
    pub(crate) fn same(&self, argo: &ArgoReport) -> anyhow::Result<()> {
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
    pub(crate) fn complete(
        &self,
        directory: &Path,
        stance: KnownIssues,
        mut run: RunReport,
    ) -> anyhow::Result<RunReport> {
        let Some(first) = self.sessions.first() else { return Ok(run) };
        let this = Began { run: run.run.clone(), started: run.started };
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
            run.verdicts.extend(aside::taken_back(directory, aside, stance, &run)?);
        }
        let mut parts: Vec<Part> = Vec::new();
        for began in self.sessions.iter().chain([&this]) {
            let known = self.elapsed_ms.get(&began.run).copied();
            let elapsed_ms = if began == &this { Some(this_ms) } else { known };
            parts.push(aside::part(directory, began, elapsed_ms, &run)?);
        }
        run.parts = parts;
        Ok(run)
    }
}
