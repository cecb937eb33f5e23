//! A test of each leaf of a claim and of each requirement: the leaf decides alone on a history.
//!
//! A leaf of a claim *decides* on a history if the outcome differs with and without the leaf. One
//! outcome is pass, the other is fail. All other leaves are the same in both claims, so the leaf
//! alone is the cause. A leaf that is the whole claim decides where the claim fails.
//!
//! | the leaf | the claim without the leaf | the leaf decides on |
//! |---|---|---|
//! | of an `all` that must hold | asks for less | a mutant that only this leaf fails on |
//! | of an `any` that must hold | asks for more | a history that passes only for this leaf |
//! | of an `all` that must not hold | asks for more | a history that passes only for this leaf |
//! | of an `any` that must not hold | asks for less | a mutant that only this leaf fails on |
//!
//! A history that passes only for one leaf is the passing history or a mutant of a mutant. The
//! second alteration is of the leaf's own things, on a mutant that the claim fails on.

use model::claim::{Claims, Modality, OBSERVED, Requirement};
use model::verdict::{Finding, Outcome};
use model::{Claim, Fact, History, Symptom, Truth};

use crate::hit::{Hit, PartScore};
use crate::leaf::{Leaf, leaves, paths, without};
use crate::operator::{Intent, OPERATORS, unhealthy};
use crate::part::families;

/// The name of the unaltered history.
const ITSELF: &str = "the history itself";

/// A mutant and the name of its operator.
struct Mutant {
    by: String,
    history: History,
}

/// Each leaf of a claim, with the history on which the leaf decides. The whole claim fails on the
/// mutant of the operator `killer`.
pub(crate) fn of_claim(
    claims: &Claims,
    claim: &Claim,
    history: &History,
    killer: Option<&'static str>,
) -> Vec<PartScore> {
    let score = |leaf: Leaf| {
        let by = match leaf.dropped(claim) {
            None => killer.map(str::to_owned),
            Some(dropped) => decided(claims, claim, &dropped, &leaf, history),
        };
        PartScore { part: leaf.words(), by }
    };
    leaves(claim).into_iter().map(score).collect()
}

/// The part that a claim judges regardless of, with a mutant on which that decides. The part is
/// unhealthy there, the claim fails, and a claim that heeds every part is unknown.
pub(crate) fn of_regardless(
    claims: &Claims,
    claim: &Claim,
    history: &History,
) -> Option<PartScore> {
    let part = claim.regardless?;
    let heeding = Claim { regardless: None, ..claim.clone() };
    let pair =
        Claims { requires: Vec::new(), claims: vec![claim.clone(), heeding], ..claims.clone() };
    let decides = |mutant: &Mutant| {
        let found = judge::judge(&pair, &unhealthy(&mutant.history, part));
        matches!((found[0].outcome, found[1].outcome), (Outcome::Fail, Outcome::Unknown(_)))
    };
    let found = of_each_leaf(claim, history).into_iter().find(decides);
    let name = part.name();
    let by = found.map(|mutant| format!("{} with the {name} unhealthy", mutant.by));
    Some(PartScore { part: format!("regardless of the {name}"), by })
}

/// Each family with a mutant on which the claim fails.
pub(crate) fn killing_families(claims: &Claims, claim: &Claim, history: &History) -> Vec<Hit> {
    let one = Claims { claims: vec![claim.clone()], ..claims.clone() };
    let meant =
        families().filter(|family| leaves(claim).iter().any(|l| (family.meant_for)(&l.fact)));
    let hits = meant.filter_map(|family| {
        let judged = |mutant| judge::judge(&one, &mutant).remove(0);
        let mut findings = (family.mutants)(history).into_iter().map(judged);
        let Finding { outcome, reason, .. } = findings.find(|f| f.outcome == Outcome::Fail)?;
        Some(Hit { operator: family.name, intent: Intent::Fail, outcome, reason })
    });
    hits.collect()
}

fn decided(
    claims: &Claims,
    claim: &Claim,
    dropped: &Claim,
    leaf: &Leaf,
    history: &History,
) -> Option<String> {
    let pair = Claims {
        requires: Vec::new(),
        claims: vec![claim.clone(), dropped.clone()],
        ..claims.clone()
    };
    let decides = |history: &History| {
        let found = judge::judge(&pair, history);
        let outcomes = (found[0].outcome, found[1].outcome);
        matches!(outcomes, (Outcome::Pass, Outcome::Fail) | (Outcome::Fail, Outcome::Pass))
    };
    if decides(history) {
        return Some(ITSELF.to_owned());
    }
    let meant = meant_for(&leaf.fact, &leaf.alone(claim), history);
    if let Some(mutant) = meant.into_iter().find(|mutant| decides(&mutant.history)) {
        return Some(mutant.by);
    }
    let one = Claims { claims: vec![claim.clone()], ..pair.clone() };
    let fails = |mutant: &Mutant| judge::judge(&one, &mutant.history)[0].outcome == Outcome::Fail;
    for killer in of_each_leaf(claim, history).into_iter().filter(fails) {
        let altered = of_families(&leaf.fact, &killer.history);
        if let Some(mutant) = altered.into_iter().find(|mutant| decides(&mutant.history)) {
            return Some(format!("{} with {}", killer.by, mutant.by));
        }
    }
    None
}

