use std::collections::BTreeMap;

use super::*;
use crate::go::Toolchain;

fn toolchain(go: &str, cc: &str) -> Toolchain {
    let target = BTreeMap::from([("GOVERSION".to_owned(), go.to_owned())]);
    Toolchain { target, cc: cc.to_owned() }
}

#[test]
fn what_a_cluster_consists_of() {
    let line = |item: &Item| {
        let programs: Vec<_> = item.commands.iter().map(|c| c.program.as_str()).collect();
        format!("{}: {}@{}\n  {}", item.label(), item.module, item.version, programs.join(", "))
    };
    let all = cluster_programs().into_iter().chain([kubernetes(DEFAULT_KUBERNETES)]);
    let lines: Vec<_> = all.map(|item| line(&item)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    etcd 3.6.7: go.etcd.io/etcd/server/v3@v3.6.7
      etcd
    containerd 2.2.1: github.com/containerd/containerd/v2@v2.2.1
      containerd, containerd-shim-runc-v2, ctr
    runc 1.3.3: github.com/opencontainers/runc@v1.3.3
      runc
    cni-plugins 1.9.1: github.com/containernetworking/plugins@v1.9.1
      bridge, loopback, host-local
    minio 2025-09-07: github.com/minio/minio@v0.0.0-20250907161309-07c3a429bfed
      minio
    kustomize 5.8.1: sigs.k8s.io/kustomize/kustomize/v5@v5.8.1
      kustomize
    shell 3.12.0: mvdan.cc/sh/v3@v3.12.0
      sh
    small-programs 0.15.0: github.com/u-root/u-root@v0.15.0
      cat, kill, ls, mkdir, rm, sleep
    kubernetes 1.34.4: k8s.io/kubernetes@v1.34.4
      kube-apiserver, kube-controller-manager, kube-scheduler, kubelet
    ");
}

#[test]
fn the_parts_of_kubernetes_are_of_its_version() {
    let item = kubernetes("1.35.2");
    assert_eq!(item.local_replaces, LocalReplaces::Published("v0.35.2".to_owned()));
    let values: Vec<_> = item.variables.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["v1.35.2", "1", "35"]);
}

#[test]
fn a_key_changes_with_all_that_changes_the_programs() {
    let base = kubernetes("1.34.4");
    let here = toolchain("go1.26.8", "gcc");
    let key = base.key(&here);
    assert!(key.starts_with("kubernetes-1.34.4-"), "{key}");
    let mut tagged = base.clone();
    tagged.tags.push("netgo".to_owned());
    let mut other_disk = base.clone();
    other_disk.disk += 1;
    assert_ne!(tagged.key(&here), key, "tags");
    assert_ne!(base.clone().variable("a", "b").key(&here), key, "variables");
    assert_ne!(base.key(&toolchain("go1.26.9", "gcc")), key, "Go");
    assert_eq!(base.key(&toolchain("go1.26.8", "clang")), key, "no C in it");
    assert_eq!(other_disk.key(&here), key, "disk is no input");
    let runc = runc("1.3.3");
    assert_ne!(runc.key(&here), runc.key(&toolchain("go1.26.8", "clang")), "C");
}
