use std::path::Path;

use ci::matrix;
use ci::tested::{README, SOURCE, check};
use rstest::rstest;

use crate::cases::write;

const LIST: &str = "pub const TESTED: [&str; 2] =\n    [\"3.5.2\", \"4.0.5\"];\n";
const JOBS: &str = "[[job]]\nname = \"all\"\nargo = [\"3.5.2\", \"4.0.5\"]\n";
const TABLE: &str = "# A\n\n## Supported versions\n\n| Argo | modules |\n|---|---|\n\
                     | 3.5 | 3.5.2 |\n| 3.6 | none |\n| 4.0 | 4.0.5 |\n\n\
                     ## B\n\n| 4.1 | 4.1.0 |\n";
const ROWS: &str = r#"[{"case":"a/b","argo":"3.5.2","verdict":"pass","failed_claims":[]},
{"case":"a/b","argo":"4.1.2+git.79bd7e1a9c52","verdict":"pass","failed_claims":[]},
{"case":"a/b","argo":"4.0.5+executor.3.4.17","verdict":"pass","failed_claims":[]},
{"case":"a/b","argo":"4.0.5+settings.defaults","verdict":"pass","failed_claims":[]},
{"case":"a/b","argo":"4.0.5","verdict":"pass","failed_claims":[]}]"#;
const MEASURED: &str = "ci/measured.json";

/// The problems of the files with this part of this file replaced.
fn said(file: &str, part: &str, instead: &str) -> Vec<String> {
    let root = tempfile::tempdir().expect("a directory");
    for (path, text) in [(SOURCE, LIST), (matrix::FILE, JOBS), (README, TABLE), (MEASURED, ROWS)] {
        let text = if path == file {
            assert!(text.contains(part), "the part to replace is in the file");
            text.replace(part, instead)
        } else {
            text.to_owned()
        };
        write(root.path(), path, &text);
    }
    check(root.path()).iter().map(ToString::to_string).collect()
}

#[test]
fn files_that_agree() {
    assert_eq!(said(README, "# A", "# A"), [""; 0]);
}

#[test]
fn the_files_of_the_repository_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    assert_eq!(check(&root), []);
}

#[rstest]
#[case::the_list_grows(SOURCE, "\"3.5.2\"", "\"3.5.2\", \"3.6.5\"", &[
    "ci/matrix.toml: error: lacks 3.6.5, unlike",
    "ci/measured.json: error: lacks 3.6.5, unlike",
    "README.md: error: lacks 3.6.5, unlike",
])]
#[case::no_list(SOURCE, "TESTED", "KNOWN", &["harness/provision/src/argo_source.rs: error: there is no list"])]
#[case::a_job_too_few(matrix::FILE, ", \"4.0.5\"", "", &["ci/matrix.toml: error: lacks 4.0.5, unlike"])]
#[case::a_job_too_many(matrix::FILE, "\"4.0.5\"", "\"4.0.5\", \"4.0.6\"", &["ci/matrix.toml: error: names 4.0.6, unlike"])]
#[case::no_measurement(MEASURED, "\"4.0.5\"", "\"3.5.2\"", &["ci/measured.json: error: lacks 4.0.5, unlike"])]
#[case::a_checkout_is_no_module(MEASURED, "+git.", "+tree.", &["ci/measured.json: error: names 4.1.2+tree.79bd7e1a9c52, unlike"])]
#[case::no_row(README, "| 4.0 | 4.0.5 |\n", "", &["README.md: error: lacks 4.0.5, unlike"])]
#[case::in_another_row(README, "| 3.6 | none |", "| 3.6 | 3.5.2 |", &["README.md: error: the row of 3.6 names 3.5.2"])]
#[case::no_version(README, "none", "all", &["README.md: error: invalid version: `all`"])]
#[case::no_table(README, "## Supported versions", "## Versions", &["README.md: error: there is no heading"])]
fn files_that_do_not(
    #[case] file: &str,
    #[case] part: &str,
    #[case] instead: &str,
    #[case] expected: &[&str],
) {
    let said = said(file, part, instead);
    assert_eq!(said.len(), expected.len(), "{said:?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}");
    }
}
