//! The directory of `--out` after a run that ended before its first case.

use std::path::Path;
use std::process::Stdio;

use rstest::rstest;

use crate::go_proxy::Proxy;
use crate::harness::Harness;

/// Ends before its first case: the kubeconfig is missing.
const EXISTING: [&str; 15] = [
    "run",
    "--provider",
    "existing",
    "--namespaces",
    "prepared-1",
    "--bucket",
    "b",
    "--store",
    "http://127.0.0.1:1",
    "--store-user",
    "u",
    "--store-password",
    "p",
    "--kubeconfig",
    "/missing",
];
/// Ends before its first case: the machine lacks a compiler.
const NATIVE: [&str; 3] = ["run", "--provider", "native"];
/// Ends before its first case: the command line is wrong.
const REFUSED: [&str; 4] = ["run", "--case", "no/such-case", "--jobs=1"];

fn ends(harness: &Harness, args: &[&str], out: &Path) -> String {
    let mut command = harness.command(args);
    command.arg("--out").arg(out).env("PATH", "/nonexistent");
    if args.contains(&"existing") {
        command.args(["--context", "t"]);
    }
    harness.said(&command.output().expect("it runs"))
}

#[rstest]
#[case::existing(&EXISTING)]
#[case::native(&NATIVE)]
#[case::refused(&REFUSED)]
fn the_next_run_can_have_it(#[case] args: &[&str]) {
    let harness = Harness::new();
    let out = harness.path("new/run");
    let first = ends(&harness, args, &out);
    assert!(!harness.path("new").exists(), "{first}");
    let second = ends(&harness, args, &out);
    assert_eq!(first, second);
    assert!(!first.ends_with("exit 0") && !first.contains("not empty"), "{first}");
}

#[rstest]
#[case::existing(&EXISTING)]
#[case::native(&NATIVE)]
#[case::refused(&REFUSED)]
fn an_empty_directory_of_the_user_stays(#[case] args: &[&str]) {
    let harness = Harness::new();
    let out = harness.path("run");
    std::fs::create_dir(&out).expect("a directory");
    let said = ends(&harness, args, &out);
    let inside = out.read_dir().expect("it is there").count();
    assert_eq!(inside, 0, "{said}");
}

#[test]
fn a_file_of_the_user_stays() {
    let harness = Harness::new();
    let out = harness.path("run");
    std::fs::create_dir(&out).expect("a directory");
    std::fs::write(out.join("mine"), "text").expect("write");
    let said = ends(&harness, &EXISTING, &out);
    assert!(said.contains("is not empty"), "{said}");
    assert_eq!(std::fs::read_to_string(out.join("mine")).expect("it is there"), "text");
}

/// Killed while the machine builds programs, before the first case.
#[test]
fn the_next_run_can_have_that_of_a_killed_run() {
    let harness = Harness::new();
    let out = harness.path("run");
    let mut command = harness.command(&NATIVE);
    command.arg("--out").arg(&out).stdout(Stdio::null()).stderr(Stdio::null());
    let proxy = Proxy::of(&mut command);
    let mut child = command.spawn().expect("it runs");
    let asked = proxy.asked(&mut child);
    child.kill().expect("it is killed");
    child.wait().expect("it has ended");
    drop(asked);
    assert!(out.join("manifest.json").exists(), "the killed run had it");
    let said = ends(&harness, &EXISTING, &out);
    assert!(said.contains("/missing") && !said.contains("not empty"), "{said}");
}
