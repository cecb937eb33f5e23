//! The table of formats.

use report::Style;
use report::conformance::Implementation;
use report::formats::{FORMATS, Needs, Options, format};
use rstest::rstest;

use crate::samples::{SKEW, evidence, hostile, skewed};

fn options() -> Options {
    let implementation = Implementation {
        organization: "o".to_owned(),
        project: "p".to_owned(),
        url: "u".to_owned(),
        version: "1".to_owned(),
        contact: vec!["c".to_owned()],
    };
    Options { style: Style::Plain, implementation, program: "0.1.0" }
}

#[test]
fn every_name_finds_its_own_row() {
    for row in FORMATS {
        let found = format(row.name).expect("a row");
        assert!(std::ptr::eq(found, row), "{row:?}");
    }
    assert!(format("txt").is_none());
}

/// The text of each format starts in a way of its own, and names a failed case.
#[rstest]
#[case::text("text", "run r7f3 of ")]
#[case::json("json", "{\"schema\":1,")]
#[case::junit("junit", "<?xml ")]
#[case::ctrf("ctrf", "{\n  \"reportFormat\": \"CTRF\"")]
#[case::github("github", "::error ")]
#[case::markdown("markdown", "# Conformance of Argo Workflows")]
#[case::html("html", "<!DOCTYPE html>")]
#[case::conformance("conformance", "apiVersion: ")]
fn a_row_writes_its_format(#[case] name: &str, #[case] start: &str) {
    let row = format(name).expect("a row");
    let text = (row.write)(&evidence(), &options()).expect("text");
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains("artifact-gc/failed-attempt"), "{text}");
}

/// A column whose executor or CLI differs from the workflow controller has one name. `conformance`
/// has each component instead.
#[test]
fn a_pair_has_its_name_in_each_format() {
    for row in FORMATS {
        let text = (row.write)(&skewed(), &options()).expect("text");
        let names = match row.name {
            "conformance" => {
                ["workflowController: \"3.5.8\"", "argoexec: \"3.4.17\"", "argo: \"3.5.10\""]
                    .as_slice()
            }
            _ => [SKEW].as_slice(),
        };
        for name in names {
            assert!(text.contains(name), "{}: {name}: {text}", row.name);
        }
    }
}

/// Formats with the words of a known issue name the pair. `github` and `markdown` have none.
#[rstest]
#[case::text("text")]
#[case::json("json")]
#[case::junit("junit")]
#[case::ctrf("ctrf")]
#[case::html("html")]
#[case::conformance("conformance")]
fn a_known_issue_of_a_pair_is_named(#[case] name: &str) {
    let row = format(name).expect("a row");
    let text = (row.write)(&skewed(), &options()).expect("text");
    let plain = text.replace("&lt;", "<").replace("&gt;", ">");
    assert!(plain.contains("argoexec <=3.5.1 with workflow-controller >=3.5.3 <3.5.11"), "{text}");
}

/// GitHub reads the standard output of a step, and runs each command in it.
#[rstest]
#[case::text("text")]
#[case::json("json")]
#[case::junit("junit")]
#[case::ctrf("ctrf")]
#[case::markdown("markdown")]
#[case::html("html")]
fn no_foreign_text_is_a_command(#[case] name: &str) {
    let row = format(name).expect("a row");
    let text = (row.write)(&hostile(), &options()).expect("text");
    let is_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(!text.lines().any(is_command), "{text}");
}

/// Without the declaration the program leaves the mutation tests out.
#[test]
fn a_format_declares_whether_it_has_the_mutation_tests() {
    for row in FORMATS {
        let write = |evidence| (row.write)(&evidence, &options()).expect("text");
        let mut without = evidence();
        without.detection = None;
        let Needs { detection, .. } = row.needs;
        assert_eq!(write(without) != write(evidence()), detection, "{row:?}");
    }
}
