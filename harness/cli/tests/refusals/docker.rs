//! Clusters in Docker, where they cannot be put up, and what dead runs left of them.

use std::path::PathBuf;

use rstest::rstest;

use crate::daemon::Daemon;
use crate::harness::Harness;

#[test]
fn no_docker() {
    let harness = Harness::new();
    let mut command = harness.command(&["run", "--provider", "kind"]);
    let output = command.env("PATH", "/nonexistent").output().expect("it runs");
    insta::assert_snapshot!(harness.said(&output), @r"
    error: this machine lacks:
      no docker command in PATH, which kind runs
        remedy: install one (Debian: apt-get install docker-cli)
      a Docker daemon that answers (failed to ask the Docker daemon at unix://DIR/docker.sock for its id: failed to initialize a docker client: Socket not found: DIR/docker.sock)
        remedy: start it, or name it with DOCKER_HOST; `--provider native` needs none
      no go command in PATH
        remedy: install Go 1.26.0 or newer from https://go.dev/dl and put it in PATH
    exit 69
    ");
}

#[test]
fn no_images() {
    let harness = Harness::new();
    let _daemon = Daemon::listen(&harness.path("docker.sock"), "this");
    let args = ["run", "--provider", "kind", "--node-image", "a/node:1", "--store-image", "b/s3:2"];
    let said = harness.said(&with_docker(&harness, &args));
    insta::assert_snapshot!(said, @r"
    error: this machine lacks:
      the node's image a/node:1, which is not here (failed to pull the image a/node:1: Docker responded with status code 404: there is no such thing)
        remedy: `docker load` it, log in with `docker login` if its registry wants credentials, name another with --node-image, or --provider native
      the store's image b/s3:2, which is not here (failed to pull the image b/s3:2: Docker responded with status code 404: there is no such thing)
        remedy: `docker load` it, log in with `docker login` if its registry wants credentials, name another with --store-image, or --provider native
      no go command in PATH
        remedy: install Go 1.26.0 or newer from https://go.dev/dl and put it in PATH
    exit 69
    ");
}

#[test]
fn an_installation_that_stays_is_not_of_kind() {
    insta::assert_snapshot!(Harness::new().says(&["run", "--provider", "kind", "--on", "0"]), @r"
    error: invalid --provider: an installation of `up` or a shared one is native
    hint: Leave --provider out.
    exit 64
    ");
}

/// The record of a cluster whose harness is dead, with the daemon that has its containers.
fn record(harness: &Harness, daemon: &str) -> PathBuf {
    let record = harness.path("cache/kind/argo-conformance-1-1-1");
    std::fs::create_dir_all(&record).expect("make");
    std::fs::write(record.join("docker"), daemon).expect("write");
    record
}

#[test]
fn a_cluster_of_a_dead_run_is_swept() {
    let harness = Harness::new();
    let daemon = Daemon::listen(&harness.path("docker.sock"), "this");
    let record = record(&harness, "this");
    let output = harness.command(&["sweep"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains(" 1 kind clusters; "), "{said} {output:?}");
    assert_eq!(daemon.removed(), ["left"]);
    assert!(!record.exists(), "the record is left");
}

#[rstest]
#[case::sweep("sweep")]
#[case::clean("clean")]
fn a_cluster_on_another_daemon_stays_on_record(#[case] verb: &str) {
    let harness = Harness::new();
    let daemon = Daemon::listen(&harness.path("docker.sock"), "this");
    let record = record(&harness, "that");
    let output = harness.command(&[verb]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(69), "{said}");
    assert!(
        said.contains("another Docker daemon made it\nhint: name that daemon with DOCKER_HOST"),
        "{said}"
    );
    assert!(daemon.removed().is_empty() && record.exists());
}

#[test]
fn a_cluster_stays_on_record_while_no_daemon_answers() {
    let harness = Harness::new();
    let record = record(&harness, "this");
    let output = harness.command(&["sweep"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(69), "{output:?}");
    assert!(record.exists());
}

/// Runs it with a `docker` command that does nothing.
fn with_docker(harness: &Harness, args: &[&str]) -> std::process::Output {
    use std::os::unix::fs::PermissionsExt;
    let bin = harness.path("bin");
    std::fs::create_dir(&bin).expect("make");
    std::fs::write(bin.join("docker"), "#!/bin/sh\n").expect("write");
    let all = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(bin.join("docker"), all).expect("make it a program");
    // Nothing else is in PATH, so nothing is built.
    harness.command(args).env("PATH", bin).output().expect("it runs")
}
