//! A checkout of Argo, as far as it is looked at before a build, and a git repository of it.

use std::path::Path;
use std::process::Command;

/// Makes one.
pub(crate) fn checkout(dir: &Path) {
    for part in ["cmd/workflow-controller", "cmd/argoexec", "cmd/argo", "manifests/cluster-install"]
    {
        std::fs::create_dir_all(dir.join(part)).expect("a directory");
    }
    let module = "module github.com/argoproj/argo-workflows/v3\n";
    std::fs::write(dir.join("go.mod"), module).expect("write");
}

/// Runs git in a directory, as its owner does.
pub(crate) fn git(dir: &Path, args: &[&str]) {
    let mut git = Command::new("git");
    git.args(["-c", "user.name=A", "-c", "user.email=a@example.com"]);
    git.args(["-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false"]).args(args);
    assert!(git.current_dir(dir).status().expect("git runs").success(), "{args:?}");
}

/// Makes a checkout with a git repository: a commit with each of these tags, and one after them.
pub(crate) fn repository(dir: &Path, tags: &[&str]) {
    checkout(dir);
    for part in ["cmd/workflow-controller", "cmd/argoexec", "cmd/argo", "manifests/cluster-install"]
    {
        std::fs::write(dir.join(part).join("kept"), "").expect("write");
    }
    git(dir, &["init", "--quiet", "--initial-branch=main"]);
    for tag in tags {
        commit(dir, tag);
        git(dir, &["tag", tag]);
    }
    commit(dir, "main");
}

/// Commits a file with this text.
pub(crate) fn commit(dir: &Path, text: &str) {
    std::fs::write(dir.join("version.go"), format!("package argo // {text}\n")).expect("write");
    git(dir, &["add", "--all"]);
    git(dir, &["commit", "--quiet", "-m", text]);
}
