use ci::reasons::check;
use ci::tree::File;
use rstest::rstest;

const MANIFEST: &str =
    "[workspace.dependencies]\nown = { path = \"own\" }\nnix = \"1\"\ntar = \"1\"\n";

#[rstest]
#[case::each_has_one("| nix, tar | files |", &[])]
#[case::in_two_rows("| nix | signals |\n| tar | archives |", &[])]
#[case::without_a_reason("| nix | signals |",
    &["README.md: error: the dependency tar has no reason: add a row to the table of dependencies"])]
#[case::no_longer_used("| nix, tar | files |\n| zip | archives |",
    &["README.md:8: error: zip is no dependency: remove the name"])]
#[case::in_another_table("\n## Files\n| tar | zip |\n|---|---|\n| nix | a |", &[
    "README.md: error: the dependency nix has no reason: add a row to the table of dependencies",
    "README.md: error: the dependency tar has no reason: add a row to the table of dependencies",
])]
fn the_reasons_of_dependencies(#[case] rows: &str, #[case] expected: &[&str]) {
    let readme =
        format!("| tar | above |\n\n## Dependencies\n\n| crate | for |\n|---|---|\n{rows}\n");
    let files = [("Cargo.toml", MANIFEST), ("README.md", &readme)]
        .map(|(path, text)| File { path: path.to_owned(), text: Some(text.to_owned()) });
    let found: Vec<String> = check(&files).iter().map(ToString::to_string).collect();
    assert_eq!(found, expected);
}