/// The mutants of a history that are meant for a leaf of the claim.
fn of_each_leaf(claim: &Claim, history: &History) -> Vec<Mutant> {
    let leaves = leaves(claim);
    leaves.iter().flat_map(|leaf| meant_for(&leaf.fact, &leaf.alone(claim), history)).collect()
}

/// The mutants of a history that are meant for a leaf, or for a claim with this leaf alone.
fn meant_for(leaf: &Fact, alone: &Claim, history: &History) -> Vec<Mutant> {
    let operators = OPERATORS.iter().copied().flatten();
    let meant = operators.filter(|o| o.intent == Intent::Fail && (o.meant_for)(alone));
    let mutants = meant.filter_map(|operator| {
        let history = (operator.mutate)(history)?;
        Some(Mutant { by: operator.name.to_owned(), history })
    });
    mutants.chain(of_families(leaf, history)).collect()
}

fn of_families(leaf: &Fact, history: &History) -> Vec<Mutant> {
    let meant = families().filter(|family| (family.meant_for)(leaf));
    let mutants = meant.flat_map(|family| {
        let mutants = (family.mutants)(history).into_iter();
        mutants.map(|history| Mutant { by: family.name.to_owned(), history })
    });
    mutants.collect()
}

/// Each symptom, with a mutant on which a claim of its known issue fails without the symptom. A
/// symptom of every failure does not distinguish the known issue.
pub(crate) fn of_symptoms(claims: &Claims, history: &History) -> Vec<PartScore> {
    let score = |symptom: &Symptom| {
        let mut own = claims.claims.iter().filter(|claim| symptom.claims.contains(&claim.id));
        let by = own.find_map(|claim| failed_without(claims, claim, symptom, history));
        PartScore { part: symptom.fact.to_string(), by }
    };
    claims.symptoms.iter().map(score).collect()
}

/// The mutant on which the claim fails without the symptom.
fn failed_without(
    claims: &Claims,
    claim: &Claim,
    symptom: &Symptom,
    history: &History,
) -> Option<String> {
    let one = Claims {
        requires: Vec::new(),
        claims: vec![claim.clone()],
        symptoms: vec![symptom.clone()],
        ..claims.clone()
    };
    let lacks = |history: &History| {
        let found = judge::judge(&one, history).remove(0);
        found.outcome == Outcome::Fail && found.symptoms.iter().all(|s| s.truth == Truth::False)
    };
    let mutants = of_each_leaf(claim, history);
    if let Some(mutant) = mutants.iter().find(|mutant| lacks(&mutant.history)) {
        return Some(mutant.by.clone());
    }
    let altered = mutants.into_iter().flat_map(|mutant| {
        let leaves = paths(&symptom.fact).into_iter();
        let twice = leaves.flat_map(|(_, leaf)| of_families(leaf, &mutant.history));
        let named =
            |second: Mutant| Mutant { by: format!("{} with {}", mutant.by, second.by), ..second };
        twice.map(named).collect::<Vec<_>>()
    });
    altered.into_iter().find(|mutant| lacks(&mutant.history)).map(|mutant| mutant.by)
}

/// Each leaf of each requirement, with the history on which the leaf decides. The requirement is
/// met with the leaf and not without, or the other way round. No claim passes on that mutant while
/// the requirement is not met.
pub(crate) fn of_requirements(claims: &Claims, history: &History) -> Vec<PartScore> {
    let leaves = claims.requires.iter().flat_map(|requirement| {
        let leaves = paths(&requirement.fact).into_iter();
        leaves.map(move |(path, leaf)| (requirement, path, leaf))
    });
    let score = |(requirement, path, leaf): (&Requirement, Vec<usize>, &Fact)| {
        let fact = without(&requirement.fact, &path);
        let dropped = fact.map(|fact| Requirement { fact, at: requirement.at.clone() });
        let at = requirement.at.as_ref().map(|at| format!(" at {at}")).unwrap_or_default();
        let by = unmet_for(claims, requirement, dropped.as_ref(), leaf, history);
        PartScore { part: format!("{leaf}{at}"), by }
    };
    leaves.map(score).collect()
}

fn unmet_for(
    claims: &Claims,
    requirement: &Requirement,
    dropped: Option<&Requirement>,
    leaf: &Fact,
    history: &History,
) -> Option<String> {
    let with = |requirement: &Requirement| Claims {
        requires: vec![requirement.clone()],
        ..claims.clone()
    };
    let is_met = |requirement, history: &History| judge::met(&with(requirement), history)[0];
    let decides = |history: &History| match dropped {
        None => !is_met(requirement, history),
        Some(dropped) => is_met(requirement, history) != is_met(dropped, history),
    };
    if dropped.is_some() && decides(history) {
        return Some(ITSELF.to_owned());
    }
    let withheld = |history: &History| {
        let found = judge::judge(&with(requirement), history);
        is_met(requirement, history) || found.iter().all(|f| f.outcome != Outcome::Pass)
    };
    let alone = Claim {
        id: String::new(),
        modality: Modality::Eventually { within: OBSERVED, lasting: None },
        fact: leaf.clone(),
        since: "submit".to_owned(),
        after: None,
        before: None,
        only_while: None,
        regardless: None,
    };
    let meant = meant_for(leaf, &alone, history);
    let found = meant.into_iter().find(|m| decides(&m.history) && withheld(&m.history));
    found.map(|mutant| mutant.by)
}
