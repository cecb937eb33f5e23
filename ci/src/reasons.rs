//! Checks that the table of dependencies in the README names each dependency of `Cargo.toml`, and
//! no other crate.

use std::collections::BTreeMap;

use crate::problem::Problem;
use crate::tree::File;

/// The file with the table.
const README: &str = "README.md";
/// The heading above the table.
const HEADING: &str = "## Dependencies";

/// Dependencies without a row, and rows without a dependency.
pub fn check(files: &[File]) -> Vec<Problem> {
    let text = |path: &str| {
        let file = files.iter().find(|file| file.path == path);
        file.and_then(|file| file.text.as_deref()).unwrap_or_default()
    };
    let dependencies = dependencies(text("Cargo.toml"));
    let rows = rows(text(README));
    let unnamed = dependencies.iter().filter(|name| !rows.contains_key(name.as_str()));
    let unnamed = unnamed.map(|name| {
        let what = format!("the dependency {name} has no reason");
        Problem::of(README, what, "add a row to the table of dependencies")
    });
    let unused = rows.iter().filter(|(name, _)| !dependencies.contains(name));
    let unused = unused.map(|(name, line)| {
        Problem::at(README, *line, format!("{name} is no dependency"), "remove the name")
    });
    unnamed.chain(unused).collect()
}

/// Names of the dependencies of the workspace that are not crates of its own.
fn dependencies(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().unwrap_or_default();
    let all = manifest.get("workspace").and_then(|workspace| workspace.get("dependencies"));
    let all = all.and_then(toml::Value::as_table).into_iter().flatten();
    all.filter(|(_, value)| value.get("path").is_none()).map(|(name, _)| name.clone()).collect()
}

/// The crates that the table names, with their lines.
fn rows(readme: &str) -> BTreeMap<String, usize> {
    let lines = readme.lines().zip(1..).skip_while(|(line, _)| *line != HEADING).skip(1);
    let section = lines.take_while(|(line, _)| !line.starts_with("## "));
    let rows = section.filter(|(line, _)| line.starts_with('|'));
    // The first two rows are the head of the table and its rule.
    let rows = rows.skip(2).filter_map(|(row, line)| Some((row.split('|').nth(1)?, line)));
    let names = |(names, line): (&str, usize)| {
        names.split(',').map(|name| (name.trim().to_owned(), line)).collect::<Vec<_>>()
    };
    rows.flat_map(names).collect()
}
