//! Programs that the harness builds from Go modules, and their versions. The source of a module is
//! the published version, a checkout, or a commit.
//!
//! Every build uses a copy of the program's module as main module. Upstream's `go.mod` (`replace`,
//! `exclude`, `godebug`) and `go.sum` then apply as in upstream's own build. The command `go
//! install` with a module version refuses or ignores these directives.

pub mod build;
mod compile;
pub mod error;
pub mod given;
mod kept;
mod prerequisite;
mod source;
pub mod tree;
mod workshop;

pub use build::{ensure, kept};
pub use error::BuildError;
pub use prerequisite::{Missing, prerequisites_of_builds};
pub(crate) use source::copy as copy_directory;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cache::entry::hexadecimal;
use crate::go::Toolchain;
use given::Given;

/// Default version of Kubernetes.
pub const DEFAULT_KUBERNETES: &str = "1.34.4";

/// Version of the build procedure. A change that alters the programs needs a new version.
const RECIPE: u32 = 1;

/// Placeholder in a variable's value. The build replaces the placeholder with the commit of the
/// module.
pub(crate) const COMMIT: &str = "{commit}";

/// The programs of one module. One item gives one entry of the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Name for a person: `kubernetes`.
    pub name: String,
    /// Version for a person: `1.34.4`.
    pub release: String,
    /// Path of the module.
    pub module: String,
    /// Version of the module: `v1.34.4`.
    pub version: String,
    /// Commands to build.
    pub commands: Vec<Command>,
    /// True if the build needs a C compiler.
    pub cgo: bool,
    /// Build tags.
    pub tags: Vec<String>,
    /// Go variables that the linker sets: full name and value.
    pub variables: Vec<(String, String)>,
    /// Treatment of `replace` lines that name a directory outside the module.
    pub local_replaces: LocalReplaces,
    /// The checkout or commit to build. `None`: the published module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// Files to add to the copy. The archive of a module cannot hold these files.
    pub restored: Vec<Restored>,
    /// Directories of the module that the entry keeps beside the programs.
    pub kept: Vec<String>,
    /// Bytes of sources and compiled packages during the build, measured and rounded up. The value
    /// does not alter the programs.
    #[serde(skip)]
    pub disk: u64,
}

/// One command of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The package, relative to the module: `./cmd/kubelet`.
    pub package: String,
    /// Name of the program's file.
    pub program: String,
}

/// Treatment of `replace` lines that name a directory. The module does not contain that directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocalReplaces {
    /// The build removes the lines. Published versions satisfy the `require` lines.
    Dropped,
    /// The published module of this version replaces the directory.
    Published(String),
}

/// A file that the build adds to the copy of a module, unless the file exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restored {
    /// A copy of another file of the module, if the module has that file.
    Copy {
        /// The file to copy.
        from: String,
        /// The missing file.
        to: String,
    },
    /// An empty file, if the module has another file that needs it.
    Empty {
        /// The file that needs the missing file.
        beside: String,
        /// The missing file.
        to: String,
    },
}

impl Item {
    fn new(name: &str, release: &str, module: &str, version: &str) -> Self {
        Self {
            name: name.to_owned(),
            release: release.to_owned(),
            module: module.to_owned(),
            version: version.to_owned(),
            commands: Vec::new(),
            cgo: false,
            tags: Vec::new(),
            variables: Vec::new(),
            local_replaces: LocalReplaces::Dropped,
            given: None,
            restored: Vec::new(),
            kept: Vec::new(),
            disk: 300_000_000,
        }
    }

    /// An item whose module version is `release` with a leading `v`.
    pub(crate) fn of(name: &str, release: &str, module: &str) -> Self {
        Self::new(name, release, module, &format!("v{release}"))
    }

