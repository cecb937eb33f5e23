//! The report of a run directory, with its cases and timelines.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use model::Case;
use model::hints::chain;
use model::history::Header;
use model::plain_file;
use report::timeline::Timeline;
use report::{CaseFile, Evidence, RunReport};

use crate::error::{self, Error};
use crate::history_file::{HistoryFile, LARGEST_TEXT};
use crate::verdicts;

/// The run, the cases as they ran, and where their files lie in the checkout.
pub fn read(directory: &Path, cases: &Path) -> anyhow::Result<Evidence> {
    read_with(directory, cases, &[])
}

/// As [`read`]. A case of `parsed` with the same files is taken: it takes time to parse a case.
pub fn read_with(directory: &Path, cases: &Path, parsed: &[Case]) -> anyhow::Result<Evidence> {
    let run = run(directory)?;
    let ran = ran(directory, &run, parsed)?;
    let ids: Vec<&str> = run.verdicts.iter().map(|j| j.verdict.case.as_str()).collect();
    let files = files(cases, &ids);
    Ok(Evidence { cases: ran, files, run, timelines: BTreeMap::new(), detection: None })
}

/// The timeline of each history, by the path of the history in the run directory.
pub fn timelines(directory: &Path, run: &RunReport) -> anyhow::Result<BTreeMap<String, Timeline>> {
    let histories = run.verdicts.iter().filter_map(|judged| judged.history.as_ref());
    let read = error::all(histories.map(|history| {
        let recorded = HistoryFile::open(directory, Path::new(history))?;
        let read = || {
            let mut timeline = Timeline::default();
            for event in recorded.events()? {
                timeline.push(&event?);
            }
            timeline.finish();
            anyhow::Ok((history.clone(), timeline))
        };
        read().with_context(|| format!("failed to read {}", recorded.path().display()))
    }))?;
    Ok(read.into_iter().collect())
}

/// The first line of a history of a run directory; `None` if there is none, or it was cut short.
pub fn header(directory: &Path, history: &Path) -> anyhow::Result<Option<Header>> {
    if directory.join(history).symlink_metadata().is_err() {
        return Ok(None);
    }
    let recorded = HistoryFile::open(directory, history)?;
    if !recorded.has_begun()? {
        return Ok(None);
    }
    let header = recorded.events().map(|events| events.header().clone());
    header.map(Some).with_context(|| format!("failed to read {}", recorded.path().display()))
}

/// The report of a run.
pub fn run(directory: &Path) -> anyhow::Result<RunReport> {
    let path = directory.join("run.json");
    let name = Path::new("run.json");
    let text = plain_file::text_in(directory, name, LARGEST_TEXT).map_err(|error| {
        Error::bad_file(format!("failed to read {}: {error}", path.display())).with_hint(
            "A run that was killed has none: resume it with `argo-conformance run --resume`, or \
             print its verdicts with `judge`.",
        )
    })?;
    RunReport::parse(&text)
        .map_err(|error| Error::bad_file(format!("{}: {}", path.display(), chain(&error))).into())
}

/// The cases by id, from the copies beside the histories.
fn ran(
    directory: &Path,
    run: &RunReport,
    parsed: &[Case],
) -> anyhow::Result<BTreeMap<String, Case>> {
    let mut histories = BTreeMap::new();
    for judged in &run.verdicts {
        if let Some(history) = &judged.history {
            histories.entry(&judged.verdict.case).or_insert(Path::new(history));
        }
    }
    let read = histories.into_iter().map(|(id, history)| {
        let parsed = parsed.iter().find(|case| case.id == *id);
        Ok((id.clone(), verdicts::case_beside_or(directory, history, id, parsed)?))
    });
    Ok(error::all(read)?.into_iter().collect())
}

/// The case files that lie in the checkout, by id without variant.
fn files(cases: &Path, ids: &[&str]) -> BTreeMap<String, CaseFile> {
    let stems = ids.iter().filter_map(|id| id.split('@').next());
    let file = |stem: &str| {
        let path = cases.join(stem).join("case.yaml");
        let text = plain_file::text(&path, model::parse::LARGEST).ok()?;
        Some((stem.to_owned(), CaseFile { path: path.display().to_string(), text }))
    };
    stems.filter_map(file).collect()
}
