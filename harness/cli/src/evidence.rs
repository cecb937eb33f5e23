//! Reads a run directory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use anyhow::Context;
use model::Case;
use model::history::{Header, Reader};
use report::timeline::Timeline;
use report::{CaseFile, Evidence, RunReport};

use crate::out::Explained;
use crate::rejudge;

/// The run, the cases as they ran, and where their files lie in the checkout.
pub(crate) fn read(directory: &Path, cases: &Path) -> anyhow::Result<Evidence> {
    let run = run(directory)?;
    let ran = ran(directory, &run)?;
    let ids: Vec<&str> = run.verdicts.iter().map(|j| j.verdict.case.as_str()).collect();
    let files = files(cases, &ids);
    Ok(Evidence { cases: ran, files, run, timelines: BTreeMap::new(), detection: None })
}

/// What went on in each case, from its history.
pub(crate) fn timelines(
    directory: &Path,
    run: &RunReport,
) -> anyhow::Result<BTreeMap<String, Timeline>> {
    let histories = run.verdicts.iter().filter_map(|judged| judged.history.as_ref());
    let read = histories.map(|history| {
        let path = directory.join(history);
        let read = || {
            let mut timeline = Timeline::default();
            for event in Reader::open(BufReader::new(File::open(&path)?))? {
                timeline.push(&event?);
            }
            timeline.finish();
            anyhow::Ok((history.clone(), timeline))
        };
        read().with_context(|| format!("read {}", path.display()))
    });
    read.collect()
}

/// The first line of a history; `None` if there is none, or it was cut short.
pub(crate) fn header(path: &Path) -> anyhow::Result<Option<Header>> {
    let mut line = String::new();
    let read = File::open(path).and_then(|file| BufReader::new(file).read_line(&mut line));
    match read {
        Ok(_) if line.ends_with('\n') => {}
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("read {}", path.display()));
        }
        Ok(_) | Err(_) => return Ok(None),
    }
    let header = Reader::open(line.as_bytes()).map(|reader| reader.header().clone());
    header.map(Some).with_context(|| format!("read {}", path.display()))
}

/// The report of a run.
pub(crate) fn run(directory: &Path) -> anyhow::Result<RunReport> {
    let path = directory.join("run.json");
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let text = format!(
            "error: {} cannot be read: {error}\nhint: a run that was killed has none; \
             `argo-conformance run --resume` goes on with it, `judge` says its verdicts",
            path.display()
        );
        Explained { code: report::exit::BAD_CASE, text }
    })?;
    RunReport::parse(&text).map_err(|error| {
        let cause = std::error::Error::source(&error);
        let cause = cause.map(|cause| format!("\n  caused by: {cause}")).unwrap_or_default();
        let text = format!("error: {}: {error}{cause}", path.display());
        Explained { code: report::exit::BAD_CASE, text }.into()
    })
}

/// The cases by id, from the copies beside the histories.
fn ran(directory: &Path, run: &RunReport) -> anyhow::Result<BTreeMap<String, Case>> {
    let mut cases = BTreeMap::new();
    for judged in &run.verdicts {
        let id = &judged.verdict.case;
        let Some(history) = judged.history.as_deref().filter(|_| !cases.contains_key(id)) else {
            continue;
        };
        let beside = directory.join(history);
        let beside = beside.parent().unwrap_or(directory);
        let case = rejudge::case(beside, id)
            .with_context(|| format!("read the case beside {}", beside.display()))?;
        cases.insert(id.clone(), case);
    }
    Ok(cases)
}

/// The case files that lie in the checkout, by id without variant.
fn files(cases: &Path, ids: &[&str]) -> BTreeMap<String, CaseFile> {
    let stems = ids.iter().filter_map(|id| id.split('@').next());
    let file = |stem: &str| {
        let path = cases.join(stem).join("case.yaml");
        let text = std::fs::read_to_string(&path).ok()?;
        Some((stem.to_owned(), CaseFile { path: path.display().to_string(), text }))
    };
    stems.filter_map(file).collect()
}
