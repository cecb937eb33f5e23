use ci::msrv::check;
use ci::tree::File;
use rstest::rstest;

const MANIFEST: &str = "[workspace.package]\nrust-version = \"1.95\"\n";

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: Some(text.to_owned()) }
}

#[rstest]
#[case::same("Needs Rust 1.95 or newer.", "", &[])]
#[case::at_the_end("Needs Rust 1.95.", "The minimum supported Rust version is 1.95.", &[])]
#[case::another("Rust 1.95", "A\nRust 1.94 or newer", &["CONTRIBUTING.md:2: error: Rust 1.94 is"])]
#[case::in_words("Rust 1.95", "Rust version is 1.9", &["CONTRIBUTING.md:1: error: Rust 1.9 is not"])]
#[case::not_named("Written in Rust.", "Rust 1.95", &["README.md: error: the README does not say"])]
fn the_version_of_the_documents(
    #[case] readme: &str,
    #[case] contributing: &str,
    #[case] expected: &[&str],
) {
    let documents = [file("README.md", readme), file("CONTRIBUTING.md", contributing)];
    let others = [file("Cargo.toml", MANIFEST), file("docs/decisions/a.md", "Rust 1.2")];
    let found = check(&[&documents[..], &others[..]].concat());
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.to_string().starts_with(expected), "{found}");
    }
}

#[test]
fn a_workspace_without_a_version() {
    assert_eq!(check(&[file("Cargo.toml", "[workspace]\n")]).len(), 1);
}
