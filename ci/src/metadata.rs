//! The packages of the workspace and their dependencies, as cargo resolves them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The platform of the resolved dependencies: the one that CI runs on. Other platforms differ in
/// bindings of their systems.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The start of the published names of the workspace's packages.
pub(crate) const PREFIX: &str = "argo-conformance-";

/// The result of `cargo metadata`.
#[derive(Clone, Debug)]
pub struct Metadata {
    /// Every package of the resolved graph.
    pub packages: Vec<Package>,
    /// Ids of the dependencies of each package, by id. Dependencies for tests and builds alone are
    /// left out.
    normal: BTreeMap<String, Vec<String>>,
}

/// A package.
#[derive(Clone, Debug)]
pub struct Package {
    /// Its id.
    pub id: String,
    /// Its name. A package of the workspace has the name of its directory.
    pub name: String,
    /// Whether it is a member of the workspace.
    pub is_member: bool,
}

impl Metadata {
    /// Asks cargo.
    ///
    /// # Errors
    /// If cargo fails. Cargo fails if `Cargo.lock` is not up to date.
    pub fn of(root: &Path) -> Result<Self> {
        let mut command = Command::new("cargo");
        command.current_dir(root).args(["metadata", "--format-version=1", "--locked", "--quiet"]);
        command.args(["--filter-platform", PLATFORM]);
        let output = command.output().context("failed to run cargo")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "cargo metadata: {}", said.trim());
        let value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
        Self::read(&value)
    }

    /// Reads the output of cargo.
    ///
    /// # Errors
    /// If a part is missing.
    pub fn read(value: &Value) -> Result<Self> {
        let members: BTreeSet<&str> =
            list(value, "workspace_members")?.iter().filter_map(Value::as_str).collect();
        let packages = list(value, "packages")?.iter().map(|p| package(p, &members));
        let packages = packages.collect::<Result<_>>()?;
        let nodes = list(&value["resolve"], "nodes")?.iter().map(node);
        Ok(Self { packages, normal: nodes.collect::<Result<_>>()? })
    }

    /// Whether the workspace has a member of that name.
    pub fn is_member(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.is_member && package.name == name)
    }

    /// The members, each with the names of the packages that it depends on.
    pub fn members(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        self.packages.iter().filter(|package| package.is_member).map(|member| {
            let ids = self.normal.get(&member.id).into_iter().flatten();
            let package = |id: &String| self.packages.iter().find(|p| p.id == *id);
            let names = ids.filter_map(package).map(|p| p.name.as_str());
            (member.name.as_str(), names.collect())
        })
    }

    /// Names of all packages that a member needs for its build and its use, without the member. The
    /// value of each is the name of a package that depends on it. `None`: there is no such member.
    pub fn normal_tree(&self, member: &str) -> Option<BTreeMap<&str, &str>> {
        let names: BTreeMap<&str, &str> =
            self.packages.iter().map(|p| (p.id.as_str(), p.name.as_str())).collect();
        let start = self.packages.iter().find(|p| p.is_member && p.name == member)?;
        let mut tree = BTreeMap::new();
        let mut seen = BTreeSet::from([start.id.as_str()]);
        let mut open = vec![start.id.as_str()];
        while let Some(id) = open.pop() {
            for needed in self.normal.get(id).into_iter().flatten() {
                if let Some(name) = names.get(needed.as_str()) {
                    tree.entry(*name).or_insert(names.get(id).copied().unwrap_or(id));
                }
                if seen.insert(needed) {
                    open.push(needed);
                }
            }
        }
        Some(tree)
    }
}

fn package(value: &Value, members: &BTreeSet<&str>) -> Result<Package> {
    let id = text(value, "id")?;
    let name = text(value, "name")?;
    let name = name.strip_prefix(PREFIX).unwrap_or(&name).to_owned();
    Ok(Package { name, is_member: members.contains(id.as_str()), id })
}

fn node(value: &Value) -> Result<(String, Vec<String>)> {
    let is_normal = |dependency: &&Value| {
        let kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
        kinds.into_iter().any(|kind| kind["kind"].is_null())
    };
    let normal = list(value, "deps")?.iter().filter(is_normal);
    let ids = normal.map(|dependency| text(dependency, "pkg"));
    Ok((text(value, "id")?, ids.collect::<Result<_>>()?))
}

fn list<'a>(value: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    value[key].as_array().with_context(|| format!("cargo metadata has no list `{key}`"))
}

fn text(value: &Value, key: &str) -> Result<String> {
    let text = value[key].as_str().map(str::to_owned);
    text.with_context(|| format!("cargo metadata has no text `{key}`"))
}
