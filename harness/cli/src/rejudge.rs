//! `judge`: the verdicts of a run once more, from its directory.

use std::fs::File;
use std::io::BufReader;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use model::Case;
use model::history::{Reader, Versions};
use model::verdict::{CaseVerdict, Finding};
use report::Judged;
use semver::Version;

use crate::args::{Format, JudgeArgs};
use crate::out;

/// Judges every history of a run directory with the case files that were copied beside it.
pub(crate) fn judge(args: &JudgeArgs) -> anyhow::Result<u8> {
    let mut verdicts = Vec::new();
    let mut elapsed = Duration::ZERO;
    for directory in histories(&args.directory)? {
        let judged = one(&args.directory, &directory, args.known_issues.into())
            .with_context(|| format!("judge {}", directory.display()))?;
        elapsed += Duration::from_millis(judged.elapsed_ms);
        show(&judged, args.format);
        verdicts.push(judged.verdict);
    }
    if args.format == Format::Text {
        out::result(&report::summary(&verdicts, &[], elapsed, out::style()));
    }
    Ok(report::exit_code(&verdicts))
}

/// Prints one verdict.
pub(crate) fn show(judged: &Judged, format: Format) {
    match format {
        Format::Text => out::result(&report::line(judged, out::style())),
        Format::Json => out::result(&report::json(judged)),
    }
}

fn histories(run: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for version in std::fs::read_dir(run).with_context(|| format!("read {}", run.display()))? {
        let Ok(cases) = std::fs::read_dir(version?.path().join("cases")) else { continue };
        let cases = cases.filter_map(|c| c.ok().map(|c| c.path()));
        found.extend(cases.filter(|c| c.join("history.jsonl").is_file()));
    }
    found.sort();
    Ok(found)
}

/// The verdict of one history of a run, known issues being failures, and the case beside it.
pub(crate) fn again(run: &Path, history: &str) -> anyhow::Result<(CaseVerdict, Case)> {
    let path = inside(run, history)?;
    let directory = path.parent().unwrap_or(run);
    let id = Reader::open(BufReader::new(File::open(&path)?))?.header().case.clone();
    let case = case(directory, &id).with_context(|| format!("judge {}", directory.display()))?;
    Ok((by(&case, &path, judge::KnownIssues::Fail)?, case))
}

/// A file of a run directory, which must lie in it.
pub(crate) fn inside(run: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let plain = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    anyhow::ensure!(plain, "`{name}` is no path in the run directory");
    Ok(run.join(name))
}

/// The verdict of a history by a case.
pub(crate) fn by(
    case: &Case,
    path: &Path,
    stance: judge::KnownIssues,
) -> anyhow::Result<CaseVerdict> {
    let reader = Reader::open(BufReader::new(File::open(path)?))?;
    Ok(verdict(case, reader, stance)?.0)
}

/// The verdict, and the milliseconds to the last event.
fn verdict(
    case: &Case,
    reader: Reader<BufReader<File>>,
    stance: judge::KnownIssues,
) -> anyhow::Result<(CaseVerdict, u64)> {
    let versions = reader.header().argo.clone();
    let (findings, reader) = judge::judge_reader(&case.claims, reader)?;
    Ok((found(case, &versions, findings, stance)?, reader.last_at()))
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

fn one(run: &Path, directory: &Path, stance: judge::KnownIssues) -> anyhow::Result<Judged> {
    let path = directory.join("history.jsonl");
    let reader = Reader::open(BufReader::new(File::open(&path)?))?;
    let case = case(directory, &reader.header().case)?;
    let (verdict, elapsed_ms) = verdict(&case, reader, stance)?;
    let shown = path.strip_prefix(run).unwrap_or(&path).display().to_string();
    Ok(Judged { verdict, elapsed_ms, history: Some(shown) })
}

/// The version that decides for a case.
pub(crate) fn version_of(case: &Case, versions: &Versions) -> anyhow::Result<Version> {
    let text = case.component.version(versions);
    Version::parse(text).with_context(|| format!("`{text}` is not a version"))
}

/// The case as its files were when it ran.
pub(crate) fn case(directory: &Path, id: &str) -> anyhow::Result<Case> {
    let mut files = Vec::new();
    let copies = directory.join("case");
    for entry in std::fs::read_dir(&copies)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push((name, std::fs::read_to_string(entry.path())?));
    }
    files.sort();
    let stem = id.split('@').next().unwrap_or(id);
    let input = model::parse::CaseFiles { directory: &copies, id: stem, files: &files };
    let cases = model::parse::cases(&input).map_err(|diagnostics| {
        let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        out::Explained { code: report::exit::BAD_CASE, text: lines.join("\n") }
    })?;
    let found = cases.into_iter().find(|case| case.id == id);
    found.with_context(|| format!("the copied case files have no case {id}"))
}
