//! The end of a run: its report in the run directory, and the sum.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use model::verdict::CaseVerdict;
use report::{Measured, RunReport};

use crate::out;

/// Its verdicts.
pub(crate) fn verdicts(run: &RunReport) -> Vec<CaseVerdict> {
    run.verdicts.iter().map(|judged| judged.verdict.clone()).collect()
}

fn rows(run: &RunReport) -> Vec<Measured> {
    run.verdicts.iter().map(|judged| Measured::from(&judged.verdict)).collect()
}

/// Writes the reports into the run directory.
pub(crate) fn write(directory: &Path, run: &RunReport) -> anyhow::Result<()> {
    let write = |name: &str, text: String| {
        let path = directory.join(name);
        std::fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
    };
    write("measured.json", report::measured::write(&rows(run)))?;
    write("run.json", run.to_json())
}

/// Prints the table, if there are several versions, and the sum.
pub(crate) fn say(run: &RunReport) {
    if run.asked.as_ref().is_some_and(|asked| asked.argo.len() > 1) {
        out::result(&report::matrix::text(&rows(run), &run.untested, out::style()));
    }
    let elapsed = Duration::from_millis(run.elapsed_ms);
    let summary = report::summary(&verdicts(run), &run.untested, elapsed, out::style());
    out::result(&summary);
}
