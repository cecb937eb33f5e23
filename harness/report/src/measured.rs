//! Verdicts of a run in a short form for the repository.
//!
//! `ci/measured.json` is a list of rows. The command `argo-conformance matrix` writes the file, and
//! `cargo ci codegen` reads it for the table of the catalogue.

use std::collections::BTreeMap;

use model::ReleaseLine;
use model::verdict::{CaseVerdict, Verdict};
use semver::Version;
use serde::{Deserialize, Serialize};

/// The verdict of a case on a version.
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

/// The text of the file, with one sorted row a line. Two measurements can be compared line by line.
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

/// Reads the text of the file.
///
/// # Errors
/// If the text is not a list of rows; the error has line and column.
pub fn read(text: &str) -> Result<Vec<Measured>, serde_json::Error> {
    serde_json::from_str(text)
}

/// The last release of each line that the rows name, in ascending order.
pub fn last_releases(rows: &[Measured]) -> Vec<Version> {
    let releases = rows.iter().filter_map(|row| row.argo.parse::<Version>().ok());
    let releases = releases.filter(|one| one.pre.is_empty() && one.build.is_empty());
    let mut lines: BTreeMap<ReleaseLine, Version> = BTreeMap::new();
    for release in releases {
        let last = lines.entry(ReleaseLine::of(&release)).or_insert_with(|| release.clone());
        if *last < release {
            *last = release;
        }
    }
    lines.into_values().collect()
}

/// The sort key of a version: by precedence, then other names by text.
pub(crate) fn version_key(argo: &str) -> (bool, Option<Version>, String) {
    let version = argo.parse().ok();
    (version.is_none(), version, argo.to_owned())
}
