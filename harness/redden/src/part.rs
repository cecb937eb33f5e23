//! Alterations of one thing: one node, one pod, one object, and nothing else of the history.
//!
//! Each [`Family`] makes a mutant for each thing of its kind, so that one leaf of a claim can be
//! altered while the other leaves stay as they were.

mod objects;
mod workflow;

use model::{Fact, History};

/// Alterations of each thing of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    /// Its name, unique among operators too.
    pub(crate) name: &'static str,
    /// The leaves that it is meant for.
    pub(crate) meant_for: fn(&Fact) -> bool,
    /// A mutant for each thing of the kind.
    pub(crate) mutants: fn(&History) -> Vec<History>,
}

/// Every family.
pub(crate) fn families() -> impl Iterator<Item = &'static Family> {
    workflow::FAMILIES.iter().chain(objects::FAMILIES)
}
