//! Recorded upgrades that their mutants no longer prove.

use std::path::Path;

use judge::Judge;
use model::parse::{CaseFiles, cases};
use model::verdict::Outcome;
use model::{Claims, History};
use mutate::OPERATORS;
use rstest::rstest;

use crate::operators::kept;

/// The claims of a case. Its id may name a variant.
fn claims(id: &str) -> Claims {
    let directory = id.split('@').next().unwrap_or(id);
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").join(directory);
    let read = |name: &str| {
        let text = std::fs::read_to_string(place.join(name)).expect("it is there");
        (name.to_owned(), text)
    };
    let files = ["case.yaml", "workflow.yaml"].map(read);
    let read = cases(&CaseFiles { directory: &place, id: directory, files: &files });
    let read = read.unwrap_or_else(|errors| panic!("{errors:#?}"));
    read.into_iter().find(|case| case.id == id).expect("a case").claims
}

fn outcomes(claims: &Claims, history: &History) -> Vec<Outcome> {
    let mut judge = Judge::new(&history.header, claims);
    history.events.iter().for_each(|event| judge.push(event));
    judge.finish().into_iter().map(|finding| finding.outcome).collect()
}

/// The recorded history of a case passes, and each claim is unknown after an operator.
pub(crate) fn passes_nothing(id: &str, history: &str, operator: &str) {
    let (claims, history) = (claims(id), kept(history));
    let recorded = outcomes(&claims, &history);
    assert!(recorded.iter().all(|outcome| *outcome == Outcome::Pass), "{recorded:?}");
    let found = OPERATORS.iter().copied().flatten().find(|found| found.name == operator);
    let mutant = (found.expect("an operator").mutate)(&history).expect("a mutant");
    let mutant = outcomes(&claims, &mutant);
    let unknown = |outcome: &Outcome| matches!(outcome, Outcome::Unknown(_));
    assert!(mutant.iter().all(unknown), "{mutant:?}");
}

/// The upgrade did not happen, happened before the hold, or is not shown: every claim is unknown.
#[rstest]
fn an_upgrade_without_a_proof_passes_nothing(
    #[values("running-pod", "suspended")] case: &str,
    #[values(
        "replacement-not-shown",
        "replacement-did-not-happen",
        "old-controller-stays",
        "old-controller-leads",
        "replacement-before-submit"
    )]
    name: &str,
) {
    passes_nothing(&format!("upgrade/{case}"), &format!("upgrade.{case}"), name);
}
