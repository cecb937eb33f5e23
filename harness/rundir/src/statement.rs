//! Statements about the installations of a run, made from its directory and checked with it.

pub mod check;
pub mod envelope;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use model::Untrusted;
use model::verdict::CaseVerdict;
use report::statement::{Basis, Judging, Stated, Statement};
use report::{Judged, RunReport};

use crate::attempt_log::AttemptLogs;
use crate::digest::case_sha256;
use crate::history_file::HistoryFile;
use crate::recorded_plan::RecordedPlan;
use crate::{error, evidence, program_build, verdicts};

/// Component that the pods of cases run.
pub const EXECUTOR: &str = "argoexec";

/// The statement about a run, by judging every history of its directory again.
///
/// # Errors
/// If a history cannot be judged; the error has each of them.
pub fn statement(directory: &Path) -> anyhow::Result<Statement> {
    let mut run = evidence::run(directory)?;
    let request =
        run.request.clone().context("the report does not name the requested cases and versions")?;
    let stance = request.known_issues;
    let mut executors = Executors::default();
    let stated = run.verdicts.iter().map(|judged| state(directory, judged, stance, &mut executors));
    let verdicts = error::all(stated)?;
    executors.complete(&mut run);
    let attempts = AttemptLogs::read(directory).chains();
    let judging = Judging { build: program_build::get()?, verdicts, attempts };
    Ok(Statement::of(&run, &request.program, judging))
}

/// A verdict as the history says it now, whatever the run's report says.
fn state(
    run: &Path,
    judged: &Judged,
    stance: judge::KnownIssues,
    executors: &mut Executors,
) -> anyhow::Result<Stated> {
    let CaseVerdict { case, argo, verdict, .. } = &judged.verdict;
    let Some(name) = &judged.history else {
        let shown = verdict.name();
        anyhow::ensure!(
            !verdicts::rests_on_a_history(*verdict),
            "{case} on Argo {argo}: the verdict is {shown}, and the history is missing"
        );
        return Ok(Stated::new(&judged.verdict, None));
    };
    let read = || {
        let history = HistoryFile::open(run, Path::new(name))?;
        let shown = RecordedPlan::read(&history)?;
        let case = verdicts::case_beside(run, Path::new(name), &shown.header.case)?;
        let basis = Basis {
            history: name.clone(),
            history_sha256: history.sha256()?,
            case_sha256: case_sha256(&case),
        };
        let verdict = verdicts::of_history(&history, &case, stance)?.verdict;
        anyhow::Ok((shown, Stated::new(&verdict, Some(basis))))
    };
    let (shown, stated) =
        read().with_context(|| format!("failed to judge {case} on Argo {argo}"))?;
    executors.add(&shown);
    Ok(stated)
}

/// The images of argoexec that the pods of the histories had, by Argo, with their digests.
#[derive(Default)]
pub struct Executors(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Executors {
    /// Adds those that a history shows.
    pub fn add(&mut self, shown: &RecordedPlan) {
        let of = self.0.entry(shown.header.argo.name()).or_default();
        for (image, digests) in &shown.executors {
            of.entry(image.clone()).or_default().extend(digests.iter().cloned());
        }
    }

    /// The digest of an image, if its pods had one and the same.
    pub fn digest(&self, argo: &str, image: &str) -> Option<&str> {
        let digests = self.0.get(argo)?.get(image)?;
        digests.first().filter(|_| digests.len() == 1).map(String::as_str)
    }

    /// Writes the digests into a report: nothing but the pods of cases tells them.
    fn complete(&self, run: &mut RunReport) {
        for argo in &mut run.argo {
            let name = argo.versions.name();
            for image in argo.images.iter_mut().filter(|image| image.component == EXECUTOR) {
                image.digest = self.digest(&name, image.name.raw()).map(Untrusted::from);
            }
        }
    }
}
