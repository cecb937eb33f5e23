//! The rules for crates, as tables with reasons. `deny.toml` has those for licences and sources.

mod layers;
mod names;
mod purity;

pub use layers::LAYERS;
pub use names::{NAMES, Names};
pub use purity::PURE;

use crate::metadata::Metadata;
use crate::problem::Problem;
use crate::tree::File;

/// Every problem of the crates, by the packages that cargo resolves and by their sources.
pub fn check(metadata: &Metadata, files: &[File]) -> Vec<Problem> {
    let mut problems = layers::check(metadata);
    problems.extend(purity::check(metadata));
    problems.extend(names::check(files, &NAMES));
    problems
}

/// The problem of a table that names a crate which does not exist.
fn missing(name: &str) -> Problem {
    let remedy = "correct the tables of ci/src/policy.rs";
    Problem::of("Cargo.toml", format!("no crate has the name `{name}`"), remedy)
}
