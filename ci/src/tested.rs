//! Checks that every list of the tested versions of Argo has the same versions.

use std::collections::BTreeSet;
use std::path::Path;

use model::ReleaseLine;
use model::versions::GIT;
use semver::Version;

use crate::cases::discover::MEASURED;
use crate::matrix;
use crate::problem::Problem;

/// The file with the list of the program.
pub const SOURCE: &str = "harness/provision/src/argo_source.rs";
/// The file with the table for users.
pub const README: &str = "README.md";
/// The heading of that table.
const HEADING: &str = "## Supported versions";
/// A cell of the table for users without a version.
const NONE: &str = "none";

type Versions = BTreeSet<Version>;

/// Disagreements between the list of the program, `ci/matrix.toml`, the columns of the measured
/// table and the table of the README. Columns of commits, of other settings and of other components
/// may stand besides.
pub fn check(root: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    let tested = keep(tested(root), &mut problems);
    let others = [
        (matrix::FILE, keep(jobs(root), &mut problems)),
        (MEASURED, keep(columns(root), &mut problems)),
        (README, keep(table(root), &mut problems)),
    ];
    let Some(tested) = tested else { return problems };
    for (file, versions) in others {
        let Some(versions) = versions else { continue };
        let lacks = tested.difference(&versions).map(|version| ("lacks", version));
        let exceeds = versions.difference(&tested).map(|version| ("names", version));
        for (verb, version) in lacks.chain(exceeds) {
            let what = format!("{verb} {version}, unlike `TESTED` in {SOURCE}");
            problems.push(Problem::of(file, what, "name the same versions in both"));
        }
    }
    problems
}

fn keep(found: Result<Versions, Problem>, problems: &mut Vec<Problem>) -> Option<Versions> {
    found.map_err(|problem| problems.push(problem)).ok()
}

fn read(root: &Path, file: &str) -> Result<String, Problem> {
    let error = |error| Problem::of(file, format!("failed to read it: {error}"), "restore it");
    std::fs::read_to_string(root.join(file)).map_err(error)
}

fn parse<'a>(file: &str, texts: impl Iterator<Item = &'a str>) -> Result<Versions, Problem> {
    let version = |text: &str| {
        let error = |error| Problem::of(file, format!("invalid version: `{text}`: {error}"), WRITE);
        text.parse().map_err(error)
    };
    texts.map(version).collect()
}

const WRITE: &str = "write a version such as 3.7.18";

fn tested(root: &Path) -> Result<Versions, Problem> {
    let text = read(root, SOURCE)?;
    let list = text.split_once("pub const TESTED").and_then(|(_, rest)| rest.split_once("];"));
    let Some((list, _)) = list else {
        return Err(Problem::of(SOURCE, "there is no list `TESTED`", "restore it"));
    };
    parse(SOURCE, list.split('"').skip(1).step_by(2))
}

fn jobs(root: &Path) -> Result<Versions, Problem> {
    let remedy = "correct the jobs";
    let versions = matrix::versions(&read(root, matrix::FILE)?)
        .map_err(|error| Problem::of(matrix::FILE, format!("{error:#}"), remedy))?;
    parse(matrix::FILE, versions.iter().map(String::as_str))
}

fn columns(root: &Path) -> Result<Versions, Problem> {
    let rows = report::measured::read(&read(root, MEASURED)?)
        .map_err(|error| Problem::of(MEASURED, format!("{error}"), "measure again"))?;
    let names = rows.iter().map(|row| row.argo.as_str());
    let is_plain = |name: &&str| {
        let versions = model::history::Versions::of_name(name);
        !name.contains(GIT) && versions == model::history::Versions::all(&versions.controller)
    };
    parse(MEASURED, names.filter(is_plain))
}

/// The versions of the table under the heading: a row for each line, whose second cell lists them.
fn table(root: &Path) -> Result<Versions, Problem> {
    let text = read(root, README)?;
    let Some((_, section)) = text.split_once(HEADING) else {
        let remedy = "restore the table of versions";
        return Err(Problem::of(README, format!("there is no heading `{HEADING}`"), remedy));
    };
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut versions = Versions::new();
    for row in section.lines().filter_map(|line| line.strip_prefix("| ")) {
        let mut cells = row.split('|').map(str::trim);
        let (line, list) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
        let Ok(line) = line.parse::<ReleaseLine>() else { continue };
        let listed = list.split(", ").filter(|text| *text != NONE);
        for version in parse(README, listed)? {
            if ReleaseLine::of(&version) != line {
                let what = format!("the row of {line} names {version}");
                return Err(Problem::of(README, what, "name it in the row of its line"));
            }
            versions.insert(version);
        }
    }
    Ok(versions)
}
