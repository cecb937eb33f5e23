//! Imports between the files of a crate: no circle.
//!
//! A file that imports another one cannot be read without it. In a circle, no file can be read
//! first. A file may use the files that it is nested in: `a/b.rs` is a part of `a.rs`.

mod graph;
mod modules;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::problem::Problem;
use crate::tree::File;
use modules::Module;

/// The file of the circles that may exist today, from the root of the repository.
pub const FILE: &str = "ci/circles.json";

/// Circles by the directory of a crate. A circle is the sorted list of its modules.
pub type Circles = BTreeMap<String, Vec<Vec<String>>>;

/// Reads [`FILE`] of a repository.
///
/// # Errors
/// If the file is not there or is not of that form.
pub fn allowed(root: &Path) -> Result<Circles> {
    let text = std::fs::read_to_string(root.join(FILE));
    let text = text.with_context(|| format!("failed to read {FILE}"))?;
    serde_json::from_str(&text).with_context(|| format!("invalid {FILE}"))
}

/// Every circle of imports of every crate.
pub fn circles(files: &[File]) -> Circles {
    let mut crates: BTreeMap<String, Vec<Module>> = BTreeMap::new();
    for file in files {
        let Some((directory, inside)) = file.path.split_once("/src/") else { continue };
        let Some(text) = file.rust() else { continue };
        if let Some(module) = Module::read(inside, text) {
            crates.entry(directory.to_owned()).or_default().push(module);
        }
    }
    let circles = crates.into_iter().map(|(name, files)| (name, graph::circles(files)));
    circles.filter(|(_, circles)| !circles.is_empty()).collect()
}

/// Every problem: circles that the list does not admit, and entries of the list without a circle.
pub fn check(files: &[File], allowed: &Circles) -> Vec<Problem> {
    let found = circles(files);
    let new = without(&found, allowed).map(|(name, circle)| {
        let what = format!("these files import each other: {}", circle.join(", "));
        let remedy = "move what they share to a file below them";
        Problem::of(&format!("{name}/src/{}.rs", circle[0]), what, remedy)
    });
    let stale = without(allowed, &found).map(|(name, circle)| {
        let what = format!("{name} has no circle of {}", circle.join(", "));
        Problem::of(FILE, what, "run `cargo ci circles --shrink`")
    });
    new.chain(stale).collect()
}

/// The admitted circles that still exist.
pub fn shrunk(found: &Circles, allowed: &Circles) -> Circles {
    let kept = allowed.iter().map(|(name, circles)| {
        let exists = |circle: &&Vec<String>| found.get(name).is_some_and(|f| f.contains(circle));
        (name.clone(), circles.iter().filter(exists).cloned().collect::<Vec<_>>())
    });
    kept.filter(|(_, circles)| !circles.is_empty()).collect()
}

/// The circles that the others lack.
fn without<'a>(
    circles: &'a Circles,
    others: &'a Circles,
) -> impl Iterator<Item = (&'a str, &'a Vec<String>)> {
    let all = circles.iter().flat_map(|(name, all)| all.iter().map(move |one| (name, one)));
    let lacked = |(name, one): &(&String, &Vec<String>)| {
        others.get(*name).is_none_or(|others| !others.contains(one))
    };
    all.filter(lacked).map(|(name, one)| (name.as_str(), one))
}
