//! One verdict of a statement, and its history.

use std::path::Path;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use model::Untrusted;
use model::history::Versions;
use model::profile::Profile;
use report::LeftOut;
use report::merge::SPAN;
use report::run::{ArgoReport, RunSession};
use report::statement::{Basis, Stated};

use super::{Check, plan};
use crate::digest::case_sha256;
use crate::history_file::HistoryFile;
use crate::layout::{Conditions, left_out};
use crate::recorded_plan::{RecordedPlan, release};
use crate::statement::{EXECUTOR, Executors};
use crate::verdicts;
use crate::verdicts::rests_on_a_history;

/// How far a history may begin outside of the time of its run: its clock is that of the run.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);

/// Judges the history of one verdict by the verifier's own case.
pub(super) fn judged_again(
    stated: &Stated,
    check: &Check<'_>,
    executors: &mut Executors,
) -> anyhow::Result<()> {
    let conformance = &check.statement.predicate.conformance;
    let Some(case) = check.case(&stated.case) else { return Ok(()) };
    let Some(basis) = &stated.basis else {
        let version = verdicts::version_of(case, &Versions::of_name(&stated.argo))?;
        let by_version = case.not_applicable(&version).is_some();
        let controller = Versions::of_name(&stated.argo).controller.parse().ok();
        let settings = Versions::of_name(&stated.argo).settings;
        let profile = Profile::of_settings(settings.as_deref());
        let conditions = Conditions {
            provider: conformance.provider,
            // A run with a configured repository may lack a listing of its bucket.
            lists: conformance.artifact_repository.is_none()
                || stated.left_out != Some(LeftOut::Listing),
            pods: &conformance.pods,
            controller: controller.as_ref(),
            pair: Versions::of_name(&stated.argo).to.is_some(),
            profile: profile.filter(|_| conformance.provider.installs()),
        };
        let by_provider = left_out(case, conditions).filter(|_| !by_version);
        let applies = !by_version && by_provider.is_none();
        anyhow::ensure!(!applies, "the case applies, and the history is missing");
        anyhow::ensure!(!rests_on_a_history(stated.verdict), "the history is missing");
        anyhow::ensure!(stated.left_out == by_provider, "the provider does not leave out the case");
        return Ok(());
    };
    let Basis { history, history_sha256, case_sha256: case_digest } = basis;
    anyhow::ensure!(
        case_sha256(case) == *case_digest,
        "another case of that name judged the history"
    );
    let recorded = HistoryFile::open(&check.terms.directory, Path::new(history))?;
    anyhow::ensure!(recorded.sha256()? == *history_sha256, "the history was altered");
    let shown = RecordedPlan::read(&recorded)?;
    executors.add(&shown);
    of_run(stated, check, history, &shown)?;
    anyhow::ensure!(!shown.torn, "the last line of the history is incomplete");
    anyhow::ensure!(shown.ended, "the history has no end, because it is trimmed or interrupted");
    plan::is_of_case(&shown, case, &conformance.pods)?;
    let verdict = verdicts::of_history(&recorded, case, conformance.known_issues)?.verdict;
    let now = Stated::new(&verdict, stated.basis.clone());
    anyhow::ensure!(
        now.unobserved == stated.unobserved,
        "the history names other unobserved parts than the statement"
    );
    anyhow::ensure!(
        now == *stated,
        "the verdict of the history is {}: {}",
        verdict.verdict.name(),
        verdict.reason.raw()
    );
    Ok(())
}

/// Whether the history is of this case, this run, this time, and an Argo that was read back.
fn of_run(
    stated: &Stated,
    check: &Check<'_>,
    history: &str,
    shown: &RecordedPlan,
) -> anyhow::Result<()> {
    let (conformance, header) = (&check.statement.predicate.conformance, &shown.header);
    anyhow::ensure!(header.case == stated.case, "the history is of case {}", header.case);
    let name = header.argo.name();
    anyhow::ensure!(name == stated.argo, "the history is of Argo {name}");
    let session = conformance.session(&header.run, history);
    let session = session.with_context(|| format!("the history is of run {}", header.run))?;
    let age = Timestamp::now().duration_since(shown.started).as_hours() / 24;
    let most = check.terms.max_age;
    anyhow::ensure!(age <= most, "the history has expired: age {age} days, maximum {most} days");
    in_time(shown, session)?;
    anyhow::ensure!(
        header.challenge == conformance.challenge,
        "the history carries another challenge than the statement"
    );
    let recorded = conformance.provider.records_requests();
    anyhow::ensure!(
        header.requests == recorded,
        "the history {} requests to the object store, and the provider is {}",
        if header.requests { "has" } else { "lacks" },
        conformance.provider
    );
    let ran = conformance.argo.iter().find(|argo| argo.versions == header.argo);
    let ran = ran.with_context(|| {
        format!("the history is of Argo {name}, which has no record of the installation")
    })?;
    ran_argoexec(shown, ran)
}

/// Whether the history began while its session ran, and its objects were made while it was
/// recorded.
fn in_time(shown: &RecordedPlan, session: &RunSession) -> anyhow::Result<()> {
    let elapsed = session.elapsed_ms.map_or(SPAN, |elapsed| {
        SignedDuration::from_millis(i64::try_from(elapsed).unwrap_or(i64::MAX))
    });
    let from = session.started.saturating_sub(LEEWAY)?;
    let to = session.started.saturating_add(elapsed + LEEWAY)?;
    anyhow::ensure!(
        from <= shown.started && shown.started <= to,
        "the history began at {}, and run {} at {}",
        shown.started,
        session.run,
        session.started
    );
    match &shown.times {
        None => Ok(()),
        Some(trouble) => anyhow::bail!("invalid history: {trouble}"),
    }
}

/// Whether the pods ran the argoexec that was read back, of the version in the header. On a pair,
/// pods may run the argoexec of the second installation too.
fn ran_argoexec(shown: &RecordedPlan, argo: &ArgoReport) -> anyhow::Result<()> {
    let said = argo.images.iter().find(|image| image.component == EXECUTOR);
    let (version, second) =
        (version(&argo.versions), argo.versions.to.as_deref().and_then(version));
    for image in shown.executors.keys() {
        let tag = release(image).filter(|tag| tag.pre.is_empty() && tag.build.is_empty());
        if tag.is_some() && tag == second {
            continue;
        }
        if let Some(said) = said {
            anyhow::ensure!(said.name == *image, "the pods ran {image}, not {}", said.name.raw());
        }
        if let (Some(tag), Some(version)) = (tag, &version) {
            anyhow::ensure!(
                tag == *version,
                "the pods ran {image}, and the header of the history has {version}"
            );
        }
    }
    Ok(())
}

/// The version of argoexec, as the tag of its image has it. A build of a checkout or a commit has a
/// tag of its own.
fn version(versions: &Versions) -> Option<semver::Version> {
    let version = versions.executor.parse::<semver::Version>().ok();
    version.filter(|version| version.build.is_empty())
}

/// Whether the digest of argoexec is that of the pods.
pub(super) fn digests(argo: &ArgoReport, executors: &Executors) -> anyhow::Result<()> {
    let name = argo.versions.name();
    for image in argo.images.iter().filter(|image| image.component == EXECUTOR) {
        let found = executors.digest(&name, image.name.raw());
        anyhow::ensure!(
            found == image.digest.as_ref().map(Untrusted::raw),
            "the digest of {} is {}, and that of the pods is {}",
            image.name.raw(),
            image.digest.as_ref().map_or("unknown", Untrusted::raw),
            found.unwrap_or("unknown")
        );
    }
    Ok(())
}
