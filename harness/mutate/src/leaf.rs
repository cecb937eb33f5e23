//! The leaves of a claim, and the claim without one of them.

use model::claim::Modality;
use model::{Claim, Fact};

/// A leaf of a claim: a fact that is neither an `all` nor an `any`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The part of the claim with the leaf.
    place: Place,
    /// Index of the child at each `all` or `any` on the path to the leaf.
    path: Vec<usize>,
    /// The fact of the leaf.
    pub(crate) fact: Fact,
}

/// A part of a claim that holds a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Fact,
    Until,
    Trigger,
    After,
    Before,
    While,
}

impl Place {
    const ALL: [Self; 6] =
        [Self::Fact, Self::Until, Self::Trigger, Self::After, Self::Before, Self::While];

    fn of(self, claim: &Claim) -> Option<&Fact> {
        match (self, &claim.modality) {
            (Self::Fact, _) => Some(&claim.fact),
            (Self::Until, Modality::Until { until, .. }) => Some(until),
            (Self::Trigger, Modality::LeadsTo { trigger, .. }) => Some(trigger),
            (Self::After, _) => claim.after.as_ref(),
            (Self::Before, _) => claim.before.as_ref(),
            (Self::While, _) => claim.only_while.as_ref(),
            (Self::Until | Self::Trigger, _) => None,
        }
    }

    /// The claim with another fact in this place.
    fn put(self, mut claim: Claim, fact: Fact) -> Claim {
        match (self, &mut claim.modality) {
            (Self::Fact, _) => claim.fact = fact,
            (Self::Until, Modality::Until { until, .. }) => *until = fact,
            (Self::Trigger, Modality::LeadsTo { trigger, .. }) => *trigger = fact,
            (Self::After, _) => claim.after = Some(fact),
            (Self::Before, _) => claim.before = Some(fact),
            (Self::While, _) => claim.only_while = Some(fact),
            (Self::Until | Self::Trigger, _) => {}
        }
        claim
    }

    /// The claim without a fact in this place; `None` if the place needs a fact.
    fn clear(self, mut claim: Claim) -> Option<Claim> {
        match (self, &claim.modality) {
            (Self::Until, Modality::Until { within, .. }) => {
                claim.modality = Modality::Always { within: Some(*within) };
            }
            (Self::After, _) => claim.after = None,
            (Self::Before, _) => claim.before = None,
            (Self::While, _) => claim.only_while = None,
            (Self::Fact | Self::Until | Self::Trigger, _) => return None,
        }
        Some(claim)
    }
}

/// Every leaf of the claim, its main fact first.
pub(crate) fn leaves(claim: &Claim) -> Vec<Leaf> {
    let mut found = Vec::new();
    for place in Place::ALL {
        let Some(fact) = place.of(claim) else { continue };
        let paths = paths(fact).into_iter();
        found.extend(paths.map(|(path, leaf)| Leaf { place, path, fact: leaf.clone() }));
    }
    found
}

/// The leaves of a fact, each with its path.
pub(crate) fn paths(fact: &Fact) -> Vec<(Vec<usize>, &Fact)> {
    let Some(facts) = fact.members() else { return vec![(Vec::new(), fact)] };
    let children = facts.iter().enumerate().flat_map(|(index, fact)| {
        paths(fact).into_iter().map(move |(path, leaf)| ([vec![index], path].concat(), leaf))
    });
    children.collect()
}

/// The fact without the leaf at the end of a path. The leaf counts as true in an `all` and as false
/// in an `any`. `None` if no leaf is left.
pub(crate) fn without(fact: &Fact, path: &[usize]) -> Option<Fact> {
    let (first, rest) = path.split_first()?;
    let prune = |facts: &[Fact]| {
        let kept = facts.iter().enumerate().filter_map(|(index, fact)| {
            if index == *first { without(fact, rest) } else { Some(fact.clone()) }
        });
        let kept: Vec<Fact> = kept.collect();
        (!kept.is_empty()).then_some(kept)
    };
    match fact {
        Fact::All(facts) => prune(facts).map(Fact::All),
        Fact::Any(facts) => prune(facts).map(Fact::Any),
        Fact::Workflow(_)
        | Fact::Nodes(_)
        | Fact::Store(_)
        | Fact::Requests(_)
        | Fact::Pods(_)
        | Fact::Tasks(_)
        | Fact::Cel(_) => None,
    }
}

impl Leaf {
    /// The claim without the leaf; `None` if the leaf is the whole of a part that the claim needs.
    pub(crate) fn dropped(&self, claim: &Claim) -> Option<Claim> {
        let fact = self.place.of(claim)?;
        match without(fact, &self.path) {
            Some(fact) => Some(self.place.put(claim.clone(), fact)),
            None => self.place.clear(claim.clone()),
        }
    }

    /// The claim with the leaf as the whole fact in its place.
    pub(crate) fn alone(&self, claim: &Claim) -> Claim {
        self.place.put(claim.clone(), self.fact.clone())
    }

    /// The leaf in words, with its part of the claim.
    pub(crate) fn words(&self) -> String {
        let place = match self.place {
            Place::Fact => "",
            Place::Until => "until ",
            Place::Trigger => "whenever ",
            Place::After => "after ",
            Place::Before => "before ",
            Place::While => "while ",
        };
        format!("{place}{}", self.fact)
    }
}
