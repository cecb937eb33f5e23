//! The reports that each run directory has.

use std::path::Path;

use anyhow::Context;
use model::verdict::CaseVerdict;
use report::{Measured, RunReport};

use crate::evidence;

/// Its verdicts.
pub fn verdicts(run: &RunReport) -> Vec<CaseVerdict> {
    run.verdicts.iter().map(|judged| judged.verdict.clone()).collect()
}

/// The rows of the measured table.
pub fn rows(run: &RunReport) -> Vec<Measured> {
    run.verdicts.iter().map(|judged| Measured::from(&judged.verdict)).collect()
}

/// Writes the reports into the run directory.
pub fn write(directory: &Path, run: &RunReport) -> anyhow::Result<()> {
    let write = |name: &str, text: String| {
        let path = directory.join(name);
        std::fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))
    };
    write("measured.json", report::measured::write(&rows(run)))?;
    write("run.json", run.to_json())
}

/// Writes the results of a run into its directory as `junit.xml`, a form that most programs read.
/// Then writes the path of the complete results into the file `done`.
///
/// # Errors
/// The run directory cannot be read, or a file cannot be written.
pub fn hand_over(directory: &Path, cases: &Path, done: &Path) -> anyhow::Result<()> {
    let directory = std::path::absolute(directory)?;
    let results = directory.join("junit.xml");
    let write = |path: &Path, text: &str| {
        std::fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
    };
    write(&results, &report::junit(&evidence::read(&directory, cases)?))?;
    let parts = done.with_extension("part");
    write(&parts, &results.display().to_string())?;
    std::fs::rename(&parts, done).with_context(|| format!("failed to write {}", done.display()))
}
