//! `judge`: the verdicts of a run once more, from its directory.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use model::Case;
use model::history::Reader;
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
        out::result(&report::summary(&verdicts, elapsed, out::style()));
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

fn histories(run: &Path) -> anyhow::Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    for version in std::fs::read_dir(run).with_context(|| format!("read {}", run.display()))? {
        let Ok(cases) = std::fs::read_dir(version?.path().join("cases")) else { continue };
        let cases = cases.filter_map(|c| c.ok().map(|c| c.path()));
        found.extend(cases.filter(|c| c.join("history.jsonl").is_file()));
    }
    found.sort();
    Ok(found)
}

fn one(run: &Path, directory: &Path, stance: judge::KnownIssues) -> anyhow::Result<Judged> {
    let path = directory.join("history.jsonl");
    let reader = Reader::open(BufReader::new(File::open(&path)?))?;
    let case = case(directory, &reader.header().case)?;
    let version = version_of(&case, &reader.header().argo)?;
    let (findings, reader) = judge::judge_reader(&case.claims, reader)?;
    let verdict = judge::verdict(&case, &version, findings, stance);
    let elapsed_ms = reader.last_at();
    let shown = path.strip_prefix(run).unwrap_or(&path).display().to_string();
    Ok(Judged { verdict, elapsed_ms, history: Some(shown) })
}

/// The version that decides for a case.
pub(crate) fn version_of(
    case: &Case,
    versions: &model::history::Versions,
) -> anyhow::Result<Version> {
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
