//! A case in words, the same in the terminal and on the page.

use model::Case;
use model::claim::Requirement;
use model::known::KnownIssue;
use model::overlay::{Overlay, Target};
use model::step::Step;

use crate::verdict_words::known_issue;

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

/// A known issue without its claims and range.
pub(crate) fn known(issue: &KnownIssue) -> String {
    let fixed_in = issue.fixed_in().map(|version| version.to_string());
    let words = known_issue(fixed_in.as_deref(), &issue.issue);
    match &issue.rate {
        Some(rate) => format!("{words} (shows in {rate})"),
        None => words,
    }
}

/// The id without its variant, and the variant.
pub(crate) fn split_variant(case: &Case) -> (&str, Option<&str>) {
    match case.id.split_once('@') {
        Some((id, variant)) => (id, Some(variant)),
        None => (&case.id, None),
    }
}
