//! Machines that lack a program or a right.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::harness::{Harness, binary};

/// Somebody who may do nothing.
const NOBODY: u32 = 65_534;

#[test]
fn no_go_in_path() {
    let harness = Harness::new();
    let output = harness.command(&["run"]).env("PATH", "/nonexistent").output().expect("it runs");
    insta::assert_snapshot!(harness.said(&output), @r"
    error: this machine lacks:
      no go command in PATH
        remedy: install Go 1.26.0 or newer from https://go.dev/dl and put it in PATH
      runc 1.3.3 needs a C compiler, and there is no `gcc` in PATH
        remedy: install one (Debian: apt-get install gcc libc6-dev), or name yours with `go env -w CC=…`
    exit 69
    ");
}

#[test]
fn not_root() {
    let harness = Harness::in_everybodys_reach();
    let all = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(harness.path(""), all).expect("let everybody in");
    // Other users cannot reach the directory of the binary.
    let own = harness.path("argo-conformance");
    std::fs::copy(binary(), &own).expect("copy");
    let output = Command::new(&own)
        .args(["run", "--cases"])
        .arg(cases_for_everybody(&harness))
        .env("ARGO_CONFORMANCE_CACHE", harness.path("cache"))
        .env("HOME", harness.path(""))
        .env("DOCKER_HOST", "unix:///nonexistent")
        .current_dir(harness.path(""))
        .uid(NOBODY)
        .output()
        .expect("it runs");
    let said = harness.said(&output);
    let first: Vec<&str> = said.lines().take(3).collect();
    insta::assert_snapshot!(first.join("\n"), @r"
    error: this machine lacks:
      root
        remedy: run it with sudo, or use `--provider kind` with a Docker daemon that answers this user
    ");
    assert!(said.ends_with("exit 69"), "{said}");
}

fn cases_for_everybody(harness: &Harness) -> std::path::PathBuf {
    let cases = harness.path("cases");
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/artifact-gc");
    let copied = Command::new("cp").arg("-r").arg(from).arg(&cases).status().expect("cp");
    assert!(copied.success());
    let area = harness.path("all");
    std::fs::create_dir(&area).expect("make");
    std::fs::rename(&cases, area.join("artifact-gc")).expect("move");
    area
}

#[test]
fn no_space() {
    let harness = Harness::on_a_disk_of("64m");
    std::fs::create_dir(harness.path("cache")).expect("make");
    insta::assert_snapshot!(harness.says(&["run"]), @r"
    error: this machine lacks:
      DIR/cache has 0.0 GB free, and building etcd 3.6.7, containerd 2.2.1, runc 1.3.3, cni-plugins 1.9.1, minio 2025-09-07, kustomize 5.8.1, shell 3.12.0, small-programs 0.15.0, kubernetes 1.34.4, argo-workflows 4.0.5 takes 14.8 GB for a while
        remedy: free some disk space, or name a cache directory on another disk
    exit 69
    ");
}

#[test]
fn a_proxy_that_has_nothing() {
    let harness = Harness::new();
    std::fs::create_dir(harness.path("proxy")).expect("make");
    let proxy = format!("file://{}", harness.path("proxy").display());
    let mut command = harness.command(&["run", "--argo", "3.4.0,3.7.18"]);
    let output = command.env("GOPROXY", proxy).env("GOSUMDB", "off").output().expect("it runs");
    let said = harness.said(&output).replace("; ", "\n");
    // A removal on a busy disk has a line of its own, which is no refusal.
    let is_time = |line: &str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    let said = said.lines().filter(|line| !is_time(line) && !line.starts_with("wait until"));
    insta::assert_snapshot!(said.collect::<Vec<_>>().join("\n"), @r"
    error: shell v3.12.0 cannot be had from the Go module proxy (it has no such file)
    small-programs v0.15.0 cannot be had from the Go module proxy (it has no such file)
    cni-plugins v1.9.1 cannot be had from the Go module proxy (it has no such file)
    kustomize v5.8.1 cannot be had from the Go module proxy (it has no such file)
    runc v1.3.3 cannot be had from the Go module proxy (it has no such file)
    etcd v3.6.7 cannot be had from the Go module proxy (it has no such file)
    minio v2025-09-07 cannot be had from the Go module proxy (it has no such file)
    argo-workflows v3.4.0 cannot be had from the Go module proxy (it has no such file)
    argo-workflows v3.7.18 cannot be had from the Go module proxy (it has no such file)
    kubernetes v1.34.4 cannot be had from the Go module proxy (it has no such file)
    containerd v2.2.1 cannot be had from the Go module proxy (it has no such file)
    hint: ask for another version, set GOPROXY to a proxy that has it, or take another source
    exit 69
    ");
}
