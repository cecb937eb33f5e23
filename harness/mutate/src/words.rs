//! Scores in words.

use crate::hit::PartScore;
use crate::operator::{Intent, OPERATORS};
use crate::score::{Base, ClaimScore, Score};

/// Numbers over all cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Number of claims.
    pub claims: usize,
    /// Claims that fail on a mutant that is meant for the claim.
    pub killed: usize,
    /// Number of leaves of claims.
    pub leaves: usize,
    /// Leaves of claims that decide alone on a history.
    pub deciding: usize,
    /// Number of leaves of requirements.
    pub requirements: usize,
    /// Leaves of requirements that decide alone on a history.
    pub unmet: usize,
    /// Number of symptoms of known issues.
    pub symptoms: usize,
    /// Symptoms without which a claim fails on a mutant.
    pub shown: usize,
    /// Mutants with the intent [`Intent::Fail`], counted once for each claim.
    pub faults: usize,
    /// Mutants with the intent [`Intent::Fail`] on which the claim fails.
    pub noticed: usize,
    /// Mutants with another intent, counted once for each claim.
    pub blurs: usize,
    /// Mutants with another intent on which the outcome is the intended one.
    pub seen_through: usize,
}

impl Total {
    /// The numbers over these scores.
    pub fn of(scores: &[Score]) -> Self {
        let mut total = Self::default();
        for requirement in scores.iter().flat_map(|score| &score.requirements) {
            total.requirements += 1;
            total.unmet += usize::from(requirement.by.is_some());
        }
        for symptom in scores.iter().flat_map(|score| &score.symptoms) {
            total.symptoms += 1;
            total.shown += usize::from(symptom.by.is_some());
        }
        for claim in scores.iter().flat_map(|score| &score.claims) {
            total.claims += 1;
            total.killed += usize::from(claim.is_killed());
            total.leaves += claim.leaves.len();
            total.deciding += claim.leaves.len() - claim.idle().count();
            for hit in &claim.hits {
                let (all, good) = match hit.intent {
                    Intent::Fail => (&mut total.faults, &mut total.noticed),
                    Intent::Unknown | Intent::NotPass => {
                        (&mut total.blurs, &mut total.seen_through)
                    }
                };
                *all += 1;
                *good += usize::from(hit.is_kill());
            }
        }
        total
    }
}

/// The operators that kill the claim, else the operators that the claim survives.
fn fate(claim: &ClaimScore) -> String {
    let faults = claim.hits.iter().filter(|hit| hit.intent == Intent::Fail);
    let faults: Vec<&str> = faults.map(|hit| hit.operator).collect();
    match (claim.killers().as_slice(), faults.as_slice()) {
        ([], []) => "SURVIVES, for no operator is meant for it".to_owned(),
        ([], faults) => format!("SURVIVES {}", faults.join(", ")),
        (killers, _) => killers.join(", "),
    }
}

/// The line of a leaf, with the history on which the leaf decides.
fn leaf(PartScore { part, by }: &PartScore) -> String {
    let by = by.as_deref().unwrap_or("DECIDES NOTHING");
    format!("    {part}: {by}")
}

/// The scores in lines: the claims with the operators that kill them, then the totals.
pub fn words(scores: &[Score]) -> Vec<String> {
    let mut lines = Vec::new();
    for score in scores {
        let note = match score.base {
            Base::Recorded => "",
            Base::Repaired => " (on a repaired history: the one recorded does not pass)",
        };
        lines.push(format!("{}{note}", score.case));
        for claim in &score.claims {
            lines.push(format!("  {:<22} {}", claim.claim, fate(claim)));
            if claim.leaves.len() > 1 {
                lines.extend(claim.leaves.iter().map(leaf));
            }
        }
        if !score.requirements.is_empty() {
            lines.push("  requires".to_owned());
            lines.extend(score.requirements.iter().map(leaf));
        }
        if !score.symptoms.is_empty() {
            lines.push("  shows".to_owned());
            lines.extend(score.symptoms.iter().map(leaf));
        }
    }
    let total = Total::of(scores);
    let Total { claims, killed, faults, noticed, blurs, seen_through, .. } = total;
    let Total { leaves, deciding, requirements, unmet, symptoms, shown, .. } = total;
    let operators = OPERATORS.iter().map(|table| table.len()).sum::<usize>();
    lines.push(String::new());
    lines
        .push(format!("mutation score: {killed} of {claims} claims killed, {operators} operators"));
    lines.push(format!("leaves that decide by themselves: {deciding} of {leaves}"));
    lines.push(format!("requirements unmet for one leaf alone: {unmet} of {requirements}"));
    lines.push(format!("symptoms that a failure can lack: {shown} of {symptoms}"));
    lines.push(format!("faults made to fail: {noticed} of {faults} mutants"));
    lines.push(format!("blurred histories not believed: {seen_through} of {blurs} mutants"));
    lines
}
