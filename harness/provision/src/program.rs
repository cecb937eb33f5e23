//! Programs built from their published Go modules: which, and of what versions.
//!
//! Every program is built the same way: a copy of its module is the main module, so that what
//! upstream's own `go.mod` says (`replace`, `exclude`, `godebug`) and its `go.sum` hold as they do
//! upstream; `go install MODULE@VERSION` would refuse or ignore them.

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

/// The Kubernetes that is built unless another is asked for.
pub const DEFAULT_KUBERNETES: &str = "1.34.4";

/// Raised when the way programs are built changes what comes out.
const RECIPE: u32 = 1;

/// Stands in a variable's value for the commit that the module was made of.
pub(crate) const COMMIT: &str = "{commit}";

/// What is built from one module: one entry of the cache.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// What it is called: `kubernetes`.
    pub name: String,
    /// Version for people: `1.34.4`.
    pub release: String,
    /// Path of the module.
    pub module: String,
    /// Version of the module: `v1.34.4`.
    pub version: String,
    /// Its commands.
    pub commands: Vec<Command>,
    /// Whether it needs a C compiler.
    pub cgo: bool,
    /// Build tags.
    pub tags: Vec<String>,
    /// Go variables set by the linker, by full name.
    pub variables: Vec<(String, String)>,
    /// What becomes of `replace` lines of the module that name a directory outside of it.
    pub local_replaces: LocalReplaces,
    /// The directory or commit that is built; the published module unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given>,
    /// Files that the module lacks because a module's archive cannot hold them.
    pub restored: Vec<Restored>,
    /// Directories of the module that are kept beside the programs.
    pub kept: Vec<String>,
    /// Bytes that its sources and compiled packages take up until all that was asked for is built.
    /// Measured, and rounded up. Says nothing of what comes out.
    #[serde(skip)]
    pub disk: u64,
}

/// One command of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Its package, relative to the module: `./cmd/kubelet`.
    pub package: String,
    /// What its program is called.
    pub program: String,
}

/// What becomes of `replace` lines that name a directory, which is not in the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LocalReplaces {
    /// They go: the required versions are published.
    Dropped,
    /// The same module of this version takes the directory's place.
    Published(String),
}

/// A file to put into the copy of a module, unless it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restored {
    /// A copy of another of its files, where the module has that one.
    Copy {
        /// The file that is there.
        from: String,
        /// The file that is not.
        to: String,
    },
    /// An empty file, where the module has another file that needs it.
    Empty {
        /// The file that needs it.
        beside: String,
        /// The file that is not there.
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

    /// An item of which module and release have the same version, `release` with a `v`.
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

    /// What this item is made from with this toolchain: two builds of which this is the same give
    /// the same programs.
    pub(crate) fn made_from(&self, toolchain: &Toolchain) -> serde_json::Value {
        let cc = self.cgo.then_some(&toolchain.cc);
        serde_json::json!({
            "item": self, "go": toolchain.target, "cc": cc, "recipe": RECIPE,
        })
    }

    /// Name of its entry in the cache.
    pub(crate) fn key(&self, toolchain: &Toolchain) -> String {
        let hash = Sha256::digest(self.made_from(toolchain).to_string().as_bytes());
        format!("{}-{}-{}", self.name, self.release, &hexadecimal(&hash)[..16])
    }
}

/// What a native cluster consists of besides Kubernetes.
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

/// What a kind cluster needs besides Docker, where `kind` itself is in `PATH` already.
pub fn programs_for_kind(kind_is_there: bool) -> Vec<Item> {
    let own = [kustomize(), shell(), small_programs()];
    own.into_iter().chain((!kind_is_there).then(kind)).collect()
}

fn kind() -> Item {
    Item::of("kind", "0.31.0", "sigs.k8s.io/kind").command(".", "kind")
}

/// A shell for the steps of workflows: one static program.
fn shell() -> Item {
    Item::of("shell", "3.12.0", "mvdan.cc/sh/v3").command("./cmd/gosh", "sh")
}

/// The few programs that steps of workflows call besides the shell's own; `sleep` also holds the
/// namespaces of pods.
fn small_programs() -> Item {
    crate::shell::SMALL_PROGRAMS
        .iter()
        .fold(Item::of("small-programs", "0.15.0", "github.com/u-root/u-root"), |item, name| {
            item.command(&format!("./cmds/core/{name}"), name)
        })
}

/// The parts of Kubernetes that a native cluster has, of this version.
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
    // Kubernetes 1.34.4 is published in parts as v0.34.4.
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

/// Without the tag `seccomp`, which needs a C library that is rarely installed; the sandbox's
/// OCI wrapper takes the seccomp profile out of what it is given.
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

/// `MinIO`'s own version numbers are no module versions, so this is a commit.
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
