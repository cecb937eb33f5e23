//! What was found, short enough to be kept in the repository.
//!
//! `ci/measured.json` is a list of these: written by `argo-conformance matrix`, read by
//! `cargo ci codegen` for the table of the catalogue.

use model::verdict::{CaseVerdict, Verdict};
use serde::{Deserialize, Serialize};

/// What was found for a case on a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Id of the case.
    pub case: String,
    /// Version of Argo; where components differ, the name of the installation.
    pub argo: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Ids of the claims that failed.
    pub failed_claims: Vec<String>,
}

impl From<&CaseVerdict> for Measured {
    fn from(verdict: &CaseVerdict) -> Self {
        Self {
            case: verdict.case.clone(),
            argo: verdict.argo.clone(),
            verdict: verdict.verdict,
            failed_claims: verdict.failed_claims().into_iter().map(str::to_owned).collect(),
        }
    }
}

/// The file's text: one row a line, sorted, so that two measurements can be compared line by line.
pub fn write(rows: &[Measured]) -> String {
    let lines = rows.iter().map(|row| {
        let key = (row.case.clone(), version_key(&row.argo));
        let line = serde_json::json!({
            "case": row.case,
            "argo": row.argo,
            "verdict": row.verdict.name(),
            "failed_claims": row.failed_claims,
        });
        (key, line.to_string())
    });
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    let lines: Vec<String> = lines.into_iter().map(|(_, line)| format!("  {line}")).collect();
    if lines.is_empty() {
        return "[]\n".to_owned();
    }
    format!("[\n{}\n]\n", lines.join(",\n"))
}

/// Reads the file's text.
///
/// # Errors
/// When it is not a list of rows; with line and column.
pub fn read(text: &str) -> Result<Vec<Measured>, serde_json::Error> {
    serde_json::from_str(text)
}

/// Sorts versions by precedence, and what is no version after them, by name.
pub(crate) fn version_key(argo: &str) -> (bool, Option<semver::Version>, String) {
    let version = argo.parse().ok();
    (version.is_none(), version, argo.to_owned())
}
