//! Prerequisites of builds on a machine.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use model::hints::chain;

use super::error::BuildError;
use super::item::Item;
use crate::cache::Cache;
use crate::cache::entry::Entry;
use crate::go::run::Runner;
use crate::go::{Environment, Go, GoError, OLDEST_GO, find_compiler};

/// A prerequisite that a machine lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The missing thing, for a person: `no go command in PATH`.
    pub what: String,
    /// The remedy, as an instruction.
    pub remedy: String,
}

/// Divisor of the disk space of a further version of an item. The versions share most modules.
const SHARED: u64 = 3;

/// Prerequisites that this machine lacks. Items that are in the cache have no prerequisites.
pub fn prerequisites_of_builds(cache: &Cache, items: &[Item], runner: &dyn Runner) -> Vec<Missing> {
    prerequisites_with(cache, items, runner, &std::env::vars_os().collect())
}

fn prerequisites_with(
    cache: &Cache,
    items: &[Item],
    runner: &dyn Runner,
    environment: &Environment,
) -> Vec<Missing> {
    // A program of the cache does not run from such a disk either.
    let mut errors: Vec<BuildError> = check_noexec(cache).err().into_iter().collect();
    errors.extend(match Go::find(runner, environment, cache.root()) {
        Ok(go) => {
            let absent = |item: &&Item| Entry::find(cache, &item.key(go.toolchain())).is_none();
            let absent: Vec<&Item> = items.iter().filter(absent).collect();
            lacking(cache, &go, &absent)
        }
        Err(error) => without_go(cache, items, environment, error),
    });
    let missing = |error: &BuildError| Missing {
        what: chain(error),
        remedy: error.hint().unwrap_or_default(),
    };
    errors.iter().map(missing).collect()
}

/// Missing prerequisites on a machine without Go. Without Go, every item counts as missing.
fn without_go(
    cache: &Cache,
    items: &[Item],
    environment: &Environment,
    error: GoError,
) -> Vec<BuildError> {
    let items: Vec<&Item> = items.iter().collect();
    let cc = environment.get(OsStr::new("CC")).map_or("gcc".into(), |cc| cc.to_string_lossy());
    let found = find_compiler(environment, &cc).is_some();
    let checks = [check_c(&cc, found, &items), check_disk(cache, &items)];
    let others = checks.into_iter().filter_map(Result::err);
    std::iter::once(BuildError::Go(error)).chain(others).collect()
}

/// The first prerequisite that this machine lacks for these items, as an error.
pub(super) fn check(cache: &Cache, go: &Go, absent: &[&Item]) -> Result<(), BuildError> {
    check_noexec(cache)?;
    lacking(cache, go, absent).into_iter().next().map_or(Ok(()), Err)
}

fn lacking(cache: &Cache, go: &Go, absent: &[&Item]) -> Vec<BuildError> {
    if absent.is_empty() {
        return Vec::new();
    }
    let found = go.c_compiler().is_some();
    let checks = [
        check_go(go, absent),
        check_c(&go.toolchain().cc, found, absent),
        check_disk(cache, absent),
    ];
    checks.into_iter().filter_map(Result::err).collect()
}

fn check_noexec(cache: &Cache) -> Result<(), BuildError> {
    if cache.is_noexec()? {
        return Err(BuildError::NoExec { path: cache.root().to_owned() });
    }
    Ok(())
}

fn check_go(go: &Go, absent: &[&Item]) -> Result<(), BuildError> {
    match go.version() {
        Some(version) if version < OLDEST_GO => Err(BuildError::GoTooOld {
            what: labels(absent),
            needed: OLDEST_GO.to_string(),
            found: go.version_text().to_owned(),
        }),
        // A development version has no number, and passes the check.
        _ => Ok(()),
    }
}

fn check_c(compiler: &str, found: bool, absent: &[&Item]) -> Result<(), BuildError> {
    let needing: Vec<&Item> = absent.iter().copied().filter(|item| item.cgo).collect();
    if needing.is_empty() || found {
        return Ok(());
    }
    Err(BuildError::NoCCompiler { what: labels(&needing), compiler: compiler.to_owned() })
}

fn check_disk(cache: &Cache, absent: &[&Item]) -> Result<(), BuildError> {
    let mut seen = BTreeSet::new();
    let lasting = absent.iter().map(|item| {
        let first = seen.insert(&item.name);
        if first { item.disk } else { item.disk / SHARED }
    });
    // The compiler keeps two copies of the output of an item until the item is built.
    let passing = absent.iter().map(|item| item.disk * 2 / 3).max().unwrap_or_default();
    let need = lasting.sum::<u64>() + passing;
    let have = cache.free()?;
    if have >= need {
        return Ok(());
    }
    let path = cache.root().to_owned();
    Err(BuildError::DiskFull { path, what: labels(absent), have, need })
}

fn labels(items: &[&Item]) -> String {
    items.iter().map(|item| item.label()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
