//! A program without a directory of cases beside it.

use std::path::Path;
use std::process::{Command, Output};

fn list(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_argo-conformance"));
    command.arg("list").args(args).current_dir(directory).env("NO_COLOR", "1");
    command.env("ARGO_CONFORMANCE_CACHE", directory.join("cache")).output().expect("it runs")
}

#[test]
fn the_program_has_its_cases_inside() {
    let alone = tempfile::tempdir().expect("a directory");
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases").display().to_string();
    let named = list(alone.path(), &["--cases", &ours]);
    let own = list(alone.path(), &[]);
    assert!(own.status.success(), "{}", String::from_utf8_lossy(&own.stderr));
    assert_eq!(String::from_utf8_lossy(&own.stdout), String::from_utf8_lossy(&named.stdout));
    assert_eq!(list(alone.path(), &[]).stdout, own.stdout, "the second time reads the cache");
}

#[test]
fn a_directory_that_is_there_counts() {
    let beside = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(beside.path().join("cases")).expect("make");
    assert!(!list(beside.path(), &[]).status.success(), "the directory has no case");
    assert!(!list(beside.path(), &["--cases", "others"]).status.success(), "it does not exist");
}

/// The machine of the command has no Go and no `argo` program.
#[test]
fn an_image_without_argo_needs_no_program() {
    let alone = tempfile::tempdir().expect("a directory");
    let image = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_argo-conformance"));
        command.args(["image", "--output", "image.tar", "--level", "core"]).args(more);
        command.current_dir(alone.path()).env_clear();
        command.env("ARGO_CONFORMANCE_CACHE", alone.path().join("cache"));
        command.output().expect("it runs")
    };
    let both = image(&["--without-argo", "--argo", "3.7.18"]);
    assert_eq!(both.status.code(), Some(64), "{both:?}");
    assert!(!image(&[]).status.success(), "no Go builds the argo program");
    let output = image(&["--without-argo"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.ends_with("and no argo program\n"), "{output:?}");
    let references = provision::image::references(&alone.path().join("image.tar"));
    assert_eq!(references.expect("an archive"), ["argo-conformance/argo-conformance:latest"]);
}
