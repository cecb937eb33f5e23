//! Source of an item: a module, a checkout or a commit, as a directory that Go can build.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::error::{BuildError, Refusal};
use super::given::Given;
use super::item::{Item, LocalReplaces, Restored};
use super::workshop::Workshop;
use crate::cache::{CacheError, failed};
use crate::go::Version;
use crate::go::answer::{Downloaded, Trouble, classify};

/// The source of an item.
#[derive(Clone, Debug)]
pub(super) struct Module {
    place: Location,
    /// The commit of the source. `None`: the proxy does not report a commit, or the source is a
    /// checkout.
    pub(super) commit: Option<String>,
}

#[derive(Clone, Debug)]
enum Location {
    /// Directory of the downloaded module, in Go's cache.
    Proxy(PathBuf),
    /// A checkout or a commit.
    Given(Given),
}

impl Module {
    fn given(given: &Given) -> Self {
        let commit = match given {
            Given::Tree(_) => None,
            Given::Commit(commit) => Some(commit.commit.clone()),
        };
        Self { place: Location::Given(given.clone()), commit }
    }
}

/// The sources of all items, in their order. The function downloads the published modules.
pub(super) fn modules(shop: &Workshop, items: &[&Item]) -> Result<Vec<Module>, BuildError> {
    let published: Vec<&Item> = items.iter().copied().filter(|i| i.given.is_none()).collect();
    // `go mod download` without a name downloads the modules of the current directory.
    let downloaded = if published.is_empty() { Vec::new() } else { download(shop, &published)? };
    let mut downloaded = downloaded.into_iter();
    let modules = items.iter().filter_map(|item| match &item.given {
        Some(given) => Some(Module::given(given)),
        None => downloaded.next(),
    });
    Ok(modules.collect())
}

/// Downloads the modules of all items. The error has every version that the proxy refuses.
fn download(shop: &Workshop, items: &[&Item]) -> Result<Vec<Module>, BuildError> {
    let versions: Vec<String> =
        items.iter().map(|item| format!("{}@{}", item.module, item.version)).collect();
    let mut args = vec!["mod", "download", "-json"];
    args.extend(versions.iter().map(String::as_str));
    let output = shop.go(&args, shop.dir(), false, &mut |_| {})?;
    let answers: Vec<Downloaded> = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter()
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    let (mut modules, mut refusals) = (Vec::new(), Vec::new());
    for item in items {
        let found = answers
            .iter()
            .find(|answer| answer.path == item.module && answer.version == item.version);
        let Some(answer) = found else {
            return Err(shop.failed("download sources", &args, &output));
        };
        match &answer.error {
            None => modules.push(Module {
                place: Location::Proxy(PathBuf::from(&answer.dir)),
                commit: answer.origin.clone().and_then(|origin| origin.hash),
            }),
            Some(message) => match classify(message) {
                Trouble::Refused(reason) => refusals.push(Refusal {
                    name: item.name.clone(),
                    release: item.release.clone(),
                    reason,
                }),
                trouble => return Err(shop.trouble(trouble, &item.label(), &args)),
            },
        }
    }
    if refusals.is_empty() { Ok(modules) } else { Err(BuildError::Refused(refusals)) }
}

/// Copies the source of an item to a directory, and edits its `go.mod` for use as main module.
pub(super) fn prepare(
    shop: &Workshop,
    item: &Item,
    module: &Module,
    to: &Path,
) -> Result<(), BuildError> {
    match &module.place {
        Location::Proxy(directory) => copy(directory, to)?,
        Location::Given(Given::Tree(tree)) => tree.copy(to)?,
        Location::Given(Given::Commit(commit)) => {
            commit.repository.checkout(&shop.git()?, &commit.commit, to)?;
        }
    }
    for file in &item.restored {
        restore(file, to)?;
    }
    let go_mod = read_go_mod(shop, to)?;
    if let (Some(needs), Some(found)) = (Version::parse(&go_mod.go), shop.go.version())
        && found < needs
    {
        return Err(BuildError::GoTooOld {
            what: item.label(),
            needed: needs.to_string(),
            found: shop.go.version_text().to_owned(),
        });
    }
    let edits = edits(&go_mod, &item.local_replaces);
    if !edits.is_empty() {
        let mut args = vec!["mod", "edit"];
        args.extend(edits.iter().map(String::as_str));
        shop.must(&format!("prepare {}", item.label()), &args, to, item.cgo, &mut |_| {})?;
    }
    Ok(())
}

/// Fields of the output of `go mod edit -json`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct GoMod {
    go: String,
    replace: Option<Vec<Replace>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Replace {
    old: Named,
    new: Named,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Named {
    path: String,
    version: String,
}

fn read_go_mod(shop: &Workshop, dir: &Path) -> Result<GoMod, BuildError> {
    let args = ["mod", "edit", "-json"];
    let output = shop.must("read go.mod", &args, dir, false, &mut |_| {})?;
    serde_json::from_slice(&output.stdout).map_err(|_| shop.failed("read go.mod", &args, &output))
}

/// Options of `go mod edit` for `replace` lines with a directory that the module lacks.
fn edits(go_mod: &GoMod, local: &LocalReplaces) -> Vec<String> {
    let lines = go_mod.replace.iter().flatten();
    let lines = lines.filter(|line| line.new.path.starts_with('.'));
    let edit = |line: &Replace| {
        let at = if line.old.version.is_empty() { "" } else { "@" };
        let old = format!("{}{at}{}", line.old.path, line.old.version);
        match local {
            LocalReplaces::Dropped => format!("-dropreplace={old}"),
            LocalReplaces::Published(version) => {
                format!("-replace={old}={}@{version}", line.old.path)
            }
        }
    };
    lines.map(edit).collect()
}

fn restore(file: &Restored, dir: &Path) -> Result<(), CacheError> {
    let (there, to) = match file {
        Restored::Copy { from, to } => (dir.join(from), dir.join(to)),
        Restored::Empty { beside, to } => (dir.join(beside), dir.join(to)),
    };
    if !there.exists() || to.exists() {
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).map_err(failed("create", parent))?;
    }
    match file {
        Restored::Copy { .. } => fs::copy(&there, &to).map(drop),
        Restored::Empty { .. } => fs::write(&to, ""),
    }
    .map_err(failed("write", &to))
}

/// Copies a directory of regular files and directories.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), CacheError> {
    for found in walkdir::WalkDir::new(from) {
        let found = found.map_err(|error| failed("read", from)(error.into()))?;
        let target = to.join(found.path().strip_prefix(from).unwrap_or(found.path()));
        if found.file_type().is_dir() {
            fs::create_dir_all(&target).map_err(failed("create", &target))?;
        } else {
            fs::copy(found.path(), &target).map_err(failed("write", &target))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
