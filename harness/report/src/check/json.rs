//! The results of a check for programs. The schema is `schemas/check-1.json`.

use super::CheckReport;

/// The text of the document, with its newline.
pub fn json(report: &CheckReport) -> String {
    // A struct of numbers and text always serializes.
    serde_json::to_string_pretty(report).unwrap_or_default() + "\n"
}
