//! Programs that the harness builds from Go modules, and their versions. The source of a module is
//! the published version, a checkout, or a commit.
//!
//! Every build uses a copy of the program's module as main module. Upstream's `go.mod` (`replace`,
//! `exclude`, `godebug`) and `go.sum` then apply as in upstream's own build. The command `go
//! install` with a module version refuses or ignores these directives.

pub mod build;
mod compile;
pub mod download;
pub mod error;
pub mod given;
mod go_caches;
mod item;
mod package;
mod prerequisite;
mod source;
pub mod supply;
pub mod tree;
mod wait;
mod workshop;

pub use build::{ensure, kept};
pub use error::BuildError;
pub(crate) use item::COMMIT;
pub use item::{Command, Item, LocalReplaces, Restored};
pub use prerequisite::{Missing, prerequisites_of_builds};
pub(crate) use source::copy as copy_directory;

use crate::progress::UsualTimes;

/// Default version of Kubernetes.
pub const DEFAULT_KUBERNETES: &str = "1.34.4";

/// Items of a native cluster besides Kubernetes.
pub fn cluster_programs() -> Vec<Item> {
    vec![
        etcd(),
        containerd("2.2.1"),
        runc("1.3.3"),
        cni("1.9.1"),
        minio(),
        kustomize(),
        shell(),
        small_programs(),
    ]
}

fn etcd() -> Item {
    let item = Item::of("etcd", "3.6.7", "go.etcd.io/etcd/server/v3").command(".", "etcd");
    Item { usual: UsualTimes::seconds(5, 30), ..item }
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
    let item = Item::of("shell", "3.12.0", "mvdan.cc/sh/v3").command("./cmd/gosh", "sh");
    Item { usual: UsualTimes::seconds(1, 3), ..item }
}

/// Small programs that the steps of workflows call. `sleep` also holds the namespaces of pods.
fn small_programs() -> Item {
    let item = Item::of("small-programs", "0.15.0", "github.com/u-root/u-root");
    let item = Item { usual: UsualTimes::seconds(1, 3), ..item };
    crate::shell::SMALL_PROGRAMS
        .iter()
        .fold(item, |item, name| item.command(&format!("./cmds/core/{name}"), name))
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
    item.usual = UsualTimes::seconds(25, 215);
    item
}

fn containerd(release: &str) -> Item {
    let module = "github.com/containerd/containerd/v2";
    let mut item = Item::of("containerd", release, module)
        .variable(&format!("{module}/version.Version"), &format!("v{release}"));
    item.usual = UsualTimes::seconds(15, 60);
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

/// The last release of `MinIO` with published files. `MinIO` has no version numbers of Go modules,
/// so the version names the commit of the release.
fn minio() -> Item {
    let commit = "v0.0.0-20250907161309-07c3a429bfed";
    let item = Item::new("minio", "2025-09-07", "github.com/minio/minio", commit);
    let usual = UsualTimes::seconds(22, 100);
    Item { disk: 1_200_000_000, usual, ..item.command(".", "minio") }
}

fn kustomize() -> Item {
    Item::of("kustomize", "5.8.1", "sigs.k8s.io/kustomize/kustomize/v5")
        .variable("sigs.k8s.io/kustomize/api/provenance.version", "v5.8.1")
        .command(".", "kustomize")
}

#[cfg(test)]
mod tests;
