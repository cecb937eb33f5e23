use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;
use crate::go::run::Unguarded;

/// Missing prerequisites on a machine. The only program of the machine is this `go`, or none.
fn missing(go: Option<&str>, items: &[Item]) -> String {
    let dir = tempfile::tempdir().expect("temporary directory");
    if let Some(script) = go {
        install(&dir.path().join("go"), script);
    }
    let cache = Cache::open(Some(&dir.path().join("cache"))).expect("cache");
    let environment = Environment::from([("PATH".into(), dir.path().into())]);
    let missing = prerequisites_with(&cache, items, &Unguarded, &environment);
    let lines = missing.iter().map(|missing| format!("{}\n  {}", missing.what, missing.remedy));
    let text = lines.collect::<Vec<_>>().join("\n");
    without_free(&text.replace(&dir.path().display().to_string(), "ROOT"))
}

/// Replaces the size of the free space, which differs by machine.
fn without_free(text: &str) -> String {
    match (text.split_once(" has "), text.split_once(" GB free")) {
        (Some((before, _)), Some((_, after))) => format!("{before} has FREE GB free{after}"),
        _ => text.to_owned(),
    }
}

fn install(path: &Path, script: &str) {
    std::fs::write(path, script).expect("file");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("mode");
}

fn demanding() -> Item {
    Item { cgo: true, disk: 600_000_000_000_000, ..Item::of("runc", "1.3.3", "example.com/runc") }
}

const OLD: &str = "#!/bin/sh\necho '{\"GOVERSION\": \"go1.20.1\", \"CC\": \"cc\"}'\n";
const GOOD: &str = "#!/bin/sh\necho '{\"GOVERSION\": \"go1.99.1\", \"CC\": \"cc\"}'\n";
const BROKEN: &str = "#!/bin/sh\necho 'go: cannot find GOROOT directory' >&2; exit 2\n";

#[test]
fn everything_is_said_at_once() {
    insta::assert_snapshot!(missing(Some(OLD), &[demanding()]), @r"
    runc 1.3.3 needs Go 1.26.0, and this is go1.20.1
      install Go 1.26.0 or newer from https://go.dev/dl and put it in PATH
    runc 1.3.3 needs a C compiler, and there is no `cc` in PATH
      install one (Debian: apt-get install gcc libc6-dev), or name yours with `go env -w CC=…`
    ROOT/cache has FREE GB free, and building runc 1.3.3 takes 1000000.0 GB for a while
      free some disk space, or name a cache directory on another disk
    ");
}

#[test]
fn without_go_the_rest_is_said_too() {
    insta::assert_snapshot!(missing(None, &[demanding()]), @r"
    no go command in PATH
      install Go 1.26.0 or newer from https://go.dev/dl and put it in PATH
    runc 1.3.3 needs a C compiler, and there is no `gcc` in PATH
      install one (Debian: apt-get install gcc libc6-dev), or name yours with `go env -w CC=…`
    ROOT/cache has FREE GB free, and building runc 1.3.3 takes 1000000.0 GB for a while
      free some disk space, or name a cache directory on another disk
    ");
}

#[test]
fn a_go_that_does_not_answer_is_told_by_its_words() {
    insta::assert_snapshot!(missing(Some(BROKEN), &[]), @r"
    failed to read the settings of go env: go: cannot find GOROOT directory
      see that `go env` works in this shell
    ");
}

#[test]
fn nothing_is_missing_where_nothing_is_needed() {
    let modest = Item { disk: 0, ..Item::of("etcd", "3.6.7", "example.com/etcd") };
    assert_eq!(missing(Some(GOOD), &[modest]), "");
    assert_eq!(missing(Some(OLD), &[]), "", "an old Go is good enough to build nothing");
}

#[test]
fn disk_is_counted_once_for_what_versions_share() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let cache = Cache::open(Some(dir.path())).expect("cache");
    let huge = 3_000_000_000_000_000;
    let version = |release: &str| Item { disk: huge, ..Item::of("argo", release, "a.example/a") };
    let (first, second) = (version("3.7.1"), version("3.7.2"));
    let Err(BuildError::DiskFull { need, .. }) = check_disk(&cache, &[&first, &second]) else {
        panic!("no disk is that large");
    };
    assert_eq!(need, huge + huge / 3 + huge * 2 / 3);
}
