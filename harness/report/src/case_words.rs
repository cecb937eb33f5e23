//! A case in words, the same in the terminal and on the page.

use model::Case;
use model::claim::Requirement;
use model::known::KnownIssue;
use model::overlay::{Overlay, Target};
use model::step::Step;

/// A step: what it does, after its name.
pub(crate) fn step(step: &Step) -> (String, String) {
    (step.name.clone(), step.act.to_string())
}

/// A precondition.
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
    (format!("{object}, {}", overlay.versions), overlay.because.clone())
}

/// A known issue without its claims and releases: the fixed releases, and the lines without one.
pub(crate) fn known(case: &Case, issue: &KnownIssue) -> String {
    let predicted = if issue.predicted { " (predicted)" } else { "" };
    let (mut fixes, mut open) = (Vec::new(), Vec::new());
    for (line, end) in case.ends(issue).iter().filter(|(line, _)| issue.lines.contains_key(line)) {
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
