//! Attempts and files that a resumed run sets aside in its directory.

use std::collections::BTreeMap;
use std::fs::{create_dir_all, read_dir, rename};
use std::path::{Path, PathBuf};

use anyhow::Context;
use judge::KnownIssues;
use model::Case;
use model::verdict::Verdict;
use report::run::RunSession;
use report::{Judged, RunReport};

use super::Earlier;
use super::scan::Found;
use crate::attempt::Attempt;
use crate::layout::directory_of;
use crate::layout::{HISTORIES, SESSIONS};
use crate::manifest::{self, RunManifest, SessionRecord};
use crate::{attempt_log, evidence};

/// Sets aside the interrupted attempts, and all files of the last session besides histories. The
/// next resume completes the work of one that is killed.
pub fn set_aside(
    directory: &Path,
    manifest: &RunManifest,
    cases: &[Case],
    found: Found,
) -> anyhow::Result<Earlier> {
    let number = manifest.sessions.len();
    for place in &found.interrupted {
        let (Some(version), Some(name)) = (place.iter().next(), place.file_name()) else {
            continue;
        };
        let name = format!("{}~{number}", name.to_string_lossy());
        let to = Path::new(version).join(HISTORIES[1]).join(name);
        shift(directory, place, &to)?;
    }
    let session = |index: usize, began: &SessionRecord| {
        Path::new(SESSIONS).join(format!("{}-{}", index + 1, began.run))
    };
    if let Some(last) = manifest.sessions.last() {
        all_but_histories(directory, &session(number - 1, last))
            .context("failed to set aside the attempts of the last session")?;
    }
    let (mut report, mut elapsed_ms) = (None, BTreeMap::new());
    for (index, began) in manifest.sessions.iter().enumerate() {
        let session = directory.join(session(index, began));
        if session.join("run.json").is_file() {
            let run = evidence::run(&session)?;
            let own = run.sessions().pop().and_then(|session| session.elapsed_ms);
            elapsed_ms.extend(own.map(|own| (began.run.clone(), own)));
            report = Some(run);
        }
    }
    Ok(Earlier {
        sessions: manifest.sessions.clone(),
        judged: found.judged,
        over: found.over,
        installed: found.installed,
        aside: attempts(directory, manifest, cases)?,
        report,
        elapsed_ms,
    })
}

/// Moves something within a run directory.
fn shift(directory: &Path, from: &Path, to: &Path) -> anyhow::Result<()> {
    let to = directory.join(to);
    let moved = create_dir_all(to.parent().unwrap_or(directory))
        .and_then(|()| rename(directory.join(from), &to));
    moved.with_context(|| format!("failed to move {} to {}", from.display(), to.display()))
}

fn all_but_histories(directory: &Path, rest: &Path) -> anyhow::Result<()> {
    let kept = [manifest::FILE, manifest::LOCK, attempt_log::FILE, SESSIONS];
    for entry in read_dir(directory)? {
        let entry = entry?;
        let name = PathBuf::from(entry.file_name());
        if kept.iter().any(|kept| name == Path::new(kept)) {
            continue;
        }
        if !entry.file_type()?.is_dir() {
            shift(directory, &name, &rest.join(&name))?;
            continue;
        }
        for inside in read_dir(entry.path())? {
            let inside = inside?.file_name();
            if !HISTORIES.iter().any(|histories| inside == *histories) {
                let inside = name.join(inside);
                shift(directory, &inside, &rest.join(&inside))?;
            }
        }
    }
    Ok(())
}

/// Directories of attempts that are set aside, from the run directory.
fn directories(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for version in read_dir(directory)? {
        let place = Path::new(&version?.file_name()).join(HISTORIES[1]);
        for entry in read_dir(directory.join(&place)).into_iter().flatten() {
            found.push(place.join(entry?.file_name()));
        }
    }
    found.sort();
    Ok(found)
}

/// The attempts that are set aside, of cases that are to run.
fn attempts(
    directory: &Path,
    manifest: &RunManifest,
    cases: &[Case],
) -> anyhow::Result<Vec<(PathBuf, Attempt)>> {
    let mut attempts = Vec::new();
    for place in directories(directory)? {
        let name = place.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let of = |case: &&Case| name.split('~').next() == Some(directory_of(&case.id).as_str());
        let history = place.join("history.jsonl");
        let path = directory.join(&history);
        let there = path.symlink_metadata().is_ok();
        let (true, Some(case)) = (there, cases.iter().find(of)) else { continue };
        let attempt = Attempt::read(case, directory, &history);
        let attempt = attempt.with_context(|| format!("failed to read {}", path.display()))?;
        let ours = |a: &Attempt| manifest.sessions.iter().any(|began| began.run == a.header.run);
        attempts.extend(attempt.filter(ours).map(|attempt| (place, attempt)));
    }
    Ok(attempts)
}

/// The verdict of an attempt that was set aside, if a claim failed in it and did not fail again.
/// The attempt is put back beside the later one, and both count.
pub(super) fn taken_back(
    directory: &Path,
    (place, attempt): &(PathBuf, Attempt),
    stance: KnownIssues,
    run: &RunReport,
) -> anyhow::Result<Option<Judged>> {
    let (case, argo) = (&attempt.verdict.case, &attempt.verdict.argo);
    let mut verdicts = run.verdicts.iter().map(|judged| &judged.verdict);
    let again = verdicts.find(|again| again.case == *case && again.argo == *argo);
    let again = again.filter(|again| again.verdict != Verdict::Unknown);
    let is_back = again.is_some_and(|a| !attempt.taken_back(&a.failed_claims()).is_empty());
    let (true, Some(version), Some(name)) = (is_back, place.iter().next(), place.file_name())
    else {
        return Ok(None);
    };
    let back = Path::new(version).join(HISTORIES[0]).join(name);
    shift(directory, place, &back)?;
    let history = back.join("history.jsonl").display().to_string();
    let verdict = attempt.under(stance).clone();
    Ok(Some(attempt.judged(verdict, history)))
}

/// The session of the report, from its record.
pub(super) fn session(
    directory: &Path,
    began: &SessionRecord,
    elapsed_ms: Option<u64>,
    run: &RunReport,
) -> anyhow::Result<RunSession> {
    let recorded = |histories: Vec<String>| -> anyhow::Result<Vec<String>> {
        let mut recorded = Vec::new();
        for history in histories {
            let header = evidence::header(directory, Path::new(&history))?;
            recorded.extend(header.filter(|h| h.run == began.run).map(|_| history));
        }
        Ok(recorded)
    };
    let shard = run.request.as_ref().and_then(|request| request.shard.as_ref());
    let aside = directories(directory)?.into_iter();
    let aside = aside.map(|place| place.join("history.jsonl").display().to_string());
    Ok(RunSession {
        run: began.run.clone(),
        started: began.started,
        elapsed_ms,
        shard: shard.map(ToString::to_string),
        histories: recorded(run.verdicts.iter().filter_map(|j| j.history.clone()).collect())?,
        interrupted: recorded(aside.collect())?,
    })
}
