//! Machines with a limit, a mount or a Docker daemon that allows no cluster.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::mount::{MsFlags, mount};
use rstest::rstest;

use crate::daemon::Daemon;
use crate::harness::{Harness, binary};

const KIND: [&str; 3] = ["run", "--provider", "kind"];
/// A user without rights.
const NOBODY: u32 = 65_534;

/// Runs `--provider kind` with a docker command and nothing else in `PATH`. The docker command
/// tells the socket of a context.
fn with_docker(harness: &Harness, variables: &[(&str, &str)]) -> String {
    let bin = harness.path("bin");
    std::fs::create_dir(&bin).expect("make");
    let script = format!(
        "#!/bin/sh\n[ \"$3\" = gone ] && {{ echo 'context \"gone\": not found' >&2; exit 1; }}\n\
         echo unix://{}\n",
        harness.path("other.sock").display()
    );
    program(&bin.join("docker"), &script);
    let mut command = harness.command(&KIND);
    command.env("PATH", bin).env_remove("DOCKER_HOST").envs(variables.iter().copied());
    harness.said(&command.output().expect("it runs"))
}

fn program(path: &Path, script: &str) {
    std::fs::write(path, script).expect("write");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a program");
}

#[rstest]
#[case::by_address("tcp://192.0.2.77:2375")]
#[case::by_ssh("ssh://me@host")]
fn a_docker_daemon_of_another_machine(#[case] host: &str) {
    let said = with_docker(&Harness::new(), &[("DOCKER_HOST", host)]);
    let expected = format!(
        "a Docker daemon that answers (failed to use the Docker daemon at {host}: it is on another \
         machine. The API server of a kind cluster listens on the loopback of that machine \
         alone)\n    remedy: run it on that machine"
    );
    assert!(said.contains(&expected) && said.ends_with("exit 69"), "{said}");
}

#[test]
fn a_docker_daemon_that_does_not_listen_is_named() {
    let said = with_docker(&Harness::new(), &[("DOCKER_HOST", "tcp://127.0.0.1:1")]);
    assert!(said.contains("the Docker daemon at tcp://127.0.0.1:1 for its id"), "{said}");
    assert!(said.contains("Connection refused"), "{said}");
}

#[test]
fn a_docker_context_has_the_daemon_that_it_names() {
    let harness = Harness::new();
    let _daemon = Daemon::listen(&harness.path("other.sock"), "that");
    let said = with_docker(&harness, &[("DOCKER_CONTEXT", "other")]);
    assert!(said.contains("the node's image") && !said.contains("that answers"), "{said}");
}

#[test]
fn a_docker_context_that_is_gone() {
    let said = with_docker(&Harness::new(), &[("DOCKER_CONTEXT", "gone")]);
    let expected = "failed to find the endpoint of the Docker context gone: context \"gone\": \
                    not found)\n    remedy: choose another context with `docker context use`";
    assert!(said.contains(expected), "{said}");
}

#[test]
fn a_docker_socket_of_another_group() {
    let harness = Harness::in_everybodys_reach();
    let socket = harness.path("docker.sock");
    let _daemon = Daemon::listen(&socket, "this");
    let only_root = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&socket, only_root).expect("close it");
    let said = as_nobody(&harness, &KIND);
    assert!(said.contains("Permission denied"), "{said}");
    assert!(said.contains("remedy: join the group that may use its socket"), "{said}");
}

/// A user other than root gets as far as the images. Neither `kind` nor builds need root.
#[test]
fn a_docker_socket_of_this_group() {
    let harness = Harness::in_everybodys_reach();
    let socket = harness.path("docker.sock");
    let _daemon = Daemon::listen(&socket, "this");
    let all = std::fs::Permissions::from_mode(0o666);
    std::fs::set_permissions(&socket, all).expect("open it");
    let said = as_nobody(&harness, &KIND);
    assert!(said.contains("the node's image"), "{said}");
    assert!(!said.contains("  root") && !said.contains("namespace"), "{said}");
}

