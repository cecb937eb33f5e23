//! `judge`: the verdicts of a run once more, from its directory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use model::Case;
use model::history::Versions;
use model::plain_file;
use model::verdict::{CaseVerdict, Finding};
use report::Judged;
use semver::Version;

use crate::args::{Format, JudgeArgs};
use crate::error::{Error, Problem};
use crate::out;
use crate::recorded::Recorded;

/// Judges every history of a run directory with the case files that were copied beside it.
///
/// A history that cannot be judged has a line on standard error, and hides no other. The exit code
/// is that of a failure if a case failed, else that of a wrong file.
pub(crate) fn judge(args: &JudgeArgs) -> anyhow::Result<u8> {
    let mut verdicts = Vec::new();
    let mut elapsed = Duration::ZERO;
    let mut unjudged = 0;
    for judged in judged(&args.directory, args.known_issues.into())? {
        let judged = match judged {
            Ok(judged) => judged,
            Err(error) => {
                out::note(&Problem::of(&error).to_string());
                unjudged += 1;
                continue;
            }
        };
        elapsed += Duration::from_millis(judged.elapsed_ms);
        show(&judged, args.format);
        verdicts.push(judged.verdict);
    }
    if args.format == Format::Text {
        out::result(&report::summary(&verdicts, &[], elapsed, out::style()));
    }
    let code = report::exit_code(&verdicts);
    Ok(if unjudged > 0 && code != report::exit::FAIL { report::exit::BAD_CASE } else { code })
}

/// The verdict of each history of a run directory, or why it has none.
///
/// # Errors
/// If the run directory cannot be read.
pub(crate) fn judged(
    run: &Path,
    stance: judge::KnownIssues,
) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Judged>>> {
    let judged = move |place: PathBuf| {
        one(run, &place, stance).with_context(|| format!("failed to judge {}", place.display()))
    };
    Ok(histories(run)?.into_iter().map(judged))
}

/// Prints one verdict.
pub(crate) fn show(judged: &Judged, format: Format) {
    match format {
        Format::Text => out::result(&report::line(judged, out::style())),
        Format::Json => out::result(&report::json(judged)),
    }
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
pub(crate) fn case_beside(run: &Path, history: &Path, id: &str) -> anyhow::Result<Case> {
    let place = history.parent().unwrap_or(history);
    case(run, place, id)
        .with_context(|| format!("failed to read the case beside {}", run.join(history).display()))
}

/// The verdict of what was found on an installation: the version of the case's component decides
/// what is expected.
pub(crate) fn found(
    case: &Case,
    versions: &Versions,
    findings: Vec<Finding>,
    stance: judge::KnownIssues,
) -> anyhow::Result<CaseVerdict> {
    let version = version_of(case, versions)?;
    let verdict = judge::verdict(case, &version, findings, stance);
    Ok(CaseVerdict { argo: versions.name(), ..verdict })
}

fn one(run: &Path, place: &Path, stance: judge::KnownIssues) -> anyhow::Result<Judged> {
    let name = place.join("history.jsonl");
    let history = Recorded::open(run, &name)?;
    let id = history.events()?.header().case.clone();
    let (verdict, elapsed_ms) = history.judged(&case(run, place, &id)?, stance)?;
    Ok(Judged { verdict, elapsed_ms, history: Some(name.display().to_string()) })
}

/// The version that decides for a case.
pub(crate) fn version_of(case: &Case, versions: &Versions) -> anyhow::Result<Version> {
    let text = case.component.version(versions);
    Version::parse(text).with_context(|| format!("invalid version: `{text}`"))
}

/// Most files that a case is read from.
const MOST_FILES: usize = 256;

/// The case as its files were when it ran, from its directory in a run directory.
fn case(run: &Path, place: &Path, id: &str) -> anyhow::Result<Case> {
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
