//! The measured table of this project, at the revision of the program.

use anyhow::Context;
use report::Measured;

/// The text of the table. Its rows name the project's cases.
const TEXT: &str = include_str!("../../../ci/measured.json");

/// The rows of the table. A case without a row is taken as declared.
pub(crate) fn rows() -> anyhow::Result<Vec<Measured>> {
    report::measured::read(TEXT).context("failed to read the measured table")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_measured_table_can_be_read() {
        let rows = super::rows().expect("a table");
        assert!(rows.iter().any(|row| row.argo == "3.5.10"));
    }
}
