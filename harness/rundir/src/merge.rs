//! Merges several run directories into one.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;
use model::hints::chain;
use model::plain_file;
use report::{Judged, RunReport};

use crate::attempt_log::AttemptLogs;
use crate::digest::case_sha256;
use crate::error::{Error, Problem};
use crate::history_file::HistoryFile;
use crate::layout::{self, HISTORIES, SESSIONS};
use crate::{evidence, output, verdicts};

/// Merges run directories into the new directory `out`. Returns the report of the merged run and
/// its directory.
///
/// # Errors
/// Every reason for which the run directories cannot be merged.
pub fn merge(directories: &[PathBuf], out: &Path) -> anyhow::Result<(RunReport, PathBuf)> {
    let mut runs = Vec::new();
    let mut refusals = Vec::new();
    for directory in directories {
        let name = directory.display().to_string();
        match evidence::run(directory) {
            Ok(run) => {
                refusals
                    .extend(damage(directory, &run).iter().map(|what| format!("{name}: {what}")));
                runs.push((name, run));
            }
            Err(error) => {
                refusals.push(chain(error.as_ref()));
            }
        }
    }
    let merged = match report::merge::merge(&runs) {
        Ok(merged) if refusals.is_empty() => merged,
        merged => {
            refusals.extend(merged.err().into_iter().flatten());
            let problems = refusals.into_iter().map(Problem::refused).collect();
            return Err(Error::all(report::exit::BAD_CASE, problems).into());
        }
    };
    let to = layout::fresh(&std::path::absolute(out)?, "--out")?;
    for (number, (directory, (_, run))) in directories.iter().zip(&runs).enumerate() {
        let rest = Path::new(SESSIONS).join(format!("{}-{}", number + 1, run.run));
        copy(directory, &to, &rest)
            .with_context(|| format!("failed to copy {}", directory.display()))?;
    }
    output::write(&to, &merged)?;
    Ok((merged, to))
}

/// Everything in a run directory that differs from its report or from its chain of attempts.
pub fn damage(directory: &Path, run: &RunReport) -> Vec<String> {
    let ids: BTreeSet<String> = run.sessions().into_iter().map(|session| session.run).collect();
    let wrong = run.verdicts.iter().filter_map(|judged| {
        let history = judged.history.as_deref()?;
        let found = undamaged(directory, judged, history, run, &ids);
        found.err().map(|error| format!("{history}: {error:#}"))
    });
    let attempts = AttemptLogs::read(directory).unaccounted(directory);
    wrong.chain(attempts).collect()
}

fn undamaged(
    directory: &Path,
    judged: &Judged,
    history: &str,
    run: &RunReport,
    ids: &BTreeSet<String>,
) -> anyhow::Result<()> {
    let name = Path::new(history);
    let recorded = HistoryFile::open(directory, name)?;
    let reader = recorded.events()?;
    let id = &judged.verdict.case;
    let header = reader.header();
    anyhow::ensure!(header.case == *id, "the history is of case {}, not of {id}", header.case);
    anyhow::ensure!(ids.contains(&header.run), "the history is of run {}", header.run);
    let case = verdicts::case_beside(directory, name, id)?;
    let request = run.request.as_ref().and_then(|request| request.cases.get(id));
    let same = request.is_none_or(|digest| *digest == case_sha256(&case));
    anyhow::ensure!(same, "the case beside the history differs from the requested case");
    Ok(())
}

/// Copies histories, byte for byte, to where they were, and all else to `rest`.
fn copy(from: &Path, to: &Path, rest: &Path) -> anyhow::Result<()> {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry?;
        let relative = entry.path().strip_prefix(from)?;
        let target = to.join(place(relative, rest));
        if entry.file_type().is_dir() {
            continue;
        }
        anyhow::ensure!(entry.file_type().is_file(), "{} is not a file", entry.path().display());
        std::fs::create_dir_all(target.parent().unwrap_or(to))?;
        let mut source = plain_file::open_in(from, relative, u64::MAX)
            .with_context(|| format!("failed to read {}", entry.path().display()))?;
        let mut copy = File::create_new(&target).with_context(|| {
            format!("failed to create {}, which another run may have", target.display())
        })?;
        std::io::copy(&mut source, &mut copy)?;
    }
    Ok(())
}

fn place(relative: &Path, rest: &Path) -> PathBuf {
    let second = relative.components().nth(1).map(Component::as_os_str);
    let is_history = HISTORIES.iter().any(|directory| second == Some((*directory).as_ref()));
    if is_history { relative.to_owned() } else { rest.join(relative) }
}
