//! Recorded failovers that their mutants no longer prove.

use std::path::Path;

use judge::Judge;
use model::parse::{CaseFiles, cases};
use model::verdict::Outcome;
use model::{Claims, History};
use mutate::OPERATORS;
use rstest::rstest;

use crate::operators::kept;

fn claims(directory: &str, id: &str) -> Claims {
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

/// The failover did not happen, is not shown, or left two leaders: every claim is unknown.
#[rstest]
fn a_failover_without_a_proof_passes_nothing(
    #[values("killed", "frozen@pods-kept", "lost-lease")] case: &str,
    #[values(
        "failover-not-shown",
        "failover-did-not-happen",
        "two-leaders",
        "old-leader-lives",
        "replacement-before-submit"
    )]
    name: &str,
) {
    let directory = case.split('@').next().unwrap_or(case);
    let claims = claims(&format!("failover/{directory}"), &format!("failover/{case}"));
    let history = kept(&format!("failover.{directory}"));
    let recorded = outcomes(&claims, &history);
    assert!(recorded.iter().all(|outcome| *outcome == Outcome::Pass), "{recorded:?}");
    let operator = OPERATORS.iter().copied().flatten().find(|operator| operator.name == name);
    let mutant = (operator.expect("an operator").mutate)(&history).expect("a mutant");
    let mutant = outcomes(&claims, &mutant);
    let unknown = |outcome: &Outcome| matches!(outcome, Outcome::Unknown(_));
    assert!(mutant.iter().all(unknown), "{mutant:?}");
}
