//! `certify`: a statement about the installations of a run, made from its directory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;
use model::Case;
use model::verdict::{CaseVerdict, Verdict};
use report::statement::{Basis, Judging, Stated, Statement};
use report::{Judged, RunReport};
use sha2::{Digest, Sha256};

use crate::args::{CertifyArgs, KnownIssues};
use crate::envelope::{Envelope, hex, private_key};
use crate::recorded::Recorded;
use crate::shown::Shown;
use crate::tries::Tries;
use crate::{evidence, out, rejudge, this_build};

/// Component that the pods of cases run.
pub(crate) const EXECUTOR: &str = "argoexec";

/// Judges the run again and writes the statement.
pub(crate) fn certify(args: &CertifyArgs) -> anyhow::Result<u8> {
    let key = args.key.as_deref().map(private_key).transpose()?;
    let statement = statement(&args.directory)?;
    let envelope = Envelope::seal(&serde_json::to_string(&statement)?, key.as_ref());
    let text = serde_json::to_string_pretty(&envelope)? + "\n";
    std::fs::write(&args.output, text)
        .with_context(|| format!("failed to write {}", args.output.display()))?;
    let signed = if key.is_some() { "signed" } else { "not signed" };
    let conformance = &statement.predicate.conformance;
    let (result, count) = (&statement.predicate.result, conformance.verdicts.len());
    let verdicts = if count == 1 { "verdict" } else { "verdicts" };
    out::plain(&format!("{result}: {count} {verdicts}, {signed}: {}", args.output.display()));
    list(&statement);
    Ok(conformance.result().code())
}

/// The statement about a run, by judging every history of its directory again.
///
/// # Errors
/// If a history cannot be judged; the error has each of them.
pub(crate) fn statement(directory: &Path) -> anyhow::Result<Statement> {
    let mut run = evidence::run(directory)?;
    let asked =
        run.asked.clone().context("the report does not name the requested cases and versions")?;
    let stance = stance(&asked.known_issues)?;
    let mut executors = Executors::default();
    let stated = run.verdicts.iter().map(|judged| state(directory, judged, stance, &mut executors));
    let verdicts = out::all(stated)?;
    executors.complete(&mut run);
    let tries = Tries::read(directory).chains();
    let judging = Judging { build: this_build::get()?, verdicts, tries };
    Ok(Statement::of(&run, &asked.program, judging))
}

/// Prints each case that is no pass.
pub(crate) fn list(statement: &Statement) {
    let conformance = &statement.predicate.conformance;
    for failed in conformance.failed() {
        out::result(&format!("failed: {}", report::tame(&failed)));
    }
    for warning in conformance.warnings() {
        out::result(&format!("warned: {}", report::tame(&warning)));
    }
}

/// The stance towards known issues of this name.
pub(crate) fn stance(name: &str) -> anyhow::Result<judge::KnownIssues> {
    let stance = KnownIssues::from_str(name, false);
    let stance = stance.map_err(|_| anyhow::anyhow!("invalid known_issues: `{name}`"));
    stance.map(Into::into)
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
            !rests_on_a_history(*verdict),
            "{case} on Argo {argo}: the verdict is {shown}, and the history is missing"
        );
        return Ok(Stated::new(&judged.verdict, None));
    };
    let read = || {
        let history = Recorded::open(run, Path::new(name))?;
        let shown = Shown::read(&history)?;
        let case = rejudge::case_beside(run, Path::new(name), &shown.header.case)?;
        let basis = Basis {
            history: name.clone(),
            history_sha256: history.sha256()?,
            case_sha256: case_sha256(&case),
        };
        let (verdict, _) = history.judged(&case, stance)?;
        anyhow::Ok((shown, Stated::new(&verdict, Some(basis))))
    };
    let (shown, stated) =
        read().with_context(|| format!("failed to judge {case} on Argo {argo}"))?;
    executors.add(&shown);
    Ok(stated)
}

/// Whether a verdict needs a history.
pub(crate) fn rests_on_a_history(verdict: Verdict) -> bool {
    verdict != Verdict::NotApplicable
}

/// SHA-256 in hexadecimal of all files of a case, with their names and lengths.
pub(crate) fn case_sha256(case: &Case) -> String {
    let mut digest = Sha256::new();
    for (name, text) in &case.source.files {
        digest.update(format!("{name}\n{}\n{text}\n", text.len()));
    }
    hex(&digest.finalize())
}

/// The images of argoexec that the pods of the histories had, by Argo, with their digests.
#[derive(Default)]
pub(crate) struct Executors(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Executors {
    /// Adds those that a history shows.
    pub(crate) fn add(&mut self, shown: &Shown) {
        let of = self.0.entry(shown.header.argo.name()).or_default();
        for (image, digests) in &shown.executors {
            of.entry(image.clone()).or_default().extend(digests.iter().cloned());
        }
    }

    /// The digest of an image, if its pods had one and the same.
    pub(crate) fn digest(&self, argo: &str, image: &str) -> Option<&String> {
        let digests = self.0.get(argo)?.get(image)?;
        digests.first().filter(|_| digests.len() == 1)
    }

    /// Writes the digests into a report: nothing but the pods of cases tells them.
    fn complete(&self, run: &mut RunReport) {
        for argo in &mut run.argo {
            let name = argo.versions.name();
            for image in argo.images.iter_mut().filter(|image| image.component == EXECUTOR) {
                image.digest = self.digest(&name, &image.name).cloned();
            }
        }
    }
}
