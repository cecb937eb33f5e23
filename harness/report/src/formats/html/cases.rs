//! The cases in one section for each verdict, failures first.

use model::verdict::Verdict;

use super::{ORDER, case, class};
use crate::evidence::Evidence;

/// The sections of the verdicts that need a look, or of the others, in the order of [`ORDER`].
/// Cases that need a look are open. A section keeps the order of the run.
pub(super) fn sections(evidence: &Evidence, need_a_look: bool) -> String {
    let verdicts = ORDER.into_iter().filter(|verdict| needs_a_look(*verdict) == need_a_look);
    verdicts.map(|verdict| section(evidence, verdict, need_a_look)).collect()
}

fn section(evidence: &Evidence, verdict: Verdict, open: bool) -> String {
    let judged = evidence.run.verdicts.iter().enumerate();
    let judged = judged.filter(|(_, judged)| judged.verdict.verdict == verdict);
    let cases: Vec<String> = judged
        .map(|(index, judged)| case::details(evidence, judged, &format!("case-{index}"), open))
        .collect();
    if cases.is_empty() {
        return String::new();
    }
    let (class, heading, count) = (class(verdict), heading(verdict), cases.len());
    format!(
        "<section class=\"cases\" aria-labelledby=\"cases-{class}\">\n\
         <h2 id=\"cases-{class}\">{heading} ({count})</h2>\n{}</section>\n",
        cases.concat()
    )
}

fn needs_a_look(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Fail | Verdict::Unknown | Verdict::Fixed => true,
        Verdict::KnownIssue | Verdict::NotApplicable | Verdict::Pass => false,
    }
}

fn heading(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Fail => "Failures",
        Verdict::Unknown => "Unknown",
        Verdict::Fixed => "Fixed",
        Verdict::KnownIssue => "Known issues",
        Verdict::NotApplicable => "Not applicable",
        Verdict::Pass => "Passes",
    }
}
