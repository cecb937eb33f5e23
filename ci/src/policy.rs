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

/// Crates that the tables name before the crates exist.
pub const COMING: [&str; 2] = ["rundir", "runner"];

/// Every problem of the crates, by the packages that cargo resolves and by their sources.
pub fn check(metadata: &Metadata, files: &[File]) -> Vec<Problem> {
    let come = COMING.iter().filter(|name| metadata.is_member(name)).map(|name| {
        let what = format!("the crate `{name}` exists");
        Problem::of(TABLES, what, "remove it from `COMING`")
    });
    let mut problems: Vec<Problem> = come.collect();
    problems.extend(layers::check(metadata));
    problems.extend(purity::check(metadata));
    problems.extend(names::check(files, &NAMES));
    problems
}

/// The file of the tables, for problems of a table.
const TABLES: &str = "ci/src/policy.rs";

/// The problem of a table that names a crate which does not exist.
fn missing(name: &str) -> Option<Problem> {
    let remedy = "correct the tables of ci/src/policy.rs";
    let problem = || Problem::of("Cargo.toml", format!("no crate has the name `{name}`"), remedy);
    (!COMING.contains(&name)).then(problem)
}
