//! A whole run for a terminal.

use model::verdict::CaseVerdict;

use crate::counts::Spent;
use crate::evidence::Evidence;
use crate::matrix;
use crate::measured::Measured;
use crate::run::what_ran;
use crate::shares;
use crate::style::{Style, tame};

/// The text: installations, cases, the table of several versions, mutation tests, shares of time,
/// counts.
pub fn text(evidence: &Evidence, style: Style) -> String {
    let run = &evidence.run;
    let verdicts: Vec<CaseVerdict> = run.verdicts.iter().map(|j| j.verdict.clone()).collect();
    let mut text = what_ran(run) + "\n";
    for judged in &run.verdicts {
        text += &crate::line(judged, style);
    }
    if run.argo.len() + run.untested.len() > 1 {
        let rows: Vec<Measured> = verdicts.iter().map(Measured::from).collect();
        text += &format!("\n{}", matrix::text(&rows, &run.untested, style));
    }
    if let Some(detection) = &evidence.detection {
        text += &format!("\n{}\n", tame(&detection.words()));
    }
    if let Some(shares) = shares::words(evidence) {
        text += &format!("\n{shares}\n");
    }
    text + "\n" + &crate::summary(&verdicts, &run.untested, Spent::of(run), style)
}
