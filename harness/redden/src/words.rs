//! Scores in words.

use crate::operator::{Intent, OPERATORS};
use crate::score::{Base, Score};

/// How many of what, over all cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Claims.
    pub claims: usize,
    /// Claims that some mutant made fail.
    pub killed: usize,
    /// Mutants in which something went wrong, once for each claim that they are meant for.
    pub faults: usize,
    /// Those that the claim failed on.
    pub noticed: usize,
    /// Mutants that were not seen well enough, counted in the same way.
    pub blurs: usize,
    /// Those that the judge did not believe.
    pub seen_through: usize,
}

impl Total {
    /// Of these scores.
    pub fn of(scores: &[Score]) -> Self {
        let mut total = Self::default();
        for claim in scores.iter().flat_map(|score| &score.claims) {
            total.claims += 1;
            total.killed += usize::from(claim.is_killed());
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

/// The score, a line each: by claim with the operators that kill it, and in all.
pub fn words(scores: &[Score]) -> Vec<String> {
    let mut lines = Vec::new();
    for score in scores {
        let note = match score.base {
            Base::Recorded => "",
            Base::Repaired => " (on a repaired history: the one recorded does not pass)",
        };
        lines.push(format!("{}{note}", score.case));
        for claim in &score.claims {
            let killers = claim.killers();
            let word = if killers.is_empty() { "SURVIVES".to_owned() } else { killers.join(", ") };
            lines.push(format!("  {:<22} {word}", claim.claim));
        }
    }
    let Total { claims, killed, faults, noticed, blurs, seen_through } = Total::of(scores);
    let operators = OPERATORS.iter().map(|table| table.len()).sum::<usize>();
    lines.push(String::new());
    lines
        .push(format!("mutation score: {killed} of {claims} claims killed, {operators} operators"));
    lines.push(format!("faults made to fail: {noticed} of {faults} mutants"));
    lines.push(format!("blurred histories not believed: {seen_through} of {blurs} mutants"));
    lines
}