/// Runs a copy of the binary as a user without rights.
fn as_nobody(harness: &Harness, args: &[&str]) -> String {
    let all = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(harness.path(""), all).expect("let everybody in");
    let own = harness.path("argo-conformance");
    std::fs::copy(binary(), &own).expect("copy");
    let cases = harness.path("cases");
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases");
    let copied = Command::new("cp").arg("-r").arg(from).arg(&cases).status().expect("cp");
    assert!(copied.success());
    let output = Command::new(&own)
        .args(args)
        .arg("--cases")
        .arg(cases)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("ARGO_CONFORMANCE_CACHE", harness.path("cache"))
        .env("HOME", harness.path(""))
        .env("NO_COLOR", "1")
        .env("DOCKER_HOST", format!("unix://{}", harness.path("docker.sock").display()))
        .current_dir(harness.path(""))
        .uid(NOBODY)
        .gid(NOBODY)
        .output()
        .expect("it runs");
    harness.said(&output)
}

#[test]
fn a_cache_whose_path_is_no_text() {
    let harness = Harness::new();
    let mut command = harness.command(&["run"]);
    let cache = harness.path("").join(OsStr::from_bytes(b"cache-\xff"));
    let output = command.env("ARGO_CONFORMANCE_CACHE", cache).output().expect("it runs");
    insta::assert_snapshot!(harness.said(&output), @r"
    error: invalid cache directory DIR/cache-�: its path is not UTF-8
    hint: name another cache directory
    exit 69
    ");
}

#[test]
fn a_cache_from_which_no_program_runs() {
    let harness = Harness::new();
    let cache = harness.path("cache");
    std::fs::create_dir(&cache).expect("make");
    let (none, flags) = (Some("none"), MsFlags::MS_NOEXEC);
    mount(none, &cache, Some("tmpfs"), flags, Some("size=64g")).expect("a disk");
    let mut command = harness.command(&["run"]);
    let output = command.env("PATH", "/nonexistent").output().expect("it runs");
    let said = harness.said(&output);
    nix::mount::umount(&cache).expect("unmount");
    let first: Vec<&str> = said.lines().take(3).collect();
    insta::assert_snapshot!(first.join("\n"), @r"
    error: this machine lacks:
      DIR/cache is on a disk from which no program runs (mount option noexec)
        remedy: name a cache directory on another disk with ARGO_CONFORMANCE_CACHE
    ");
}

/// The first lines that the program says as the child of another program.
fn below(wrapper: &[&str]) -> String {
    let harness = Harness::new();
    let run = harness.command(&["run"]);
    let mut command = Command::new(wrapper[0]);
    command.args(&wrapper[1..]).arg(run.get_program()).args(run.get_args());
    for (name, value) in run.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    // Nothing is built without Go.
    let said = harness.said(&command.env("PATH", "/usr/bin:/bin").output().expect("it runs"));
    assert!(said.ends_with("exit 69"), "{said}");
    said.lines().take(3).collect::<Vec<_>>().join("\n")
}

#[test]
fn few_open_files() {
    let said = below(&["/bin/sh", "-c", "ulimit -n 256 && exec \"$@\"", "sh"]);
    insta::assert_snapshot!(said, @r"
    error: this machine lacks:
      open files: this process may have 256, 1024 are needed
        remedy: raise the hard limit of 256 as root (`ulimit -Hn`, LimitNOFILE of the service, or `--ulimit nofile` of the container)
    ");
}

#[test]
fn root_in_a_user_namespace() {
    let said = below(&["unshare", "--user", "--map-root-user", "--mount"]);
    insta::assert_snapshot!(said, @r"
    error: this machine lacks:
      root of the machine: this process is root in a user namespace alone
        remedy: run it as root outside `unshare --user` and outside a rootless container
    ");
}
