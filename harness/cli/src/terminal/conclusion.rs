//! The end of a run on the terminal: the table and the summary.

use report::{RunReport, Spent};
use rundir::output;

use super::out;

/// Prints the table, if there are several versions, and the sum.
pub(crate) fn print(run: &RunReport) {
    if run.request.as_ref().is_some_and(|request| request.argo.len() > 1) {
        out::result(&report::matrix::text(&output::rows(run), &run.untested, out::style()));
    }
    let spent = Spent::of(run);
    let summary = report::summary(&output::verdicts(run), &run.untested, spent, out::style());
    out::result(&summary);
}
