//! The judgement of mutants, and its score.

use std::fmt;

use model::verdict::{Finding, Outcome};
use model::{Case, Claim, History, Untrusted};

use crate::decides;
use crate::hit::{Hit, PartScore};
use crate::operator::{Intent, OPERATORS, Operator};
use crate::repair::repair;

/// The score of a case: the outcomes on its mutants.
#[derive(Clone, Debug)]
pub struct Score {
    /// Id of the case.
    pub case: String,
    /// The history behind the mutants: recorded or repaired.
    pub base: Base,
    /// The claims, in the order of the case.
    pub claims: Vec<ClaimScore>,
    /// The leaves of the requirements, in the order of the case.
    pub requirements: Vec<PartScore>,
    /// The symptoms of the known issues, in the order of the case.
    pub symptoms: Vec<PartScore>,
}

/// The origin of the history behind the mutants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// A recorded history, which passes.
    Recorded,
    /// A recorded history that does not pass, after the repair ([`repair`]).
    Repaired,
}

/// The score of one claim: the outcomes on the mutants that are meant for the claim.
#[derive(Clone, Debug)]
pub struct ClaimScore {
    /// Id of the claim.
    pub claim: String,
    /// The outcome for each operator that is meant for the claim and altered the history.
    pub hits: Vec<Hit>,
    /// The leaves of all facts of the claim, the main fact first.
    pub leaves: Vec<PartScore>,
}

/// The error of [`mutate()`]: the case passes neither on the history nor on the repaired one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPassing {
    /// Id of the case.
    pub case: String,
    /// Id of the first claim that does not pass.
    pub claim: String,
    /// Reason of the finding, in words.
    pub reason: Untrusted,
}

impl fmt::Display for NotPassing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, claim, reason } = self;
        write!(f, "claim {claim} of {case} does not pass to begin with: {}", reason.raw())
    }
}

impl std::error::Error for NotPassing {}

impl ClaimScore {
    /// Names of the operators with the intent [`Intent::Fail`] on whose mutants the claim fails.
    pub fn killers(&self) -> Vec<&'static str> {
        let kills = self.hits.iter().filter(|hit| hit.intent == Intent::Fail && hit.is_kill());
        kills.map(|hit| hit.operator).collect()
    }

    /// The leaves that decide on no history.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        idle(&self.leaves)
    }

    /// Whether the claim fails on at least one mutant that is meant for the claim.
    pub fn is_killed(&self) -> bool {
        !self.killers().is_empty()
    }
}

impl Score {
    /// The leaves of requirements that decide on no history.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        idle(&self.requirements)
    }

    /// The symptoms that every failure has.
    pub fn idle_symptoms(&self) -> impl Iterator<Item = &str> {
        idle(&self.symptoms)
    }
}

fn idle(parts: &[PartScore]) -> impl Iterator<Item = &str> {
    parts.iter().filter(|part| part.by.is_none()).map(|part| part.part.as_str())
}

/// Judges a case on every mutant of a history of the case.
///
/// # Errors
/// If the case passes neither on the history nor on the repaired one.
pub fn mutate(case: &Case, history: &History) -> Result<Score, NotPassing> {
    let (base, history) = passing(case, history)?;
    let mut claims: Vec<ClaimScore> = Vec::new();
    for claim in &case.claims.claims {
        claims.push(ClaimScore { claim: claim.id.clone(), hits: Vec::new(), leaves: Vec::new() });
    }
    for operator in OPERATORS.iter().copied().flatten() {
        let meant = case.claims.claims.iter().any(|claim| operator.is_meant_for(claim));
        let Some(mutant) = meant.then(|| (operator.mutate)(&history)).flatten() else { continue };
        let findings = judge::judge(&case.claims, &mutant);
        for ((claim, finding), score) in case.claims.claims.iter().zip(findings).zip(&mut claims) {
            score.hits.extend(hit(operator, claim, finding, score));
        }
    }
    for (claim, score) in case.claims.claims.iter().zip(&mut claims) {
        score.hits.extend(decides::killing_families(&case.claims, claim, &history));
        let killer = score.killers().first().copied();
        score.leaves = decides::of_claim(&case.claims, claim, &history, killer);
        score.leaves.extend(decides::of_regardless(&case.claims, claim, &history));
    }
    let requirements = decides::of_requirements(&case.claims, &history);
    let symptoms = decides::of_symptoms(&case.claims, &history);
    Ok(Score { case: case.id.clone(), base, claims, requirements, symptoms })
}

fn hit(operator: &Operator, claim: &Claim, finding: Finding, so_far: &ClaimScore) -> Option<Hit> {
    let twin_failed = |twin| so_far.hits.iter().any(|hit| hit.operator == twin && hit.is_kill());
    let relevant = operator.is_meant_for(claim) && operator.twin.is_none_or(twin_failed);
    let Finding { outcome, reason, .. } = finding;
    let (operator, intent) = (operator.name, operator.intent);
    relevant.then_some(Hit { operator, intent, outcome, reason })
}

/// The history if the case passes there, else the repaired history.
fn passing(case: &Case, history: &History) -> Result<(Base, History), NotPassing> {
    let Some(failed) = first_not_passing(case, history) else {
        return Ok((Base::Recorded, history.clone()));
    };
    let repaired = repair(history).filter(|h| first_not_passing(case, h).is_none());
    repaired.map(|history| (Base::Repaired, history)).ok_or_else(|| NotPassing {
        case: case.id.clone(),
        claim: failed.claim,
        reason: failed.reason,
    })
}

fn first_not_passing(case: &Case, history: &History) -> Option<Finding> {
    judge::judge(&case.claims, history).into_iter().find(|f| f.outcome != Outcome::Pass)
}
