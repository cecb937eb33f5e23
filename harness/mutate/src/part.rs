//! Alterations of one thing, such as one node, one pod or one object.
//!
//! Each [`Family`] makes a mutant for each thing of its kind. One leaf of a claim changes, and the
//! other leaves stay the same.

mod objects;
mod workflow;

use model::{Fact, History};

/// Alterations of each thing of a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Family {
    /// The name, unique among families and operators.
    pub(crate) name: &'static str,
    /// The leaves that the family is meant for.
    pub(crate) meant_for: fn(&Fact) -> bool,
    /// A mutant for each thing of the kind.
    pub(crate) mutants: fn(&History) -> Vec<History>,
}

/// Every family.
pub(crate) fn families() -> impl Iterator<Item = &'static Family> {
    workflow::FAMILIES.iter().chain(objects::FAMILIES)
}