    pub(crate) fn command(mut self, package: &str, program: &str) -> Self {
        self.commands.push(Command { package: package.to_owned(), program: program.to_owned() });
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Name and version, for people: `kubernetes 1.34.4`.
    pub fn label(&self) -> String {
        format!("{} {}", self.name, self.release)
    }

    /// Inputs of a build of this item with this toolchain. Equal inputs give equal programs.
    pub(crate) fn made_from(&self, toolchain: &Toolchain) -> serde_json::Value {
        let cc = self.cgo.then_some(&toolchain.cc);
        serde_json::json!({
            "item": self, "go": toolchain.target, "cc": cc, "recipe": RECIPE,
        })
    }

    /// Name of the entry of this item in the cache.
    pub(crate) fn key(&self, toolchain: &Toolchain) -> String {
        let hash = Sha256::digest(self.made_from(toolchain).to_string().as_bytes());
        format!("{}-{}-{}", self.name, self.release, &hexadecimal(&hash)[..16])
    }
}

/// Items of a native cluster besides Kubernetes.
pub fn cluster_programs() -> Vec<Item> {
    vec![
        Item::of("etcd", "3.6.7", "go.etcd.io/etcd/server/v3").command(".", "etcd"),
        containerd("2.2.1"),
        runc("1.3.3"),
        cni("1.9.0"),
        minio(),
        kustomize(),
        shell(),
        small_programs(),
    ]
}

/// Items of a kind cluster. `kind_is_there`: `PATH` has the program `kind`, so no build is
/// necessary.
pub fn programs_for_kind(kind_is_there: bool) -> Vec<Item> {
    let own = [kustomize(), shell(), small_programs()];
    own.into_iter().chain((!kind_is_there).then(kind)).collect()
}

fn kind() -> Item {
    Item::of("kind", "0.31.0", "sigs.k8s.io/kind").command(".", "kind")
}

/// The shell for the steps of workflows, as one static program.
fn shell() -> Item {
    Item::of("shell", "3.12.0", "mvdan.cc/sh/v3").command("./cmd/gosh", "sh")
}

/// Small programs that the steps of workflows call. `sleep` also holds the namespaces of pods.
fn small_programs() -> Item {
    crate::shell::SMALL_PROGRAMS
        .iter()
        .fold(Item::of("small-programs", "0.15.0", "github.com/u-root/u-root"), |item, name| {
            item.command(&format!("./cmds/core/{name}"), name)
        })
}

/// Kubernetes of this version, as far as a native cluster needs it.
pub fn kubernetes(release: &str) -> Item {
    let mut numbers = release.split('.');
    let major = numbers.next().unwrap_or_default();
    let minor = numbers.next().unwrap_or_default();
    let version = "k8s.io/component-base/version";
    let mut item = Item::of("kubernetes", release, "k8s.io/kubernetes")
        .variable(&format!("{version}.gitVersion"), &format!("v{release}"))
        .variable(&format!("{version}.gitMajor"), major)
        .variable(&format!("{version}.gitMinor"), minor);
    for name in ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet"] {
        item = item.command(&format!("./cmd/{name}"), name);
    }
    // Kubernetes 1.34.4 publishes its parts as v0.34.4.
    let parts = release.split_once('.').map_or(release, |(_, rest)| rest);
    item.local_replaces = LocalReplaces::Published(format!("v0.{parts}"));
    item.disk = 4_000_000_000;
    item
}

fn containerd(release: &str) -> Item {
    let module = "github.com/containerd/containerd/v2";
    let mut item = Item::of("containerd", release, module)
        .variable(&format!("{module}/version.Version"), &format!("v{release}"));
    for name in ["containerd", "containerd-shim-runc-v2", "ctr"] {
        item = item.command(&format!("./cmd/{name}"), name);
    }
    item
}

/// The build omits the tag `seccomp`, which needs a C library that most machines lack. The
/// sandbox's OCI wrapper removes the seccomp profile from each bundle.
fn runc(release: &str) -> Item {
    let mut item = Item::of("runc", release, "github.com/opencontainers/runc").command(".", "runc");
    item.cgo = true;
    item
}

fn cni(release: &str) -> Item {
    let module = "github.com/containernetworking/plugins";
    Item::of("cni-plugins", release, module)
        .variable(&format!("{module}/pkg/utils/buildversion.BuildVersion"), &format!("v{release}"))
        .command("./plugins/main/bridge", "bridge")
        .command("./plugins/main/loopback", "loopback")
        .command("./plugins/ipam/host-local", "host-local")
}

/// `MinIO` has no version numbers of Go modules, so the version names a commit.
fn minio() -> Item {
    let commit = "v0.0.0-20260212201848-7aac2a2c5b7c";
    let item = Item::new("minio", "2026-02-12", "github.com/minio/minio", commit);
    Item { disk: 1_200_000_000, ..item.command(".", "minio") }
}

fn kustomize() -> Item {
    Item::of("kustomize", "5.8.0", "sigs.k8s.io/kustomize/kustomize/v5")
        .variable("sigs.k8s.io/kustomize/api/provenance.version", "v5.8.0")
        .command(".", "kustomize")
}

#[cfg(test)]
mod tests;
