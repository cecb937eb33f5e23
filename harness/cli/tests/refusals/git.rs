//! Commits of git repositories, where that cannot be.

use std::process::Command;

use crate::harness::Harness;

/// A repository with one commit and one tag.
fn repository(harness: &Harness, module: &str) {
    let directory = harness.path("argo-workflows");
    for name in ["cmd/workflow-controller", "cmd/argoexec", "cmd/argo", "manifests/cluster-install"]
    {
        std::fs::create_dir_all(directory.join(name)).expect("a directory");
        std::fs::write(directory.join(name).join("file"), "").expect("a file");
    }
    std::fs::write(directory.join("go.mod"), format!("module {module}\n")).expect("a file");
    let author = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
    for args in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all"],
        &["-c", "commit.gpgSign=false", "commit", "--quiet", "-m", "first"],
        &["tag", "v4.1.2"],
    ] {
        let git = Command::new("git").args(author).args(args).current_dir(&directory).status();
        assert!(git.expect("git runs").success(), "{args:?}");
    }
}

#[test]
fn everything_that_is_no_commit_of_argo() {
    let harness = Harness::new();
    repository(&harness, "github.com/argoproj/argo-workflows/v4");
    let at = |rest: &str| format!("git:{}{rest}", harness.path("argo-workflows").display());
    let named = [at(""), at("@v4.1.3"), at("@main=3.7.19"), at("-fork@main")].join(",");
    let args = ["run", "--argo", &named, "--cli", "4.1.2+git.0123456789ab"];
    insta::assert_snapshot!(harness.says(&args), @r"
    error: --cli: invalid version `4.1.2+git.0123456789ab`: it is the name of a commit in a report
    hint: name the repository, as in git:./argo-workflows@0123456789ab=4.1.2
    error: invalid source `git:DIR/argo-workflows`: it names no revision of a repository
    hint: write it like git:./argo-workflows@v4.1.2 or git:./argo-workflows@main=4.2.0
    error: failed to find the revision `v4.1.3` in DIR/argo-workflows: no tag, branch or commit has this name
    hint: near it are: v4.1.2
    error: invalid target release 3.7.19 of main: its module is github.com/argoproj/argo-workflows/v4
    hint: name a release of that major version, as in git:DIR/argo-workflows@main=4.0.0
    error: failed to open DIR/argo-workflows-fork: not a git repository
    hint: name a directory with a git repository, bare or not, or its URL
    exit 64
    ");
}

#[test]
fn ends_of_a_search_by_commits() {
    let harness = Harness::new();
    repository(&harness, "github.com/argoproj/argo-workflows/v4");
    let place = harness.path("argo-workflows").display().to_string();
    let bisect = ["bisect", "--case", "exit-handler/manual-retry", "--repository"];
    let says = |place: &str, good: &str, bad: &str| {
        harness.says(&[&bisect[..], &[place, "--good", good, "--bad", bad]].concat())
    };
    insta::assert_snapshot!(says(&format!("{place}-fork"), "4.1.2", "main"), @"
error: --repository: failed to open DIR/argo-workflows-fork: not a git repository
hint: name a directory with a git repository, bare or not, or its URL
exit 64
");
    insta::assert_snapshot!(says(&place, "4.1.3", "mein"), @"
error: --good: failed to find the revision `4.1.3` in DIR/argo-workflows: no tag, branch or commit has this name
hint: near it are: v4.1.2
error: --bad: failed to find the revision `mein` in DIR/argo-workflows: no tag, branch or commit has this name
hint: near it are: main
exit 64
");
}

#[test]
fn where_there_is_no_git() {
    let harness = Harness::new();
    let mut command = harness.command(&["run", "--argo", "git:./argo-workflows@main"]);
    let output = command.env("PATH", harness.path("nowhere")).output().expect("it runs");
    insta::assert_snapshot!(harness.said(&output), @"
error: failed to find the git program: PATH has no `git`
hint: install git and put it in PATH (Debian: apt-get install git)
exit 64
");
}
