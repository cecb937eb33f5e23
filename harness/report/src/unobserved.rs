//! The parts that a run did not observe in full: of a case, and of a whole run.

use std::collections::BTreeSet;

use model::history::Unobserved;
use model::verdict::CaseVerdict;

use crate::judged::Judged;
use crate::title::title;

/// The unobserved parts that count for a claim of the case, each once.
pub(crate) fn of_case(verdict: &CaseVerdict) -> BTreeSet<&Unobserved> {
    verdict.findings.iter().flat_map(|finding| &finding.unobserved).collect()
}

/// The unobserved parts of a run in words, each once: `Argo VERSION: not observed: PART: REASON`.
/// The text is foreign: its writer escapes it.
pub(crate) fn of_run(verdicts: &[Judged]) -> BTreeSet<String> {
    let verdicts = verdicts.iter().map(|judged| &judged.verdict);
    let parts = verdicts.flat_map(|verdict| {
        let words = |part| format!("Argo {}: not observed: {part}", title(&verdict.argo));
        of_case(verdict).into_iter().map(words)
    });
    parts.collect()
}
