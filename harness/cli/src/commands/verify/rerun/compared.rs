//! The verdicts of a statement beside those of a rerun.
//!
//! | the rerun of a decided verdict | outcome |
//! |---|---|
//! | it has no verdict, or *unknown* or *not applicable* | unknown |
//! | another verdict, or other claims failed | differs |
//! | the same, with other settings or another image of the controller | unknown |
//! | the same | agrees |
//!
//! Settings and digests of a statement are text of the vendor: they never excuse a difference.

use model::verdict::{CaseVerdict, Verdict};
use report::RunReport;
use report::run::ArgoReport;
use report::statement::{Conformance, Stated};

use super::choice::{Choice, is_decided};

/// One verdict of the statement, and what the rerun says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Compared {
    /// `CASE on Argo VERSION`
    pub(super) name: String,
    /// The outcome of the rerun.
    pub(super) outcome: Outcome,
}

/// The outcome of a rerun for one stated verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The same verdict.
    Agrees,
    /// Another one: both, in words.
    Differs(String),
    /// Neither: why, in words.
    Unknown(String),
}

/// Each decided verdict of a chosen case, in the order of the statement.
pub(super) fn with(choice: &Choice, stated: &Conformance, here: &RunReport) -> Vec<Compared> {
    let is_chosen = |one: &&Stated| {
        is_decided(one) && choice.cases.contains(&one.case) && choice.argo.contains(&one.argo)
    };
    let compared = |one: &Stated| {
        let argo = |all: &[ArgoReport]| all.iter().find(|a| a.versions.name() == one.argo).cloned();
        let found = here.verdicts.iter().map(|judged| &judged.verdict);
        let found = found.clone().find(|v| v.case == one.case && v.argo == one.argo);
        let outcome = match (found, argo(&stated.argo), argo(&here.argo)) {
            (Some(found), Some(there), Some(now)) => outcome(one, found, other(&there, &now)),
            (_, _, _) => Outcome::Unknown(missing(one, here)),
        };
        Compared { name: one.name(), outcome }
    };
    stated.verdicts.iter().filter(is_chosen).map(compared).collect()
}

/// The outcome of one verdict for a stated one. `other` names the difference of the installations.
fn outcome(stated: &Stated, found: &CaseVerdict, other: Option<String>) -> Outcome {
    let here = words(found.verdict, &found.failed_claims());
    let failed: Vec<&str> = stated.failed_claims.iter().map(String::as_str).collect();
    let there = words(stated.verdict, &failed);
    let both = format!("the statement says {there}, and the rerun says {here}");
    match (found.verdict, other) {
        (Verdict::Unknown | Verdict::NotApplicable, _) => {
            Outcome::Unknown(format!("{both}: {}", found.reason.raw()))
        }
        (_, None) if here == there => Outcome::Agrees,
        (_, Some(other)) if here == there => {
            Outcome::Unknown(format!("{both}, of another installation: {other}"))
        }
        (_, Some(other)) => {
            let of = format!("of another installation: {other}");
            Outcome::Differs(format!("{both}, {of}: {}", found.reason.raw()))
        }
        (_, None) => Outcome::Differs(format!("{both}: {}", found.reason.raw())),
    }
}

/// A verdict with the claims that failed, sorted.
fn words(verdict: Verdict, failed: &[&str]) -> String {
    let mut failed = failed.to_vec();
    failed.sort_unstable();
    match failed.as_slice() {
        [] => verdict.name().to_owned(),
        failed => format!("{} ({})", verdict.name(), failed.join(", ")),
    }
}

/// Why there is no verdict.
fn missing(stated: &Stated, here: &RunReport) -> String {
    let untested = here.untested.iter().find(|untested| untested.argo == stated.argo);
    untested.map_or_else(
        || format!("the rerun has no verdict on Argo {}", stated.argo),
        |untested| {
            format!("the rerun did not test Argo {}: {}", stated.argo, untested.reason.raw())
        },
    )
}

/// The difference that keeps two installations from being compared.
fn other(there: &ArgoReport, here: &ArgoReport) -> Option<String> {
    if there.settings != here.settings {
        return Some("the installation has other settings".to_owned());
    }
    there.images.iter().find_map(|image| {
        let same = |other: &&report::run::Image| other.component == image.component;
        let now = here.images.iter().find(same)?;
        let (was, now) = (image.digest.as_ref()?.raw(), now.digest.as_ref()?.raw());
        (was != now).then(|| format!("{} is {now} here, and {was} there", image.component))
    })
}

#[cfg(test)]
mod tests;
