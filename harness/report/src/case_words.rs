//! The words of a case, for the terminal and for the catalogue.

use model::claim::Requirement;
use model::known::KnownIssue;
use model::overlay::{Overlay, Target};
use model::step::Step;
use model::{Case, ReleaseLine};

/// The name of a step and the words of its action.
pub(crate) fn step(step: &Step) -> (String, String) {
    (step.name.clone(), step.act.to_string())
}

/// A requirement in words, with the step or `at some moment`.
pub(crate) fn requirement(requirement: &Requirement) -> String {
    match &requirement.at {
        Some(step) => format!("when step {step} began: {}", requirement.fact),
        None => format!("at some moment: {}", requirement.fact),
    }
}

/// An overlay: the changed object and the versions, then the reason.
pub(crate) fn overlay(overlay: &Overlay) -> (String, String) {
    let object = match &overlay.target {
        Target::Workflow => "the workflow",
        Target::Applied(file) => file,
    };
    (format!("{object}, {}", overlay.versions), overlay.reason.clone())
}

/// A known issue with its fixed releases and its lines without a fix, without its claims. A known
/// issue of pairs has neither.
pub(crate) fn known(case: &Case, issue: &KnownIssue) -> String {
    let predicted = if issue.predicted { " (predicted)" } else { "" };
    let (mut fixes, mut open) = (Vec::new(), Vec::new());
    let own = |line: &ReleaseLine| issue.lines().any(|(of, _)| of == line);
    for (line, end) in case.ends(issue).iter().filter(|(line, _)| own(line)) {
        match &end.fix {
            Some(fix) => fixes.push(fix.to_string()),
            None => open.push(line.to_string()),
        }
    }
    let parts =
        [("fixed in", fixes), ("open in", open)].map(|(words, places)| match places.len() {
            0 => String::new(),
            _ => format!(", {words} {}", places.join(", ")),
        });
    let rate = issue.rate.as_ref().map(|rate| format!(" (shows in {rate})")).unwrap_or_default();
    format!("known issue{predicted}{}: {}{rate}", parts.concat(), issue.issue)
}

/// The id without its variant, and the variant.
pub(crate) fn split_variant(case: &Case) -> (&str, Option<&str>) {
    match case.id.split_once('@') {
        Some((id, variant)) => (id, Some(variant)),
        None => (&case.id, None),
    }
}
