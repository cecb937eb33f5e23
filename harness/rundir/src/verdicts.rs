//! The verdicts of a run directory, by judging each history again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Timestamp;
use judge::KnownIssues;
use model::Case;
use model::history::{Header, Versions};
use model::plain_file;
use model::verdict::{CaseVerdict, Finding, Verdict};
use report::{Evidence, Judged};
use semver::Version;

use crate::error::{self, Error, Problem};
use crate::history_file::HistoryFile;

/// The verdict of each history of a run directory, or why it has none.
///
/// # Errors
/// If the run directory cannot be read.
pub fn judged(
    run: &Path,
    stance: KnownIssues,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Judged>>> {
    let judged = move |place: PathBuf| {
        one(run, &place, stance).with_context(|| format!("failed to judge {}", place.display()))
    };
    Ok(histories(run)?.into_iter().map(judged))
}

/// Replaces each verdict with the verdict that its history gives now. A list of implementations
/// thus need not trust the run's report.
///
/// # Errors
/// Each history that cannot be judged.
pub fn judge_again(directory: &Path, evidence: &mut Evidence) -> anyhow::Result<()> {
    let request = evidence.run.request.as_ref();
    let stance = request.map_or(KnownIssues::Fail, |request| request.known_issues);
    judge_again_as(directory, evidence, stance)
}

/// Replaces each verdict with the verdict that its history gives now, under this stance.
///
/// # Errors
/// Each history that cannot be judged.
pub fn judge_again_as(
    directory: &Path,
    evidence: &mut Evidence,
    stance: KnownIssues,
) -> anyhow::Result<()> {
    let Evidence { run, cases, .. } = evidence;
    let judged = run.verdicts.iter_mut();
    error::all(judged.map(|judged| one_again(directory, judged, cases, stance)))?;
    Ok(())
}

fn one_again(
    directory: &Path,
    judged: &mut Judged,
    parsed: &BTreeMap<String, Case>,
    stance: KnownIssues,
) -> anyhow::Result<()> {
    let id = &judged.verdict.case;
    let Some(history) = judged.history.as_deref().map(Path::new) else {
        let verdict = judged.verdict.verdict;
        let rests = rests_on_a_history(verdict);
        anyhow::ensure!(
            !rests,
            "{id}: the verdict is {}, and the history is missing",
            verdict.name()
        );
        return Ok(());
    };
    let read = || {
        let recorded = HistoryFile::open(directory, history)?;
        let header = recorded.events()?.header().clone();
        let (of, argo) = (header.case, header.argo.name());
        anyhow::ensure!(of == *id, "the history is of case {of}");
        let is_of = argo == judged.verdict.argo;
        anyhow::ensure!(is_of, "the history is of Argo {argo}");
        let case = case_beside_or(directory, history, id, parsed.get(id))?;
        of_history(&recorded, &case, stance)
    };
    judged.verdict = read().with_context(|| format!("failed to judge {id}"))?.verdict;
    Ok(())
}

/// Directories of cases with a history, from the run directory.
fn histories(run: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for version in
        std::fs::read_dir(run).with_context(|| format!("failed to read {}", run.display()))?
    {
        let place = Path::new(&version?.file_name()).join("cases");
        let Ok(cases) = std::fs::read_dir(run.join(&place)) else { continue };
        let cases = cases.filter_map(|c| c.ok().map(|c| place.join(c.file_name())));
        found
            .extend(cases.filter(|c| run.join(c).join("history.jsonl").symlink_metadata().is_ok()));
    }
    found.sort();
    Ok(found)
}

/// The case beside a history of a run.
pub fn case_beside(run: &Path, history: &Path, id: &str) -> anyhow::Result<Case> {
    case_beside_or(run, history, id, None)
}

/// The case beside a history of a run. `parsed` is taken if it has the same files: it takes time
/// to parse a case.
pub fn case_beside_or(
    run: &Path,
    history: &Path,
    id: &str,
    parsed: Option<&Case>,
) -> anyhow::Result<Case> {
    let place = history.parent().unwrap_or(history);
    case(run, place, id, parsed)
        .with_context(|| format!("failed to read the case beside {}", run.join(history).display()))
}

/// The verdict of a history by a case, with its start and the milliseconds to the last event. The
/// start of a history with an invalid time is `None`.
///
/// # Errors
/// The file is no history.
pub fn of_history(
    history: &HistoryFile,
    case: &Case,
    stance: KnownIssues,
) -> anyhow::Result<Judged> {
    let reader = history.events()?;
    let started = started(reader.header());
    let versions = reader.header().argo.clone();
    let (findings, reader) = judge::judge_reader(&case.claims, reader)?;
    let verdict = found(case, &versions, findings, stance)?;
    Ok(Judged { verdict, started, elapsed_ms: reader.last_at(), history: None })
}

/// Wall clock at the start of the history in the directory of a case. `None`: it has not begun.
pub fn started_of(directory: &Path) -> Option<Timestamp> {
    let history = HistoryFile::open(directory, Path::new("history.jsonl")).ok()?;
    let reader = history.events().ok()?;
    started(reader.header())
}

/// Wall clock at the start of a history. `None`: the header has no time.
pub fn started(header: &Header) -> Option<Timestamp> {
    header.started.parse().ok()
}

/// Whether a verdict needs a history.
pub fn rests_on_a_history(verdict: Verdict) -> bool {
    verdict != Verdict::NotApplicable
}

/// The verdict of what was found on an installation. The version of the case's component decides
/// what is expected. The executor and the workflow controller decide on known issues of pairs.
pub fn found(
    case: &Case,
    versions: &Versions,
    findings: Vec<Finding>,
    stance: KnownIssues,
) -> anyhow::Result<CaseVerdict> {
    let verdict = judge::verdict(case, &case.deciding(versions)?, findings, stance);
    Ok(CaseVerdict { argo: versions.name(), ..verdict })
}

fn one(run: &Path, place: &Path, stance: KnownIssues) -> anyhow::Result<Judged> {
    let name = place.join("history.jsonl");
    let history = HistoryFile::open(run, &name)?;
    let id = history.events()?.header().case.clone();
    let judged = of_history(&history, &case(run, place, &id, None)?, stance)?;
    Ok(Judged { history: Some(name.display().to_string()), ..judged })
}

/// The version that decides for a case.
pub fn version_of(case: &Case, versions: &Versions) -> anyhow::Result<Version> {
    let text = case.version(versions);
    Version::parse(text).with_context(|| format!("invalid version: `{text}`"))
}

/// Most files that a case is read from.
const MOST_FILES: usize = 256;

/// The case as its files were when it ran, from its directory in a run directory.
fn case(run: &Path, place: &Path, id: &str, parsed: Option<&Case>) -> anyhow::Result<Case> {
    let mut files = Vec::new();
    let copies = place.join("case");
    for entry in std::fs::read_dir(run.join(&copies))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        anyhow::ensure!(
            files.len() < MOST_FILES,
            "the copied case has more than {MOST_FILES} files"
        );
        let text = plain_file::text_in(run, &copies.join(&name), model::parse::LARGEST);
        files.push((name.clone(), text.with_context(|| format!("failed to read {name}"))?));
    }
    files.sort();
    if let Some(parsed) = parsed.filter(|parsed| parsed.id == id && parsed.source.files == files) {
        return Ok(parsed.clone());
    }
    let stem = id.split('@').next().unwrap_or(id);
    let copies = run.join(copies);
    let input = model::parse::CaseFiles { directory: &copies, id: stem, files: &files };
    let cases = model::parse::cases(&input).map_err(|diagnostics| {
        let lines = diagnostics.iter().map(|one| Problem::diagnostic(one.to_string()));
        Error::all(report::exit::BAD_CASE, lines.collect())
    })?;
    let found = cases.into_iter().find(|case| case.id == id);
    found.with_context(|| format!("the copied case files have no case {id}"))
}
