//! The files of a release: the same bytes each time, the listed files, the right tag.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use ci::release::archive::{File, archive};
use ci::release::package::Package;
use ci::release::{Arguments, prove, release, tag};
use rstest::rstest;

const TIME: u64 = 1_795_996_800;

/// A file of this path and content.
fn file(path: &str, mode: u32, text: &str) -> (String, File) {
    (path.to_owned(), File { mode, bytes: text.as_bytes().to_vec() })
}

/// Path, permissions, time, owner and content of each entry.
fn entries(bytes: &[u8]) -> Vec<(String, u32, u64, u64, String)> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes));
    let entries = archive.entries().expect("an archive");
    let entry = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        let header = entry.header();
        let mode = header.mode().expect("a mode");
        (path, mode, header.mtime().expect("a time"), header.uid().expect("an owner"), text)
    };
    entries.map(entry).collect()
}

#[test]
fn an_archive_has_the_same_bytes_each_time() {
    let files = [file("b", 0o755, "program"), file("a/c", 0o644, "text")];
    let once = archive("name", &files.iter().cloned().collect(), TIME).expect("an archive");
    let reversed: BTreeMap<_, _> = files.into_iter().rev().collect();
    assert_eq!(archive("name", &reversed, TIME).expect("an archive"), once);
    let expected = [("name/a/c", 0o644, "text"), ("name/b", 0o755, "program")];
    let expected = expected.map(|(path, mode, text)| (path.into(), mode, TIME, 0, text.into()));
    assert_eq!(entries(&once), expected);
    assert_ne!(archive("name", &reversed, TIME + 1).expect("an archive"), once);
}

#[test]
fn an_archive_has_what_the_list_says() {
    let mut package = Package::default();
    let lacks = package.complete().expect_err("it is empty").to_string();
    assert!(lacks.starts_with("invalid package: it lacks CHANGELOG.md, "), "{lacks}");
    for path in Package::contents() {
        package.text(path, path.into());
    }
    let made = archive("name", package.complete().expect("it is complete"), TIME);
    let paths = entries(&made.expect("an archive")).into_iter().map(|(path, ..)| path);
    let expected: Vec<_> = Package::contents().iter().map(|path| format!("name/{path}")).collect();
    assert_eq!(paths.collect::<Vec<_>>(), expected);
    package.text("another", Vec::new());
    let other = package.complete().expect_err("a file too many").to_string();
    assert_eq!(other, "invalid package: it has another");
}

#[test]
fn the_list_has_what_a_user_needs() {
    let contents = Package::contents();
    let needed = ["argo-conformance", "README.md", "LICENSE", "licences/crates.txt"];
    let needed = needed.into_iter().chain(["man/argo-conformance.1"]);
    for path in needed.chain(["completions/argo-conformance.bash"]) {
        assert!(contents.contains(&path), "{path} is in {contents:?}");
    }
}

#[test]
fn documents_and_generated_files_complete_a_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut package = Package::default();
    package.documents(&root).expect("they are there");
    package.generated(Path::new("/bin/echo")).expect("it prints");
    package.program("argo-conformance", Vec::new());
    let lacks = package.complete().expect_err("licences").to_string();
    assert!(lacks.starts_with("invalid package: it lacks licences/"), "{lacks}");
    let silent = package.generated(Path::new("/bin/true")).expect_err("it prints nothing");
    assert!(silent.to_string().starts_with("failed to make completions/_argo-conformance: "));
}

#[rstest]
#[case::another("v0.2.0")]
#[case::without_v("0.1.0")]
#[case::longer("v0.1.0-rc.1")]
fn a_tag_of_another_version_is_refused(#[case] name: &str) {
    let said = tag::check(name, "0.1.0").expect_err("another version").to_string();
    let expected = "Cargo.toml has version 0.1.0. \
                    Name the tag v0.1.0, or set the version of the workspace in Cargo.toml";
    assert_eq!(said, format!("invalid tag {name}: {expected}"));
}

#[test]
fn the_tag_of_the_version_is_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let version = tag::version(&root).expect("a version");
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    tag::check(&format!("v{version}"), &version).expect("the same");
}

#[rstest]
#[case::no_output(&["--run", "r"], "missing option --output. Name a directory for the files")]
#[case::no_run(&["--output", "o"], "missing option --run. Name a run directory of these cases")]
#[case::no_value(&["--run"], "invalid option --run: no value")]
#[case::unknown(&["--sign", "yes"], "invalid option --sign: unknown")]
fn arguments_that_are_refused(#[case] words: &[&str], #[case] expected: &str) {
    assert_eq!(Arguments::read(words).expect_err("refused").to_string(), expected);
}

#[test]
fn arguments_of_a_release() {
    let words = ["--output", "o", "--run", "r", "--tag", "v1.0.0", "--target", "t"];
    let read = Arguments::read(&words).expect("arguments");
    let expected = Arguments {
        output: "o".into(),
        run: "r".into(),
        target: "t".into(),
        tag: Some("v1.0.0".into()),
    };
    assert_eq!(read, expected);
}

/// The checksums name each file of the directory.
#[test]
fn a_directory_with_files_is_refused() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = tempfile::tempdir().expect("a directory");
    std::fs::write(output.path().join("old"), "").expect("write");
    let words = ["--run", "none", "--output", output.path().to_str().expect("text")];
    let arguments = Arguments::read(&words).expect("arguments");
    let said = release(&root, arguments, &|_| {}).expect_err("a file").to_string();
    assert!(said.ends_with("it has files. Name a new one"), "{said}");
}

#[test]
fn a_release_of_another_tag_ends_before_the_build() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = tempfile::tempdir().expect("a directory");
    let output = output.path().to_str().expect("text");
    let words = ["--run", "none", "--tag", "v0.0.0", "--output", output];
    let arguments = Arguments::read(&words).expect("arguments");
    let error = release(&root, arguments, &|_| {}).expect_err("another version");
    assert!(format!("{error:#}").starts_with("step tag: invalid tag v0.0.0: "), "{error:#}");
    assert_eq!(std::fs::read_dir(output).expect("a directory").count(), 0);
}

/// `cp` needs its loader and its libraries, or prints no case.
#[test]
fn a_program_that_needs_the_machine_is_not_proved() {
    let run = tempfile::tempdir().expect("a directory");
    let report = r#"{"verdicts":[{"verdict":{"case":"a/b"}}]}"#;
    std::fs::write(run.path().join("run.json"), report).expect("write");
    let said = prove::prove(Path::new("/bin/cp"), run.path()).expect_err("no").to_string();
    assert!(said.starts_with("failed to run list in an empty root directory: "), "{said}");
    assert!(said.ends_with("Link the program statically, and allow user namespaces"), "{said}");
}
