//! The symptoms of a claim's known issues, asked at the moment that decides.
//!
//! | the claim fails | the symptom is asked of |
//! |---|---|
//! | because nothing more comes in its window | the state at the end of the window |
//! | by an event that violates it | the state with that event |
//!
//! A symptom that cannot be told at the end of the window is asked again when the claim is decided.
//! The listing that decides of objects comes after the window.

use model::claim::Symptom;
use model::verdict::ShownSymptom;
use model::{Fact, Truth, World};

use crate::store_freshness::holds;

/// The symptoms of one claim, and what the history shows of them.
#[derive(Debug)]
pub(crate) struct Symptoms {
    facts: Vec<Fact>,
    /// In the order of the facts; empty until they are asked.
    shown: Vec<ShownSymptom>,
}

impl Symptoms {
    /// Those of the claim with this id.
    pub(crate) fn of(claim: &str, all: &[Symptom]) -> Self {
        let own = all.iter().filter(|symptom| symptom.claims.iter().any(|id| id == claim));
        let mut facts: Vec<Fact> = Vec::new();
        for symptom in own {
            if !facts.contains(&symptom.fact) {
                facts.push(symptom.fact.clone());
            }
        }
        Self { facts, shown: Vec::new() }
    }

    /// Asks all of them now.
    pub(crate) fn ask(&mut self, world: &World, fresh: bool) {
        self.shown = self.facts.iter().map(|fact| shown(fact, world, fresh)).collect();
    }

    /// Asks those that were not asked or could not be told.
    pub(crate) fn ask_untold(&mut self, world: &World, fresh: bool) {
        if self.shown.is_empty() {
            self.ask(world, fresh);
        }
        for (fact, before) in self.facts.iter().zip(&mut self.shown) {
            if before.truth == Truth::Unknown {
                *before = shown(fact, world, fresh);
            }
        }
    }

    /// The truths that the history shows.
    pub(crate) fn into_shown(self) -> Vec<ShownSymptom> {
        self.shown
    }
}

fn shown(fact: &Fact, world: &World, fresh: bool) -> ShownSymptom {
    let truth = holds(world, fact, fresh);
    ShownSymptom { symptom: fact.to_string(), truth, state: world.describe(fact) }
}
