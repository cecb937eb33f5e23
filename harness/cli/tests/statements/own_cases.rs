//! A program without a directory of cases beside it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rstest::rstest;

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

/// A file of the cases.
const CASE: &str = "steps/fail-fast/case.yaml";

/// The only directory in a directory.
fn only(directory: &Path) -> PathBuf {
    let mut children = std::fs::read_dir(directory).expect("a directory");
    let child = children.next().expect("a child").expect("a child").path();
    assert!(children.next().is_none(), "one directory");
    child
}

#[rstest]
#[case::another_text(|cases: &Path| std::fs::write(cases.join(CASE), "nothing"))]
#[case::a_missing_file(|cases: &Path| std::fs::remove_file(cases.join(CASE)))]
#[case::one_more_case(|cases: &Path| {
    std::fs::create_dir(cases.join("steps/one-more"))?;
    let case = std::fs::read(cases.join(CASE))?;
    std::fs::write(cases.join("steps/one-more/case.yaml"), case)
})]
#[case::a_link(|cases: &Path| {
    let (case, to) = (cases.join(CASE), cases.join("../../case.yaml"));
    std::fs::rename(&case, &to)?;
    std::os::unix::fs::symlink(to, case)
})]
fn altered_cases_in_the_cache_are_written_again(#[case] alter: fn(&Path) -> std::io::Result<()>) {
    let alone = tempfile::tempdir().expect("a directory");
    let own = list(alone.path(), &[]);
    let kept = alone.path().join("cache/cases");
    alter(&only(&kept)).expect("it is altered");
    let again = list(alone.path(), &[]);
    assert_eq!(String::from_utf8_lossy(&again.stderr), "");
    assert_eq!(String::from_utf8_lossy(&again.stdout), String::from_utf8_lossy(&own.stdout));
    let case = only(&kept).join(CASE);
    assert!(std::fs::symlink_metadata(case).expect("the case").is_file());
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
