//! Reads the cases and the measured verdicts.

use std::path::Path;

use model::Case;
use model::discover::{self, Found};
use report::Measured;

use crate::problem::Problem;

/// Directory of the cases, from the root.
pub const CASES: &str = "cases";
/// File of the measured verdicts, from the root.
pub const MEASURED: &str = "ci/measured.json";

/// Reads the cases and the measured verdicts. A missing file has no verdicts.
///
/// # Errors
/// Every problem of a file that cannot be read.
pub fn read(root: &Path) -> Result<(Vec<Case>, Vec<Measured>), Vec<Problem>> {
    let mut problems = Vec::new();
    let Found { cases, diagnostics } = discover::cases(&root.join(CASES));
    for diagnostic in diagnostics {
        let file = diagnostic.file.strip_prefix(root).unwrap_or(&diagnostic.file);
        let remedy = diagnostic.hint.as_deref().unwrap_or("correct it");
        let file = file.display().to_string();
        problems.push(Problem::at(&file, diagnostic.line, diagnostic.message, remedy));
    }
    let measured = measured(root).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    if problems.is_empty() { Ok((cases, measured)) } else { Err(problems) }
}

fn measured(root: &Path) -> Result<Vec<Measured>, Problem> {
    let again = "measure again: `argo-conformance matrix` writes it";
    match std::fs::read_to_string(root.join(MEASURED)) {
        Ok(text) => report::measured::read(&text).map_err(|error| {
            Problem::at(MEASURED, error.line(), format!("is no measurement: {error}"), again)
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Problem::of(MEASURED, format!("cannot be read: {error}"), again)),
    }
}
