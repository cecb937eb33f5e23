//! Judges the mutants and counts.

use std::fmt;

use model::verdict::{Finding, Outcome};
use model::{Case, Claim, History};

use crate::decides;
use crate::operator::{Intent, OPERATORS, Operator};
use crate::repair::repair;

/// What came of a case's mutants.
#[derive(Clone, Debug)]
pub struct Score {
    /// Id of the case.
    pub case: String,
    /// What they were made of.
    pub base: Base,
    /// The claims, in the order of the case.
    pub claims: Vec<ClaimScore>,
    /// The leaves of the requirements, in the order of the case.
    pub requirements: Vec<PartScore>,
    /// The symptoms of the known issues, in the order of the case.
    pub symptoms: Vec<PartScore>,
}

/// A leaf of a claim or of a requirement, or a symptom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartScore {
    /// The leaf in words.
    pub part: String,
    /// The mutant on which it decides by itself: a claim passes with it and fails without it, or
    /// the other way round; a requirement is met only without it; a claim fails without the
    /// symptom. `None` if there is none.
    pub by: Option<String>,
}

/// What mutants were made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// A history as recorded, which passes.
    Recorded,
    /// A history that was recorded, does not pass, and was repaired ([`repair`]).
    Repaired,
}

/// What came of the mutants that are meant for one claim.
#[derive(Clone, Debug)]
pub struct ClaimScore {
    /// Id of the claim.
    pub claim: String,
    /// Each operator that is meant for it and found something to alter, with what came of it.
    pub hits: Vec<Hit>,
    /// Its leaves; one, unless the claim has an `all`, an `any` or more facts than one.
    pub leaves: Vec<PartScore>,
}

/// What came of one mutant for one claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Name of the operator.
    pub operator: &'static str,
    /// What had to come of it.
    pub intent: Intent,
    /// What came of it.
    pub outcome: Outcome,
    /// The judge's reason.
    pub because: String,
}

/// The history does not pass, even when it is repaired: there is nothing to begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPassing {
    /// Id of the case.
    pub case: String,
    /// Id of the first claim that does not pass.
    pub claim: String,
    /// Why.
    pub because: String,
}

impl fmt::Display for NotPassing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { case, claim, because } = self;
        write!(f, "claim {claim} of {case} does not pass to begin with: {because}")
    }
}

impl std::error::Error for NotPassing {}

impl Hit {
    /// Whether the mutant was noticed as intended.
    pub fn is_kill(&self) -> bool {
        match self.intent {
            Intent::Fail => self.outcome == Outcome::Fail,
            Intent::Unknown => self.outcome == Outcome::Unknown,
            Intent::NotPass => self.outcome != Outcome::Pass,
        }
    }

    /// Whether the judge was fooled: it said something that it could not know.
    pub fn is_fooled(&self) -> bool {
        self.intent != Intent::Fail && !self.is_kill()
    }
}

impl ClaimScore {
    /// Names of the operators that made it fail, as they are meant to.
    pub fn killers(&self) -> Vec<&'static str> {
        let kills = self.hits.iter().filter(|hit| hit.intent == Intent::Fail && hit.is_kill());
        kills.map(|hit| hit.operator).collect()
    }

    /// The leaves that decide nothing.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        idle(&self.leaves)
    }

    /// Whether some mutant that is meant for it made it fail.
    pub fn is_killed(&self) -> bool {
        !self.killers().is_empty()
    }
}

impl Score {
    /// The leaves of requirements that are never unmet for them alone.
    pub fn idle(&self) -> impl Iterator<Item = &str> {
        idle(&self.requirements)
    }

    /// The symptoms that every failure shows.
    pub fn idle_symptoms(&self) -> impl Iterator<Item = &str> {
        idle(&self.symptoms)
    }
}

fn idle(parts: &[PartScore]) -> impl Iterator<Item = &str> {
    parts.iter().filter(|part| part.by.is_none()).map(|part| part.part.as_str())
}

/// Judges a case on every mutant of a history of it.
///
/// # Errors
/// If the case does not pass on the history, nor on the repaired one.
pub fn redden(case: &Case, history: &History) -> Result<Score, NotPassing> {
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
    let Finding { outcome, because, .. } = finding;
    let (operator, intent) = (operator.name, operator.intent);
    relevant.then_some(Hit { operator, intent, outcome, because })
}

/// The history if the case passes on it, else the repaired one.
fn passing(case: &Case, history: &History) -> Result<(Base, History), NotPassing> {
    let Some(failed) = first_not_passing(case, history) else {
        return Ok((Base::Recorded, history.clone()));
    };
    let repaired = repair(history).filter(|h| first_not_passing(case, h).is_none());
    repaired.map(|history| (Base::Repaired, history)).ok_or_else(|| NotPassing {
        case: case.id.clone(),
        claim: failed.claim,
        because: failed.because,
    })
}

fn first_not_passing(case: &Case, history: &History) -> Option<Finding> {
    judge::judge(&case.claims, history).into_iter().find(|f| f.outcome != Outcome::Pass)
}
