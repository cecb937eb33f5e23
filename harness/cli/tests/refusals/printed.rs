//! Standard output that does not take what is printed.

use std::fs::File;
use std::process::Output;

use rstest::rstest;

use crate::harness::Harness;

fn printing_to(harness: &Harness, out: impl Into<std::process::Stdio>, args: &[&str]) -> Output {
    let child = harness.command(args).stdout(out).stderr(std::process::Stdio::piped()).spawn();
    child.expect("it runs").wait_with_output().expect("it ends")
}

#[rstest]
#[case::results(&["list"])]
#[case::a_document(&["schema"])]
fn what_a_full_disk_does_not_take_is_said(#[case] args: &[&str]) {
    let harness = Harness::new();
    let full = File::options().write(true).open("/dev/full").expect("Linux has it");
    let output = printing_to(&harness, full, args);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        said,
        "error: failed to print on standard output: No space left on device (os error 28)\n"
    );
    assert_eq!(output.status.code(), Some(69));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_trouble() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let output = printing_to(&Harness::new(), writer, &["list"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
