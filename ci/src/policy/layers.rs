//! The layers of the workspace.

use super::missing;
use crate::metadata::Metadata;
use crate::problem::Problem;

/// The crates of each layer, the lowest layer first. A crate depends on crates of its own layer and
/// of lower ones. Cargo refuses a circle. Dependencies of tests alone do not count.
pub const LAYERS: [&[&str]; 6] = [
    &["fuzz", "model", "proxy", "sandbox"],
    &["judge", "key-material", "mutate", "provision", "report"],
    &["drive", "rundir"],
    &["runner"],
    &["cli"],
    &["ci"],
];

/// Crates without dependents: others start them as programs.
const TOPS: [&str; 2] = ["cli", "ci"];

pub(super) fn check(metadata: &Metadata) -> Vec<Problem> {
    let named = LAYERS.iter().copied().flatten();
    let mut problems: Vec<Problem> =
        named.filter(|name| !metadata.is_member(name)).map(|name| missing(name)).collect();
    for (member, needed) in metadata.members() {
        let Some(layer) = layer_of(member) else {
            let what = format!("`{member}` is in no layer");
            let remedy = "add it to `LAYERS` in ci/src/policy/layers.rs";
            problems.push(Problem::of("Cargo.toml", what, remedy));
            continue;
        };
        let above = |name: &&str| layer_of(name) > Some(layer) || TOPS.contains(name);
        problems.extend(needed.into_iter().filter(above).map(|name| {
            let what = format!("`{member}` imports `{name}`, which is above it");
            Problem::of("Cargo.toml", what, "move what both need to a crate below them")
        }));
    }
    problems
}

fn layer_of(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}
