//! The end of a run on the terminal: the table and the summary.

use std::time::Duration;

use report::RunReport;
use rundir::output;

use super::out;

/// Prints the table, if there are several versions, and the sum.
pub(crate) fn print(run: &RunReport) {
    if run.request.as_ref().is_some_and(|request| request.argo.len() > 1) {
        out::result(&report::matrix::text(&output::rows(run), &run.untested, out::style()));
    }
    let elapsed = Duration::from_millis(run.elapsed_ms);
    let summary = report::summary(&output::verdicts(run), &run.untested, elapsed, out::style());
    out::result(&summary);
}
